import { relu, type Broken } from './broken.ts';

/** Graphs broken in their names and their order. */
export const NAMES: readonly Broken[] = [
  {
    of: 'a value that nothing gives',
    text: relu('[r] y = Relu (nothing)'),
    says: /^r: expected inputs that are defined before it, got nothing;/,
    ort: 'refuses',
  },
  {
    of: 'a value used before it is given',
    text: relu('[a] y = Relu (t) [b] t = Relu (x)'),
    says: /^a: expected inputs that are defined before it, got t;/,
    ort: { takes: 'it sorts the nodes of a graph itself; ONNX wants them sorted' },
  },
  {
    of: 'a node that takes what it gives',
    text: relu('[a] y = Add (x, y)'),
    says: /^a: expected inputs that are defined before it, got y;/,
    ort: 'refuses',
  },
  {
    of: 'a value given twice',
    text: relu('[a] y = Relu (x) [b] y = Tanh (x)'),
    says: /^g: expected each value to be defined once, got y twice;/,
    ort: 'refuses',
  },
  {
    of: 'a value with the name of an input',
    text: relu('[a] x = Relu (x) [b] y = Relu (x)'),
    says: /^g: expected each value to be defined once, got x twice;/,
    ort: 'refuses',
  },
  {
    of: 'a value with the name of an initializer',
    text: 'g (float[N, 4] x) => (float[N, 4] y) <float w = {1.0}> { [a] w = Relu (x) [b] y = Relu (w) }',
    says: /^g: expected each value to be defined once, got w twice;/,
    ort: 'refuses',
  },
  {
    of: 'two inputs of one name',
    text: 'g (float[4] x, float[4] x) => (float[4] y) { [a] y = Relu (x) }',
    says: /^g: expected each value to be defined once, got x twice;/,
    ort: 'refuses',
  },
  {
    of: 'an output that nothing gives',
    text: relu('[a] z = Relu (x)'),
    says: /^g: expected its output y to be the output of a node, got no such value;/,
    ort: 'refuses',
  },
  {
    of: 'an output that is an input',
    text: 'g (float[4] x) => (float[4] x) { [a] z = Relu (x) }',
    says: /^g: expected its output x to be the output of a node, got a value that is there without one;/,
    ort: { takes: 'other readers do not' },
  },
  {
    of: 'an output that is an initializer',
    text: 'g (float[4] x) => (float w) <float w = {1.0}> { [a] z = Relu (x) }',
    says: /^g: expected its output w to be the output of a node/,
    ort: { takes: 'other readers do not' },
  },
  {
    of: 'one value as two outputs',
    text: 'g (float[4] x) => (float[4] y, float[4] y) { [a] y = Relu (x) }',
    says: /^g: expected outputs of different names, got y twice;/,
    ort: { takes: 'other readers do not' },
  },
  {
    of: 'two nodes of one name',
    text: relu('[a] t = Relu (x) [a] y = Relu (t)'),
    says: /^g: expected nodes of different names, got a twice;/,
    ort: 'refuses',
  },
  {
    of: 'a node without a name',
    text: relu('y = Relu (x)'),
    says: /^a Relu of g: expected a name, got none;/,
    ort: { takes: 'but messages could not say which it is' },
  },
  {
    of: 'a graph without a name',
    text: '"" (float[4] x) => (float[4] y) { [a] y = Relu (x) }',
    says: /^a graph: expected a name, got none;/,
    ort: { takes: "but ONNX's checker does not" },
  },
  {
    of: 'a graph without an output',
    text: 'g () => () { }',
    says: /^g: expected an output, got none;/,
    ort: 'refuses',
  },
  {
    of: 'an input without a name',
    text: 'g (float[4] "") => (float[4] y) { [a] y = Relu ("") }',
    says: /^g: expected a name for every value, got an empty one;/,
    ort: 'refuses',
  },
];
