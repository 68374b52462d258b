import type { Broken } from './broken.ts';

const loop = (inputs: string, outputs: string, body: string, initial = 'x'): string =>
  `g (float[4] x) => (float[4] y) <int64 n = {3}> {
    [l] y = Loop (n, "", ${initial}) <body = b (${inputs}) => (${outputs}) { ${body} }>
  }`;

/** Graphs broken in the graphs that they hold. */
export const HELD: readonly Broken[] = [
  {
    of: 'a body that takes too little',
    text: loop('int64 i, bool c', 'bool d, float[4] s', '[p] d = Identity (c) [q] s = Relu (x)'),
    says: /^l: expected b to take 3 values, got 2;/,
    ort: 'refuses',
  },
  {
    of: 'a body that gives too little',
    text: loop('int64 i, bool c, float[4] t', 'bool d', '[p] d = Identity (c)'),
    says: /^l: expected b to give 2 values, got 1;/,
    ort: 'refuses',
  },
  {
    of: 'a body whose condition is not a bool',
    text: loop('int64 i, bool c, float[4] t', 'int64 d, float[4] s', '[p] d = Identity (i) [q] s = Relu (t)'),
    says: /^l: expected b to give a bool first, got int64;/,
    ort: { takes: 'it notices when it runs' },
  },
  {
    of: 'a state that changes its type',
    text: loop('int64 i, bool c, float[4] t', 'bool d, int64[4] s', '[p] d = Identity (c) [q] s = Cast <to = 7> (t)'),
    says: /^l: expected state 0 to stay float32\[4\], got int64\[4\];/,
    ort: 'refuses',
  },
  {
    of: 'a body whose input is another than what it is given',
    text: loop('int64 i, bool c, int64[4] t', 'bool d, int64[4] s', '[p] d = Identity (c) [q] s = Identity (t)'),
    says: /^l: expected t of b to be int64\[4\], got float32\[4\];/,
    ort: 'refuses',
  },
  {
    of: 'a body that names a value like one around it',
    text: loop(
      'int64 i, bool c, float[4] t',
      'bool d, float[4] s',
      '[p] d = Identity (c) [q] x = Relu (t) [r] s = Relu (x)',
    ),
    says: /^b: expected each value to be defined once, got x twice;/,
    ort: 'refuses',
  },
  {
    of: 'a body that uses what comes later',
    text: `g (float[4] x) => (float[4] y, float[4] z) <int64 n = {3}> {
      [l] y = Loop (n, "", x) <body = b (int64 i, bool c, float[4] t) => (bool d, float[4] s) {
        [p] d = Identity (c) [q] s = Add (t, z)
      }>
      [m] z = Relu (x)
    }`,
    says: /^q: expected inputs that are defined before it, got z;/,
    ort: { takes: 'it sorts the nodes of a graph itself; ONNX wants them sorted' },
  },
  {
    of: 'a value of a body used around it',
    text: `g (float[4] x) => (float[4] y, float[4] z) <int64 n = {3}> {
      [l] y = Loop (n, "", x) <body = b (int64 i, bool c, float[4] t) => (bool d, float[4] s) {
        [p] d = Identity (c) [q] s = Relu (t)
      }>
      [m] z = Relu (s)
    }`,
    says: /^m: expected inputs that are defined before it, got s;/,
    ort: 'refuses',
  },
  {
    of: 'a body that hands its input on as it is',
    text: loop('int64 i, bool c, float[4] t', 'bool c, float[4] s', '[q] s = Relu (t)'),
    says: /^b: expected its output c to be the output of a node, got a value that is there without one;/,
    ort: { takes: 'other readers do not' },
  },
  {
    of: 'branches of unlike types',
    text: `g (bool c, float[4] x) => (float[4] y) {
      [i] y = If (c) <then_branch = t () => (float[4] a) { [p] a = Relu (x) },
                      else_branch = e () => (int64[4] b) { [q] b = Cast <to = 7> (x) }>
    }`,
    says: /^i: expected output 0 to stay float32\[4\], got int64\[4\];/,
    ort: 'refuses',
  },
  {
    of: 'a branch that takes values',
    text: `g (bool c, float[4] x) => (float[4] y) {
      [i] y = If (c) <then_branch = t (float[4] z) => (float[4] a) { [p] a = Relu (x) },
                      else_branch = e () => (float[4] b) { [q] b = Neg (x) }>
    }`,
    says: /^i: expected t to take 0 values, got 1;/,
    ort: 'refuses',
  },
];
