import type { OnnxTensor } from '../../../src/onnx/graph.ts';
import { tensorOf } from '../../../src/onnx/tensor.ts';
import { floats, int, ints } from './malformed.ts';

/** A loop or a branch that shows only when it runs that it cannot. */
export interface MalformedControl {
  readonly of: string;
  readonly text: string;
  readonly inputs: Readonly<Record<string, OnnxTensor>>;
  readonly says: RegExp;
  readonly ort?: { readonly takes: string } | 'crashes' | 'hangs';
}

const bools = (...values: readonly number[]): OnnxTensor => tensorOf('bool', [values.length], values);

const counted = (iterations: string, condition: string, body: string, declared = 'float[?] s'): string =>
  `g (${iterations}, ${condition}, float[?] x) => (float[?] y, float[?, ?] z) {
    [node] y, z = Loop (n, c, x) <body = b (int64 i, bool d, ${declared}) => (bool e, float[?] t, float[?] u) { ${body} }>
  }`;

const scanned = (body: string, attributes: string, given: string): string =>
  `g (float[2] s, float[?, 2] a, float[?, 2] b) => (float[2] y, float[?, ?] z) {
    [node] y, z = Scan (s, a, b) <body = c (${given.replaceAll('float[2] s', 'float[2] s1').replaceAll('float[?] s', 'float[?] s1')}) => (float[?] t, float[?] v) { ${body.replaceAll('(s', '(s1')} }, ${attributes}>
  }`;
const floats2 = (rows: number): OnnxTensor =>
  tensorOf(
    'float32',
    [rows, 2],
    Array.from({ length: 2 * rows }, (_, i) => i),
  );

const SAME = '[p] e = Identity (d) [q] t = Relu (s) [r] u = Neg (s)';
const GROWS = '[p] e = Identity (d) [q] t = Concat <axis = 0> (s, s) [r] u = Neg (s)';
const x = floats(1, 2);
const go = tensorOf('bool', [], [1]);

export const CONTROL_MALFORMED: readonly MalformedControl[] = [
  {
    of: 'two numbers of iterations',
    text: counted('int64[?] n', 'bool c', SAME),
    inputs: { n: ints(1, 2), c: go, x },
    says: /^expected one number of iterations, got the shape \[2\];/,
  },
  {
    of: 'no number of iterations',
    text: counted('int64[?] n', 'bool c', SAME),
    inputs: { n: ints(), c: go, x },
    says: /^expected one number of iterations, got the shape \[0\];/,
    ort: 'crashes',
  },
  {
    of: 'two conditions',
    text: counted('int64 n', 'bool[?] c', SAME),
    inputs: { n: int(1), c: bools(1, 1), x },
    says: /^expected one condition, got the shape \[2\];/,
  },
  {
    of: 'a body that gives two conditions',
    text: counted('int64 n', 'bool c', '[p] e = Expand (d, two) [q] t = Relu (s) [r] u = Neg (s)').replace(
      ') {\n',
      ') <int64[1] two = {2}> {\n',
    ),
    inputs: { n: int(2), c: go, x },
    says: /^expected b to give one condition, got the shape \[2\];/,
    ort: { takes: 'the first' },
  },
  {
    of: 'values of unlike shapes in a row',
    text: counted('int64 n', 'bool c', GROWS),
    inputs: { n: int(2), c: go, x },
    says: /^expected the same shape in each iteration, \[2\], got \[4\];/,
  },
  {
    of: 'a state that grows beyond what the body takes',
    text: counted('int64 n', 'bool c', GROWS, 'float[2] s'),
    inputs: { n: int(2), c: go, x },
    says: /^expected (s of b to be \[2\], got \[4\]|s of b to be float32\[2\], got float32\[\?\]);/,
  },
  {
    of: 'no end',
    text: `g (bool c, float[?] x) => (float[?] y) {
      [node] y = Loop ("", c, x) <body = b (int64 i, bool d, float[?] s) => (bool e, float[?] t) {
        [p] e = Identity (d) [q] t = Relu (s)
      }>
    }`,
    inputs: { c: go, x },
    says: /^expected a graph that can be evaluated within the limits, got one that takes more operations from here on;/,
    ort: 'hangs',
  },
  {
    of: 'unlike numbers of steps',
    text: scanned(
      '[p] t = Add (s, u) [q] v = Identity (t)',
      'num_scan_inputs = 2',
      'float[2] s, float[2] r, float[2] u',
    ),
    inputs: { s: x, a: floats2(3), b: floats2(4) },
    says: /^expected 3 steps, as in the inputs before, got 4;/,
  },
  {
    of: 'a state that changes its shape',
    text: scanned(
      '[p] t = Concat <axis = 0> (s, u) [q] v = Identity (r)',
      'num_scan_inputs = 2',
      'float[?] s, float[2] r, float[2] u',
    ),
    inputs: { s: x, a: floats2(3), b: floats2(3) },
    says: /^expected (state 0 to stay float32\[2\], got float32\[4\]|.*);/,
  },
  {
    of: 'directions that are too few',
    text: scanned(
      '[p] t = Add (s, u) [q] v = Identity (r)',
      'num_scan_inputs = 2, scan_input_directions = [1]',
      'float[2] s, float[2] r, float[2] u',
    ),
    inputs: { s: x, a: floats2(3), b: floats2(3) },
    says: /^expected 2 numbers as scan_input_directions, got \[1\];/,
  },
  {
    of: 'two conditions of a branch',
    text: `g (bool[?] c, float[?] x) => (float[?] y) {
      [node] y = If (c) <then_branch = t () => (float[?] a) { [p] a = Relu (x) }, else_branch = e () => (float[?] b) { [q] b = Neg (x) }>
    }`,
    inputs: { c: bools(1, 0), x },
    says: /^expected one condition, got the shape \[2\];/,
  },
];
