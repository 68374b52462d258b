import { relu, type Broken } from './broken.ts';

/** Graphs broken in what their nodes say. */
export const NODES: readonly Broken[] = [
  {
    of: 'an unknown operator',
    text: relu('[a] y = Rely (x)'),
    says: /^a: expected an operator in use, got Rely;/,
    ort: 'refuses',
  },
  {
    of: 'an operator of a later opset',
    text: 'g (float[3, 4] x, float[4] s) => (float[3, 4] y) { [a] y = LayerNormalization (x, s) }',
    says: /^a: expected an operator of opset 16, got LayerNormalization;/,
    opset: 16,
    ort: { takes: 'it has had this one as its own for longer' },
  },
  { of: 'too few inputs', text: relu('[a] y = Add (x)'), says: /^a: expected 2 inputs, got 1;/, ort: 'refuses' },
  { of: 'too many inputs', text: relu('[a] y = Relu (x, x)'), says: /^a: expected 1 inputs, got 2;/, ort: 'refuses' },
  {
    of: 'no inputs',
    text: 'g (float[4] x) => (float[4] y) { [a] y = Max () }',
    says: /^a: expected at least 1 inputs, got 0;/,
    ort: 'refuses',
  },
  {
    of: 'an input left out that must be there',
    text: relu('[a] y = Add ("", x)'),
    says: /^a: expected its input A, got one that is left out;/,
    ort: 'refuses',
  },
  { of: 'too many outputs', text: relu('[a] y, z = Relu (x)'), says: /^a: expected 1 outputs, got 2;/, ort: 'refuses' },
  {
    of: 'an output left out',
    text: relu('[a] "" = Relu (x) [b] y = Relu (x)'),
    says: /^a: expected its output Y, got one that is left out;/,
    ort: 'refuses',
  },
  {
    of: 'a missing attribute',
    text: relu('[a] y = Concat (x, x)'),
    says: /^a: expected its attribute axis, got none;/,
    ort: 'refuses',
  },
  {
    of: 'an attribute of an earlier opset',
    text: 'g (float[3, 4] x) => (float[3, 1] y) { [a] y = ReduceMean <axes = [1]> (x) }',
    says: /^a: expected attributes of ReduceMean in use at opset 18, got axes;/,
    ort: 'refuses',
  },
  {
    of: 'an input of a later opset',
    text: 'g (float[3, 4] x) => (float[3, 1] y) <int64[1] i = {1}> { [a] y = ReduceMean (x, i) }',
    says: /^a: expected 1 inputs, got 2;/,
    opset: 17,
    ort: 'refuses',
  },
  {
    of: 'an attribute of a later opset',
    text: 'g (float[6] x) => (float[3] y, float[3] z) { [a] y, z = Split <num_outputs = 2> (x) }',
    says: /^a: expected attributes of Split in use at opset 17, got num_outputs;/,
    opset: 17,
    ort: 'refuses',
  },
  {
    of: 'padding that is worked out by the runtime',
    text: 'g (float[1, 1, 5, 5] x, float[1, 1, 3, 3] w) => (float[1, 1, 5, 5] y) { [a] y = Conv <auto_pad = "SAME_LOWER"> (x, w) }',
    says: /^a: expected auto_pad to be NOTSET, got "SAME_LOWER";/,
    ort: { takes: 'but not on every provider with the same numbers' },
  },
  {
    of: 'a word that is not one of an attribute',
    text: 'g (float[4] x, int64[2] p) => (float[N] y) { [a] y = Pad <mode = "mirror"> (x, p) }',
    says: /^a: expected mode to be constant or reflect or edge, got "mirror";/,
    ort: 'refuses',
  },
];
