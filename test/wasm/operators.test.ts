import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { Dim } from '../../src/onnx/graph.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { LOWERINGS } from '../../src/wasm/operators/table.ts';
import { feedsOf, graphOf, type Case } from '../onnx/cases/case.ts';
import { CASES } from '../onnx/cases/index.ts';
import { close } from '../onnx/close.ts';
import { compiled } from './run.ts';

const title = ({ inputs, of }: Case, i: number): string =>
  `${i + 1}: ${inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' ')}${of ? `, ${of}` : ''}`;

/** What no kernel does, and no file of ours needs: it must be refused, in words. */
const REFUSED = /for WebAssembly, got .*; export it without the target wasm$/;

const kernels = Object.entries(CASES).filter(([op]) => Object.hasOwn(LOWERINGS, op));

describe.each(kernels)('%s', (_op, cases) => {
  it.each(cases.map((one, i) => [title(one, i), one] as const))('%s', async (_, one) => {
    const graph = graphOf(one);
    const run = await compiled(graph, one.opset ?? OPSET).catch((error: unknown) => String(error));
    if (typeof run === 'string') return expect(run).toMatch(REFUSED);
    const expected = evaluate(graph, feedsOf(one));
    const found = run(feedsOf(one));
    for (const { name } of graph.outputs) expect(close(expected[name], found[name])).toBeUndefined();
  });

  it('computes a batch of any number of rows', async () => {
    for (const one of cases.filter(({ inputs }) => inputs.some(({ shape }) => shape[0] === 3))) {
      const shapes = one.inputs.map(({ shape }) => shape.map((dim, i): Dim => (i === 0 && dim === 3 ? 'N' : dim)));
      const graph = graphOf(one, shapes);
      const run = await compiled(graph, one.opset ?? OPSET).catch((error: unknown) => String(error));
      if (typeof run === 'string') {
        expect(run).toMatch(REFUSED);
        continue;
      }
      const expected = evaluate(graph, feedsOf(one));
      const found = run(feedsOf(one), 3);
      for (const { name } of graph.outputs) expect(close(expected[name], found[name])).toBeUndefined();
    }
  });
});
