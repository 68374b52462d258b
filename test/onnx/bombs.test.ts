import { describe, expect, it } from 'vitest';
import { InvalidFile, InvalidGraph } from '../../src/errors.ts';
import { checkGraph } from '../../src/onnx/check.ts';
import { decode } from '../../src/onnx/decode.ts';
import { encode } from '../../src/onnx/encode.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxGraph, OnnxTensor } from '../../src/onnx/graph.ts';
import { parse, parseGraph } from '../../src/onnx/parse.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { tensorOf } from '../../src/onnx/tensor.ts';
import { modelOf } from './ort.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

const x = tensorOf('float32', [2], [1, 2]);
const row = (...numbers: readonly number[]): OnnxTensor => tensorOf('int64', [numbers.length], numbers);
const chain = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** Few bytes that ask for much: a graph, what it is given, and what the refusal says, where it is one. */
interface Bomb {
  readonly of: string;
  readonly text: string;
  readonly inputs?: Readonly<Record<string, OnnxTensor>>;
  readonly says: RegExp;
}

const NUMBERS = /takes more numbers from here on;/;
const OPERATIONS = /takes more operations from here on;/;

const nested = (depth: number): string =>
  depth === 0
    ? '[p] t0 = Relu (x)'
    : `[l${depth}] t${depth} = Loop (n, "", x) <body = b${depth} (int64 i${depth}, bool c${depth}, float[?] s${depth - 1}) => (bool d${depth}, float[?] u${depth}) {
        [a${depth}] d${depth} = Identity (c${depth}) ${nested(depth - 1)} [b${depth}] u${depth} = Concat <axis = 0> (s${depth - 1}, t${depth - 1})
      }>`;

const BOMBS: readonly Bomb[] = [
  {
    of: 'a shape of 2^52 elements of 8',
    text: 'g (float[8] x, int64[4] s) => (float[?, ?, ?, ?] y) { [a] y = Reshape (x, s) }',
    inputs: { x: tensorOf('float32', [8], [1, 2, 3, 4, 5, 6, 7, 8]), s: row(-1, 1, 2 ** 52, 4) },
    says: /^a: expected a shape of size 8,/,
  },
  {
    of: 'elements that are made of nothing',
    text: 'g (int64[2] s) => (float[?, ?] y) { [a] y = ConstantOfShape (s) }',
    inputs: { s: row(2 ** 20, 2 ** 20) },
    says: NUMBERS,
  },
  {
    of: 'more elements than numbers count',
    text: 'g (int64[3] s) => (float[?, ?, ?] y) { [a] y = ConstantOfShape (s) }',
    inputs: { s: row(2 ** 30, 2 ** 30, 2 ** 30) },
    says: /^a: expected fewer than 2\^53 elements,/,
  },
  {
    of: 'an element many times',
    text: 'g (float[2] x, int64[2] s) => (float[?, ?] y) { [a] y = Expand (x, s) }',
    inputs: { x, s: row(2 ** 40, 2) },
    says: NUMBERS,
  },
  {
    of: 'copies of copies',
    text: `g (float[2] x, int64[1] n) => (float[?] y) { [a] x0 = Identity (x)\n${chain(60, (i) => `[t${i}] x${i + 1} = Tile (x${i}, n)`)} [b] y = Identity (x60) }`,
    inputs: { x, n: row(1000) },
    says: NUMBERS,
  },
  {
    of: 'many values, none of them too large',
    text: `g (float[2] x, int64[1] n) => (float[?] y) {\n${chain(40, (i) => `[t${i}] x${i} = Tile (x, n)`)}
      [y] y = Concat <axis = 0> (${Array.from({ length: 40 }, (_, i) => `x${i}`).join(', ')}) }`,
    inputs: { x, n: row(2 ** 23) },
    says: NUMBERS,
  },
  {
    of: 'a long range',
    text: 'g (float a, float b, float c) => (float[?] y) { [a] y = Range (a, b, c) }',
    inputs: { a: tensorOf('float32', [], [0]), b: tensorOf('float32', [], [1e12]), c: tensorOf('float32', [], [1]) },
    says: NUMBERS,
  },
  {
    of: 'many classes',
    text: 'g (int64[2] x, int64 d, float[2] v) => (float[?, ?] y) { [a] y = OneHot (x, d, v) }',
    inputs: { x: row(0, 1), d: tensorOf('int64', [], [2 ** 45]), v: x },
    says: NUMBERS,
  },
  {
    of: 'pads without end',
    text: 'g (float[2] x, int64[2] p) => (float[?] y) { [a] y = Pad (x, p) }',
    inputs: { x, p: row(2 ** 40, 0) },
    says: NUMBERS,
  },
  {
    of: 'an image that grows',
    text: 'g (float[1, 1, 2, 2] x, float[4] s) => (float[?, ?, ?, ?] y) { [a] y = Resize (x, "", s) }',
    inputs: { x: tensorOf('float32', [1, 1, 2, 2], [1, 2, 3, 4]), s: tensorOf('float32', [4], [1, 1, 1e9, 1e9]) },
    says: /takes more numbers from here on|expected fewer than 2\^53 elements/,
  },
  {
    of: 'indices that repeat what they take',
    text: `g (float[2] x, int64[2] i) => (float[?] y) { [a] g0 = Concat <axis = 0> (i, i)\n${chain(50, (i) => `[c${i}] g${i + 1} = Concat <axis = 0> (g${i}, g${i})`)} [b] y = Gather (x, g51) }`.replace(
      'g51',
      'g50',
    ),
    inputs: { x, i: row(0, 1) },
    says: /takes more (operations|numbers) from here on/,
  },
  {
    of: 'a window of a million by a million',
    text: `g (float[1, 1, 4, 4] x) => (float[?, ?, ?, ?] y) {
      [a] y = MaxPool <kernel_shape = [1000000, 1000000], pads = [999999, 999999, 999999, 999999]> (x) }`,
    inputs: {
      x: tensorOf(
        'float32',
        [1, 1, 4, 4],
        Array.from({ length: 16 }, () => 1),
      ),
    },
    says: /takes more (operations|numbers) from here on/,
  },
  {
    of: 'a convolution of far pads',
    text: `g (float[1, 1, 4, 4] x, float[1, 1, 3, 3] w) => (float[?, ?, ?, ?] y) {
      [a] y = Conv <pads = [1000000, 1000000, 1000000, 1000000]> (x, w) }`,
    inputs: {
      x: tensorOf(
        'float32',
        [1, 1, 4, 4],
        Array.from({ length: 16 }, () => 1),
      ),
      w: tensorOf(
        'float32',
        [1, 1, 3, 3],
        Array.from({ length: 9 }, () => 1),
      ),
    },
    says: /takes more (operations|numbers) from here on/,
  },
  {
    of: 'a transposed convolution of far strides',
    text: `g (float[1, 1, 4, 4] x, float[1, 1, 3, 3] w) => (float[?, ?, ?, ?] y) {
      [a] y = ConvTranspose <strides = [1000000, 1000000]> (x, w) }`,
    inputs: {
      x: tensorOf(
        'float32',
        [1, 1, 4, 4],
        Array.from({ length: 16 }, () => 1),
      ),
      w: tensorOf(
        'float32',
        [1, 1, 3, 3],
        Array.from({ length: 9 }, () => 1),
      ),
    },
    says: NUMBERS,
  },
  {
    of: 'a loop of 2^53 iterations',
    text: `g (int64 n, float[2] x) => (float[2] y) {
      [l] y = Loop (n, "", x) <body = b (int64 i, bool c, float[2] s) => (bool d, float[2] t) { [p] d = Identity (c) [q] t = Relu (s) }> }`,
    inputs: { n: tensorOf('int64', [], [2 ** 53]), x },
    says: OPERATIONS,
  },
  {
    of: 'a loop that keeps what it gives',
    text: `g (int64 n, float[2] x) => (float[2] y, float[?, ?] z) {
      [l] y, z = Loop (n, "", x) <body = b (int64 i, bool c, float[2] s) => (bool d, float[2] t, float[2] u) {
        [p] d = Identity (c) [q] t = Relu (s) [r] u = Neg (s) }> }`,
    inputs: { n: tensorOf('int64', [], [2 ** 40]), x },
    says: /takes more (operations|numbers) from here on/,
  },
  {
    of: 'loops within loops, each of which changes lengths',
    text: `g (int64 n, float[2] x) => (float[?] y) { ${nested(14)} [z] y = Identity (t14) }`,
    inputs: { n: tensorOf('int64', [], [2]), x },
    says: /expected shapes that follow in few steps, got loops within loops;/,
  },
  {
    of: 'graphs deeper than there is use for',
    text: `g (int64 n, float[2] x) => (float[?] y) { ${nested(20)} [z] y = Identity (t20) }`,
    inputs: { n: tensorOf('int64', [], [2]), x },
    says: /expected graphs at most 16 deep within each other,/,
  },
  {
    of: 'a value of 100,000 axes',
    text: 'g (float[2] x, int64[100000] s) => (float[2] y) { [a] z = Reshape (x, s) [b] y = Relu (x) }',
    inputs: { x, s: row(...Array.from({ length: 100_000 }, () => 1)) },
    says: /expected input 1 to be a list of at most 65536, got 100000;/,
  },
  {
    of: 'a value of 100 axes',
    text: 'g (float[2] x, int64[100] s) => (float[2] y) { [a] z = Reshape (x, s) [b] y = Relu (x) }',
    inputs: { x, s: row(2, ...Array.from({ length: 99 }, () => 1)) },
    says: /expected at most 64 axes, got 100;/,
  },
  {
    of: 'a shape as long as memory',
    text: 'g (float[2] x, int64[1000000000000] s) => (float[2] y) { [a] z = Reshape (x, s) [b] y = Relu (x) }',
    inputs: { x, s: row(2) },
    says: /s: expected int64\[1000000000000\], got int64\[1\];/,
  },
];

/** Whether it is refused in these words, in a second and few megabytes. */
const refused = (f: () => unknown, says: RegExp): void => {
  const [start, memory] = [performance.now(), process.memoryUsage.rss()];
  expect(f).toThrow(says);
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(process.memoryUsage.rss() - memory).toBeLessThan(2 ** 29);
};

describe('what asks for much is refused before it is computed', () => {
  it.each(chosen('bombs', BOMBS, 12).map((one) => [one.of, one] as const))('%s', (_, { text, inputs = {}, says }) => {
    const graph = parseGraph(text);
    // Smaller limits, so that what takes all that is left takes a second.
    refused(() => evaluate(graph, inputs, { limits: { operations: 2 ** 30, numbers: 2 ** 25 } }), says);
  });

  it('and so it is by the limits that hold where none are given', () => {
    for (const { text, inputs = {}, says } of BOMBS.filter(({ text: one }) => !/Loop|Tile|Concat/.test(one)))
      refused(() => evaluate(parseGraph(text), inputs), says);
  });
});

describe('what could take long to check is checked quickly', () => {
  const soon = (graph: OnnxGraph): void => {
    const start = performance.now();
    try {
      checkGraph(graph, OPSET);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidGraph);
    }
    expect(performance.now() - start).toBeLessThan(5_000);
  };

  it('lists that double', () => {
    soon(
      parseGraph(
        `g (float[N, M] x) => (float[?] y) { [a] g0 = Shape (x)\n${chain(60, (i) => `[c${i}] g${i + 1} = Concat <axis = 0> (g${i}, g${i})`)} [b] y = ConstantOfShape (g60) }`,
      ),
    );
  });

  it('lengths that are products of sums', () => {
    const dims = Array.from({ length: 40 }, (_, i) => `"a${i}+b${i}"`);
    soon(parseGraph(`g (float[${dims.join(', ')}] x) => (float[?] y) <int64[1] m = {-1}> { [a] y = Reshape (x, m) }`));
  });

  it('a node of 50,000 inputs', () => {
    const inputs = Array.from({ length: 50_000 }, () => 'x').join(', ');
    const graph = parseGraph(`g (float[2] x) => (float[2] y) { [a] y = Max (${inputs}) }`);
    soon(graph);
    expect(decode(encode(modelOf(graph))).graph).toEqual(graph);
    expect(evaluate(graph, { x })['y']?.data).toEqual(Float64Array.of(1, 2));
  });

  it.runIf(IS_LONG)('a chain of 50,000 nodes', () => {
    const graph = parseGraph(
      `g (float[2] x) => (float[2] y) { ${chain(50_000, (i) => `[n${i}] ${i === 49_999 ? 'y' : `x${i + 1}`} = Relu (${i === 0 ? 'x' : `x${i}`})`)} }`,
    );
    soon(graph);
    expect(evaluate(graph, { x })['y']?.data).toEqual(Float64Array.of(1, 2));
  });

  it('texts of graphs within graphs', () => {
    const open = 'y = If (c) <then_branch = t () => (float a) { '.repeat(20_000);
    expect(() => parse(`<ir_version: 8, opset_import: ["": 18]> g (bool c) => (float y) { ${open}`)).toThrow(
      InvalidGraph,
    );
  });

  it('bytes of messages within messages', () => {
    let graph: number[] = [];
    const wrap = (field: number, content: number[]): number[] => {
      const length = content.length;
      return [field * 8 + 2, (length & 127) | 128, ((length >> 7) & 127) | 128, (length >> 14) & 127, ...content];
    };
    for (let i = 0; i < 200; i++) graph = wrap(1, wrap(5, wrap(6, graph)));
    expect(() => decode(Uint8Array.from([8, 8, ...wrap(7, graph), 0x42, 2, 0x10, 18]))).toThrow(InvalidFile);
  });
});
