import { bytes, doubles, float, floats, int, ints, text, unknown, type Bytes } from './wire.ts';

/** What a model of a case is made of; each part in the place that its field's number gives it. */
interface Parts {
  readonly before?: Bytes;
  readonly nodes?: readonly Bytes[];
  readonly graphName?: Bytes;
  readonly initializers?: readonly Bytes[];
  readonly graphDoc?: Bytes;
  readonly value?: readonly Bytes[];
  readonly graphRest?: Bytes;
  readonly imports?: readonly Bytes[];
  readonly after?: Bytes;
}

const RELU: Bytes = bytes(1, text(1, 'x'), text(2, 'y'), text(4, 'Relu'));

const type = (dims: readonly Bytes[], dtype = 1): Bytes => bytes(1, int(1, dtype), bytes(2, ...dims));
const value = (name: string, ...rest: readonly Bytes[]): Bytes => [...text(1, name), ...rest.flat()];
const DIM: Bytes = bytes(1, int(1, 2));

/** The bytes of a model. */
export const model = ({
  before = [],
  nodes = [RELU],
  graphName = text(2, 'g'),
  initializers = [],
  graphDoc = [],
  value: x = [value('x', bytes(2, type([DIM])))],
  graphRest = [],
  imports = [[...text(1, ''), ...int(2, 18)]],
  after = [],
}: Parts = {}): Uint8Array =>
  Uint8Array.from([
    ...int(1, 8),
    ...before,
    ...bytes(
      7,
      ...nodes,
      graphName,
      ...initializers.map((one) => bytes(5, one)),
      graphDoc,
      ...x.map((one) => bytes(11, one)),
      bytes(12, value('y', bytes(2, type([DIM])))),
      graphRest,
    ),
    ...imports.map((one) => bytes(8, one)).flat(),
    ...after,
  ]);

/** A node that gives y from x: its operator, what comes before that, its attributes, and what comes after them. */
export const node = (
  op: string,
  attributes: readonly Bytes[] = [],
  { before = [], after = [] }: { readonly before?: Bytes; readonly after?: Bytes } = {},
): Bytes => bytes(1, text(1, 'x'), text(2, 'y'), before, text(4, op), ...attributes.map((one) => bytes(5, one)), after);

/** An attribute: its name, the field of its value, its type, and what comes after that. */
export const attribute = (
  name: string,
  field: Bytes,
  kind: number,
  { doc = [], after = [] }: { readonly doc?: Bytes; readonly after?: Bytes } = {},
): Bytes => [...text(1, name), ...field, ...doc, ...int(20, kind), ...after];

/** A tensor of one axis: the number of its type, its length, its name, and the field of its elements. */
export const tensor = (dtype: number, length: number, elements: Bytes, name = text(8, 'w')): Bytes => {
  const behind = (elements[0] ?? 255) > 8 * 8 + 2;
  return [...int(1, length), ...int(2, dtype), ...(behind ? [...name, ...elements] : [...elements, ...name])];
};

const FOREIGN = 'com.example';

/** Models that come back byte for byte. */
export const SAME: Readonly<Record<string, Uint8Array>> = {
  'the least': model(),
  'no name of the graph': model({ graphName: [] }),
  'names that are empty': model({
    before: [...text(2, ''), ...text(3, ''), ...text(4, ''), ...int(5, 0), ...text(6, '')],
    nodes: [node('Relu', [], { before: text(3, ''), after: [...text(6, ''), ...text(7, '')] })],
    graphName: text(2, ''),
    graphDoc: text(10, ''),
  }),
  'a producer without a version': model({ before: text(2, 'torch') }),
  'a model of a domain and a version': model({ before: [...text(4, 'org'), ...int(5, 7), ...text(6, 'Text.')] }),
  "ONNX's domain by name": model({
    nodes: [node('Relu', [], { after: text(7, 'ai.onnx') })],
    imports: [[...text(1, 'ai.onnx'), ...int(2, 18)]],
  }),
  'versions without a domain': model({ imports: [int(2, 18)] }),
  'a second domain': model({
    nodes: [node('Foo', [], { after: text(7, FOREIGN) })],
    imports: [
      [...text(1, ''), ...int(2, 18)],
      [...text(1, FOREIGN), ...int(2, 3)],
    ],
  }),
  "a second domain before ONNX's": model({
    imports: [
      [...text(1, 'ai.onnx.ml'), ...int(2, 3)],
      [...text(1, FOREIGN), ...int(2, 0)],
      [...int(2, 18), ...unknown(30)],
    ],
  }),
  'attributes in an order of their own': model({
    nodes: [
      node('Gemm', [
        attribute('transB', int(3, 1), 2),
        attribute('alpha', float(2, 0.1), 1),
        attribute('beta', float(2, -0), 1),
      ]),
    ],
  }),
  'attributes of an operator that is not in use': model({
    nodes: [
      node('Foo', [
        attribute('s', text(4, '\uFEFFü'), 3),
        attribute('i', int(3, -1n), 2),
        attribute('f', float(2, 1), 1),
        attribute('strings', [...text(9, 'a'), ...text(9, '')], 8),
        attribute('ints', [...int(8, -(2n ** 53n) + 1n), ...int(8, 0)], 7),
        attribute('none', [], 7),
        attribute('floats', [...float(7, 3.4e38), ...float(7, NaN)], 6),
        attribute('t', bytes(5, tensor(1, 1, bytes(9, floats(1)))), 4),
        attribute('g', bytes(6, text(2, 'held'), text(10, 'doc')), 5),
      ]),
    ],
  }),
  'an attribute of another type than the operator takes': model({
    nodes: [node('Softmax', [attribute('axis', float(2, 1), 1)])],
  }),
  'an attribute with a text and more': model({
    nodes: [
      node('Softmax', [attribute('axis', int(3, 1), 2, { doc: [...text(13, 'which')], after: [...unknown(40)] })]),
    ],
  }),
  'texts and more of a node': model({
    nodes: [
      node('Relu', [], {
        after: [...text(6, 'doc'), ...text(8, 'overload'), ...bytes(9, text(1, 'k')), ...bytes(10, text(1, 'c'))],
      }),
    ],
  }),
  'texts and more of a graph': model({
    graphDoc: text(10, 'doc'),
    graphRest: [
      ...bytes(13, value('y', bytes(2, type([DIM])))),
      ...bytes(14, text(1, 'x')),
      ...bytes(15, int(3, 4)),
      ...bytes(16, text(1, 'k'), text(2, 'v')),
    ],
  }),
  'metadata, training, functions and devices': model({
    after: [
      ...bytes(14, text(1, 'b'), text(2, '')),
      ...bytes(14, text(1, 'a'), text(2, 'c')),
      ...bytes(20, bytes(1, text(2, 'init'))),
      ...bytes(25, text(1, 'f'), text(10, FOREIGN)),
      ...bytes(26, text(1, 'd'), int(2, 2)),
    ],
  }),
  'fields that ONNX does not know': model({
    nodes: [node('Relu', [], { after: unknown(50) })],
    initializers: [[...tensor(1, 1, bytes(9, floats(1))), ...unknown(60)]],
    graphRest: unknown(70),
    value: [
      value(
        'x',
        bytes(
          2,
          bytes(1, int(1, 1), bytes(2, bytes(1, int(1, 2), unknown(80)), unknown(85)), unknown(87)),
          unknown(90),
        ),
        unknown(100),
      ),
    ],
    after: [...bytes(14, text(1, 'k'), text(2, 'v'), unknown(105)), ...unknown(110)],
  }),
  'what a value says besides': model({
    value: [
      value(
        'x',
        bytes(
          2,
          type([bytes(1, int(1, 0)), bytes(1), bytes(1, text(2, '')), bytes(1, text(2, 'N'), text(3, 'BATCH'))]),
          text(6, 'IMAGE'),
        ),
        text(3, 'doc'),
        bytes(4, text(1, 'k')),
      ),
    ],
  }),
  'a scalar': model({ value: [value('x', bytes(2, type([])))] }),
  'elements as bytes': model({
    initializers: [tensor(7, 2, bytes(9, [1, 0, 0, 0, 0, 0, 0, 128, 2, 0, 0, 0, 0, 0, 0, 0]))],
  }),
  'elements as float32': model({ initializers: [tensor(1, 3, bytes(4, floats(0.1, -0, Infinity)))] }),
  'elements as float64': model({ initializers: [tensor(11, 2, bytes(10, doubles(0.1, -1e300)))] }),
  'elements as int32': model({ initializers: [tensor(6, 2, bytes(5, ints(-1n, 2 ** 31 - 1)))] }),
  'elements as int8': model({ initializers: [tensor(3, 2, bytes(5, ints(-128n, 127)))] }),
  'elements as uint8': model({ initializers: [tensor(2, 2, bytes(5, ints(0, 255)))] }),
  'elements as bool': model({ initializers: [tensor(9, 2, bytes(5, ints(0, 1)))] }),
  'elements as float16': model({ initializers: [tensor(10, 2, bytes(5, ints(0x3c00, 0xffff)))] }),
  'elements as int64': model({ initializers: [tensor(7, 3, bytes(7, ints(-(2n ** 63n), 2n ** 63n - 1n, 0)))] }),
  'no elements': model({ initializers: [tensor(1, 0, [])] }),
  'no elements, as bytes': model({ initializers: [tensor(1, 0, bytes(9))] }),
  'a tensor with a text and a place': model({
    initializers: [
      [
        ...tensor(1, 1, bytes(9, floats(1))),
        ...text(12, 'doc'),
        ...int(14, 0),
        ...bytes(16, text(1, 'k'), text(2, 'v')),
      ],
    ],
  }),
  'a constant whose tensor has a name': model({
    nodes: [node('Constant', [attribute('value', bytes(5, tensor(1, 1, bytes(4, floats(1)), text(8, ''))), 4)])],
  }),
};

/** Models of which something would be lost, with the sentence that refuses them. */
export const LOST: Readonly<Record<string, readonly [Uint8Array, string]>> = {
  'two initializers of one name': [
    model({ initializers: [tensor(1, 1, bytes(9, floats(1))), tensor(1, 1, bytes(9, floats(2)))] }),
    'expected initializers of different names, got w twice; export it again',
  ],
  'two attributes of one name': [
    model({ nodes: [node('Softmax', [attribute('axis', int(3, 0), 2), attribute('axis', int(3, 1), 2)])] }),
    'expected attributes of Softmax of different names, got axis twice; export it again',
  ],
  'two metadata of one name': [
    model({ after: [...bytes(14, text(1, 'a'), text(2, '1')), ...bytes(14, text(1, 'a'), text(2, '2'))] }),
    'expected metadata of different names, got a twice; export it again',
  ],
  "two versions of ONNX's operators": [
    model({ imports: [int(2, 18), int(2, 17)] }),
    "expected one version of ONNX's operators, got two; export it again",
  ],
  'a number beyond 2^53': [
    model({ nodes: [node('Softmax', [attribute('axis', int(3, 2n ** 63n - 1n), 2)])] }),
    'expected attributes of known kinds, got axis of Softmax, a whole number beyond 2^53; convert the model to types that can',
  ],
  'a word that is not UTF-8': [
    model({ nodes: [node('Pad', [attribute('mode', bytes(4, [0xff]), 3)])] }),
    'expected attributes of known kinds, got mode of Pad, which is not text in UTF-8; convert the model to types that can',
  ],
  'a name that is not UTF-8': [
    model({ graphName: bytes(2, [0xc3]) }),
    'expected an ONNX model, got bytes that are not one or are cut short; export it again',
  ],
  'an attribute that refers to another': [
    model({ nodes: [node('Softmax', [attribute('axis', [], 2, { after: [...text(21, 'a')] })])] }),
    'expected attributes of known kinds, got axis of Softmax, which refers to another; convert the model to types that can',
  ],
  'an operator with a dot': [
    model({ nodes: [node('a.b')] }),
    'expected operators without a dot in their name, got a.b; convert the model to types that can',
  ],
  'a number that its type does not hold': [
    model({ initializers: [tensor(3, 1, bytes(5, ints(200)))] }),
    'expected the elements of w to be int8, got 200; export it again',
  ],
  'elements in two places': [
    model({
      initializers: [[...int(1, 1), ...int(2, 1), ...bytes(4, floats(1)), ...text(8, 'w'), ...bytes(9, floats(1))]],
    }),
    'expected the elements of w in one place, got them in several; export it again',
  ],
  'elements in the place of another type': [
    model({ initializers: [tensor(1, 1, bytes(5, ints(1)))] }),
    'expected 4 bytes for w, got 0; export it again',
  ],
};
