import { describe, expect, it } from 'vitest';
import { checkGraph } from '../../src/onnx/check.ts';
import type { Dim } from '../../src/onnx/graph.ts';
import { infer } from '../../src/onnx/infer.ts';
import { parseGraph } from '../../src/onnx/parse.ts';
import { OPSET } from '../../src/onnx/schema.ts';

const shapesOf = (text: string): Record<string, readonly Dim[]> => {
  const graph = parseGraph(text);
  return Object.fromEntries([...infer(graph, OPSET)].map(([name, { shape }]) => [name, shape]));
};

describe('lengths that are symbols', () => {
  it('follow a batch through a network', () => {
    const shapes = shapesOf(`g (float[N, 1, 28, 28] x, float[8, 1, 3, 3] k, float[1568, 5] w) => (float[N, 5] y)
      <int64[2] flat = {-1, 1568}, int64[2] keep = {0, -1}> {
        [a] c = Conv <strides = [2, 2], pads = [0, 0, 1, 1]> (x, k)
        [b] r = Reshape (c, flat)
        [d] s = Reshape (c, keep)
        [e] y = MatMul (s, w)
      }`);
    expect(shapes).toMatchObject({ c: ['N', 8, 14, 14], r: ['N', 1568], s: ['N', 1568], y: ['N', 5] });
  });

  it('follow a batch of k samples each, there and back', () => {
    const shapes = shapesOf(`g (float[N, 20] z, float[S, N, 20] e) => (float[N, 20] y)
      <int64[3] front = {1, -1, 20}, int64[2] flat = {-1, 20}, int64[1] zero = {0}> {
        [a] l = Reshape (z, front)
        [b] s = Add (l, e)
        [c] f = Reshape (s, flat)
        [d] size = Shape (e)
        [h] back = Reshape (f, size)
        [i] y = ReduceMean <keepdims = 0> (back, zero)
      }`);
    expect(shapes).toMatchObject({
      l: [1, 'N', 20],
      s: ['S', 'N', 20],
      f: ['N*S', 20],
      back: ['S', 'N', 20],
      y: ['N', 20],
    });
  });

  it('follow shapes that are computed', () => {
    const shapes = shapesOf(`g (float[N, 4, 6] x) => (float[N, 24] y)
      <int64[1] two = {2}, int64[1] one = {1}, int64[1] first = {0}, int64 index = {2}, int64[1] axis = {0}> {
        [a] s = Shape (x)
        [b] n = Slice (s, first, one)
        [c] w = Gather (s, index)
        [d] v = Unsqueeze (w, axis)
        [e] twice = Mul (n, two)
        [f] half = Div (v, two)
        [h] wanted = Concat <axis = 0> (twice, half, two, two)
        [i] y = Reshape (x, wanted)
        [j] z = Expand (first, n)
        [k] o = ConstantOfShape (wanted)
      }`);
    expect(shapes).toMatchObject({ y: ['2*N', 3, 2, 2], z: ['N'], o: ['2*N', 3, 2, 2] });
  });

  it('add up along an axis that is joined, and are unknown where a part is cut off', () => {
    const shapes = shapesOf(`g (float[N, 2] a, float[M, 2] b) => (float[K, 2] y)
      <int64[1] one = {1}, int64[1] end = {9223372036854775807}, int64[1] axis = {0}> {
        [a1] twice = Concat <axis = 0> (a, a)
        [a2] y = Concat <axis = 0> (a, b, a)
        [a3] rest = Slice (a, one, end, axis)
        [a4] p, q = Split <num_outputs = 2> (twice)
      }`);
    expect(shapes).toMatchObject({ twice: ['2*N', 2], y: ['M+2*N', 2], rest: ['?', 2], p: ['N', 2], q: ['N', 2] });
  });

  it('stay as they are through a loop, or become unknown, and a scan is as long as it runs', () => {
    const loop = (body: string): readonly Dim[][] => {
      const graph = parseGraph(`g (float[N, 2] x, int64 n) => (float[N, 2] y) <int64 three = {3}> {
        [l] y, z = Loop (three, "", x) <body = b (int64 i, bool c, float[?, 2] s) => (bool d, float[?, 2] t, float[?] u) {
          ${body}
        }>
      }`);
      const types = infer(graph, OPSET);
      return ['y', 'z', 't'].map((name) => [...(types.get(name)?.shape ?? [])]);
    };
    const scan = '[r] u = ReduceSum <keepdims = 0> (t, three)'.replace('three', 'axis');
    const axes = '[o] axis = Constant <value_ints = [1]> ()';
    expect(loop(`[p] d = Identity (c) [q] t = Relu (s) ${axes} ${scan}`)).toEqual([
      ['N', 2],
      [3, 'N'],
      ['N', 2],
    ]);
    expect(loop(`[p] d = Identity (c) [q] t = Concat <axis = 0> (s, s) ${axes} ${scan}`)).toEqual([
      ['?', 2],
      [3, '?'],
      ['?', 2],
    ]);
    // A condition of its own may end it earlier.
    expect(loop(`[p] d = Not (c) [q] t = Relu (s) ${axes} ${scan}`)[1]).toEqual(['?', 'N']);
  });

  it('are what two branches have in common', () => {
    const shapes = shapesOf(`g (bool c, float[N, 2] a, float[N, 3] b) => (float[N, ?] y) {
      [i] y = If (c) <then_branch = t () => (float[N, 2] p) { [p1] p = Relu (a) },
                      else_branch = e () => (float[N, 3] q) { [q1] q = Relu (b) }>
    }`);
    expect(shapes['y']).toEqual(['N', '?']);
  });
});

describe('declared outputs', () => {
  const declares = (output: string): void => {
    checkGraph(
      parseGraph(`g (float[N, 2] a, float[?, 2] b) => (${output}) { [n] y = Relu (a) [m] z = Relu (b) }`),
      OPSET,
    );
  };

  it('may be what is inferred, in other words, or say more where nothing is known', () => {
    declares('float[N, 2] y');
    declares('float["1*N", ?] y');
    declares('float[7, 2] z');
  });

  it('may not be something else', () => {
    for (const output of ['float[M, 2] y', 'float[3, 2] y', 'float["2*N", 2] y', 'float[N] y'])
      expect(() => declares(output)).toThrow(/^g: expected its output y to be .*, got float32\[N, 2\];/);
  });
});

describe('what is known only in part', () => {
  it('is the number of axes if a shape is computed, or squeezed', () => {
    const shapes = shapesOf(`g (float[2, 1, 3] x, int64[4] wanted, int64[1] axes) => (float[a, b, c, d] y) {
        [a] y = Reshape (x, wanted)
        [b] s = Squeeze (x, axes)
        [c] u = Unsqueeze (x, axes)
      }`);
    expect(shapes).toMatchObject({ y: ['?', '?', '?', '?'], s: ['?', '?'], u: ['?', '?', '?', '?'] });
  });

  it('is a symbol if all of it is taken, and not if a part of it is', () => {
    const shapes = shapesOf(`g (float[N, 4] x) => (float[N, 4] y)
      <int64[1] zero = {0}, int64[1] one = {1}, int64[1] end = {2147483647}, int64[1] last = {9223372036854775807},
       int64[1] near = {2147483646}, int64[1] five = {5}> {
        [a] y = Slice (x, zero, end, zero)
        [b] all = Slice (x, zero, last, zero)
        [c] most = Slice (x, zero, near, zero)
        [d] five_rows = Slice (x, zero, five, zero)
        [e] rest = Slice (x, one, end, zero)
      }`);
    expect(shapes).toMatchObject({
      y: ['N', 4],
      all: ['N', 4],
      most: ['?', 4],
      five_rows: ['?', 4],
      rest: ['?', 4],
    });
  });
});

describe('padding', () => {
  const padded = (mode: string, pads: string): readonly Dim[] | undefined =>
    shapesOf(`g (float[3, 4] x) => (float[a, b] y) <int64[4] pads = {${pads}}> {
        [pad] y = Pad <mode = "${mode}"> (x, pads)
      }`)['y'];

  it('has the lengths of what is padded and of the pads', () => {
    expect(padded('constant', '1, 0, 2, 3')).toEqual([6, 7]);
    expect(padded('edge', '0, 5, 0, 5')).toEqual([3, 14]);
  });

  it('reflects no more than there is, at either end', () => {
    expect(padded('reflect', '2, 3, 2, 3')).toEqual([7, 10]);
    for (const pads of ['3, 0, 0, 0', '0, 0, 3, 0', '0, 0, 0, 4', '0, 9, 0, 0'])
      expect(() => padded('reflect', pads)).toThrow(
        /^pad: expected reflected pads below axis \d's length of [34], got/,
      );
  });
});
