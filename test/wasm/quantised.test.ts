import { describe, expect, it } from 'vitest';
import { NEAREST } from '../../src/export/storage/calibrate.ts';
import { storedAs } from '../../src/export/storage/stored.ts';
import { lower } from '../../src/compiler/lower.ts';
import { optimisePortably } from '../../src/compiler/optimise.ts';
import { inference } from '../../src/layers/inference.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { compileWasm } from '../../src/wasm/compile.ts';
import { examples } from '../browser/support/models.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { close } from '../onnx/close.ts';
import { noise } from '../onnx/ort.ts';
import { compiled } from './run.ts';
import { chosen } from '../support/chosen.ts';

/** Parts with every kind of kernel that is quantised: products, convolutions, transposed ones, recurrent networks. */
const PARTS = [
  ['digits', 'decoder'],
  ['completion', 'baseline'],
  ['names', 'recognition'],
  ['variants/cnn', 'decoder'],
] as const;

const graphOf = async (name: string, part: (typeof PARTS)[number][1]) => {
  const model = await examples()[name]?.();
  const graph = model && inference(model)[part];
  if (!model || !graph) throw new Error(`${name} has no ${part}`);
  return optimisePortably(lower(graph, trainedWeights(model), { opset: OPSET, batched: true }), OPSET);
};

const sizeOf = (graph: Parameters<typeof compiled>[0]): number => compileWasm({ part: graph }, OPSET).bytes().length;

describe.each(chosen('quantised parts', PARTS, 2))('%s, %s', (name, part) => {
  const forms = [
    ['float16', 0.65],
    ['int8', 0.45],
    ['int4', 0.4],
  ] as const;
  it.each(chosen(`weights of ${name}`, forms, 1))(
    'computes with weights in %s what the reference does, in less than %d of the bytes',
    async (precision, share) => {
      const whole = await graphOf(name, part);
      const graph = storedAs(whole, { precision, exact: new Set(), calibration: NEAREST });
      const rows = 3;
      const inputs = Object.fromEntries(
        graph.inputs.map(({ name: input, shape }) => [
          input,
          noise(shape.map((dim) => (typeof dim === 'number' ? dim : rows))),
        ]),
      );
      const expected = evaluate(graph, inputs);
      const found = (await compiled(graph))(inputs, rows);
      for (const output of graph.outputs) expect(close(expected[output.name], found[output.name])).toBeUndefined();
      expect(sizeOf(graph)).toBeLessThan(share * sizeOf(whole));
    },
  );
});
