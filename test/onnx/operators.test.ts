import { describe, expect, it } from 'vitest';
import { check } from '../../src/onnx/check.ts';
import { decode } from '../../src/onnx/decode.ts';
import { encode } from '../../src/onnx/encode.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { Dim } from '../../src/onnx/graph.ts';
import { infer } from '../../src/onnx/infer.ts';
import { parse } from '../../src/onnx/parse.ts';
import { print } from '../../src/onnx/print.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { feedsOf, graphOf, type Case } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { close } from './close.ts';
import { modelOf, runOrt } from './ort.ts';

const title = ({ inputs, of }: Case, i: number): string =>
  `${i + 1}: ${inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' ')}${of ? `, ${of}` : ''}`;

/** What a dimension is where N is 3. */
const valued = (dim: Dim): Dim =>
  typeof dim === 'number' || dim === '?'
    ? dim
    : dim
        .split('+')
        .reduce((sum, term) => sum + term.split('*').reduce((p, f) => p * (f === 'N' ? 3 : Number(f)), 1), 0);

describe.each(Object.entries(CASES))('%s', (op, cases) => {
  it.each(cases.map((one, i) => [title(one, i), one] as const))('%s', async (_, one) => {
    const model = modelOf(graphOf(one), one.opset ?? OPSET);
    expect(model.graph.nodes.some((node) => node.op === op)).toBe(true);
    const types = check(model);

    const ours = evaluate(model.graph, feedsOf(one));
    const theirs = await runOrt(model, feedsOf(one));
    for (const { name, shape } of model.graph.outputs) {
      expect(close(ours[name], theirs[name])).toBeUndefined();
      // Every length that was inferred is the one that came out.
      expect(shape.map((dim, i) => (dim === '?' ? ours[name]?.shape[i] : dim))).toEqual(ours[name]?.shape);
      expect(types.get(name)).toEqual({ dtype: model.graph.outputs.find((o) => o.name === name)?.dtype, shape });
    }

    // What passes through a file or a text is the same.
    expect(decode(encode(model)).graph).toEqual({
      ...model.graph,
      nodes: model.graph.nodes.map(({ flag: _flag, ...node }) => node),
    });
    expect(parse(print(model))).toEqual(model);
  });

  it('infers shapes of a batch of N as of a batch of 3', () => {
    for (const one of cases.filter(({ inputs }) => inputs.some(({ shape }) => shape[0] === 3))) {
      const shapes = one.inputs.map(({ shape }) => shape.map((dim, i): Dim => (i === 0 && dim === 3 ? 'N' : dim)));
      const symbolic = graphOf(one, shapes);
      const known = graphOf(one);
      symbolic.outputs.forEach(({ shape }, i) => {
        const expected = known.outputs[i]?.shape ?? [];
        expect(shape.map((dim, k) => (dim === '?' ? expected[k] : valued(dim)))).toEqual(expected);
      });
      expect(infer(symbolic, one.opset ?? OPSET).size).toBeGreaterThan(0);
    }
  });
});
