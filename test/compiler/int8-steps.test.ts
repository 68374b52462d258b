import { describe, expect, it } from 'vitest';
import { compileStored } from '../../src/export/compile.ts';
import { NEAREST } from '../../src/export/storage/calibrate.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import { subgraphs, type OnnxGraph, type OnnxNode, type OnnxTensor } from '../../src/onnx/graph.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { size } from '../../src/shape/size.ts';
import { examples } from '../browser/support/models.ts';
import { close } from '../onnx/close.ts';
import { modelOf, noise, runOrt } from '../onnx/ort.ts';
import { compiled } from '../wasm/run.ts';
import { trainedWeights } from './weights.ts';

// A decoder of steps is two files that a host calls in turn, and a Scan in the evaluation, whose kernels lie around its nested graph.

const PARTS = ['start', 'step', 'evaluation'] as const;
const ROWS = 2;

const allNodes = (nodes: readonly OnnxNode[]): readonly OnnxNode[] =>
  nodes.flatMap((node) => [node, ...subgraphs(node).flatMap((held) => allNodes(held.nodes))]);

/** Kernels of products that are still float32, and large enough to be worth whole numbers. */
const leftIn = ({ nodes, initializers }: OnnxGraph): readonly string[] =>
  allNodes(nodes).flatMap(({ op, inputs }) =>
    ['MatMul', 'Gemm'].includes(op)
      ? inputs.filter((name) => {
          const { dtype, shape = [] } = initializers.get(name) ?? {};
          return dtype === 'float32' && shape.length === 2 && Math.min(...shape) >= 8;
        })
      : [],
  );

const numbersIn = (tensor: OnnxTensor | undefined): Float64Array => {
  if (!tensor) throw new Error('an output is missing');
  return numbersOf(tensor);
};

/** How far numbers are from what they were, as a share of their length. */
const apart = (a: Float64Array, b: Float64Array): number => {
  const far = a.reduce((sum, value, i) => sum + (value - (b[i] ?? NaN)) ** 2, 0);
  return Math.sqrt(far / b.reduce((sum, value) => sum + value ** 2, 1e-12));
};

const names = async () => {
  const model = await examples()['names']?.();
  if (!model) throw new Error('no example names');
  return { model, weights: trainedWeights(model) };
};

describe.each(['int8', 'int4'] as const)('a decoder of steps in %s', (precision) => {
  it('has whole numbers for all its kernels, in its files and in the Scan of its evaluation', async () => {
    const { model, weights } = await names();
    const { files } = compileStored(model, weights, { precision, calibration: NEAREST, evaluationSamples: 2 });
    for (const part of PARTS) {
      const { graph } = files[part]?.model ?? {};
      if (!graph) throw new Error(`no ${part}`);
      expect(leftIn(graph)).toEqual([]);
      const whole = [...graph.initializers].filter(([, { dtype }]) => dtype === 'int8' || dtype === 'uint8');
      expect(whole.length).toBeGreaterThan(0);
      expect(allNodes(graph.nodes).some(({ op }) => op === 'Scan')).toBe(part === 'evaluation');
    }
  });

  it('computes in onnxruntime and as WebAssembly what the reference does, and nearly what it did', async () => {
    const { model, weights } = await names();
    const of = (stored: 'float32' | typeof precision) =>
      compileStored(model, weights, { precision: stored, calibration: NEAREST, evaluationSamples: 2 }).files;
    const [small, whole] = [of(precision), of('float32')];
    for (const part of PARTS) {
      const [graph, before] = [small[part]?.model.graph, whole[part]?.model.graph];
      if (!graph || !before) throw new Error(`no ${part}`);
      const inputs = Object.fromEntries(
        graph.inputs.map(({ name, shape }) => {
          const lengths = shape.map((dim) => (typeof dim === 'number' ? dim : ROWS));
          const tensor = noise(lengths);
          // What is a class is one: the first of each row.
          const width = lengths.at(-1) ?? 1;
          const isClass = name === 'of' || name === 'previous' || name === 'y' || name === 'name';
          return [
            name,
            isClass
              ? tensorOf(
                  'float32',
                  lengths,
                  Array.from({ length: size(lengths) }, (_, i) => Number(i % width === 0)),
                )
              : tensor,
          ];
        }),
      );
      const expected = evaluate(graph, inputs);
      const found = await runOrt(modelOf(graph), inputs);
      for (const { name } of graph.outputs) expect(close(expected[name], found[name], 1e-4)).toBeUndefined();
      const floats = evaluate(before, inputs);
      const shares = graph.outputs.map(({ name }) => apart(numbersIn(expected[name]), numbersIn(floats[name])));
      expect(Math.max(...shares)).toBeGreaterThan(0);
      expect(Math.max(...shares)).toBeLessThan(precision === 'int8' ? 0.02 : 0.25);
      // A module has no evaluation.
      if (part === 'evaluation') continue;
      const inModule = (await compiled(graph))(inputs, ROWS);
      for (const { name } of graph.outputs) expect(close(expected[name], inModule[name])).toBeUndefined();
    }
  });
});
