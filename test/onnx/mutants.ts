import * as fc from 'fast-check';
import { encode } from '../../src/onnx/encode.ts';
import {
  isGraph,
  isTensor,
  type AttributeValue,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
} from '../../src/onnx/graph.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { CHANGES } from './changes.ts';

/** Numbers at which arithmetic, memory or patience ends. */
const FAR = [
  -1,
  0,
  1,
  2,
  7,
  255,
  2 ** 16,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 40,
  2 ** 52,
  2 ** 53 - 1,
  -(2 ** 31),
  -(2 ** 53) + 1,
];

const far = (what: number): number => FAR[what % FAR.length] ?? 0;

const replaced = <T>(list: readonly T[], at: number, change: (item: T) => T): T[] =>
  list.map((item, i) => (i === at % list.length ? change(item) : item));

const farAttribute = (value: AttributeValue, what: number): AttributeValue => {
  if (typeof value === 'number') return far(what);
  if (isGraph(value)) return farGraph(value, what >> 2, what);
  if (isTensor(value)) return farTensor(value, what >> 1, what);
  if (typeof value === 'string') return value.slice(1);
  return replaced(value.map(Number), what >> 4, () => far(what));
};

const farTensor = (tensor: ReturnType<typeof tensorOf>, where: number, what: number): ReturnType<typeof tensorOf> =>
  tensorOf(
    tensor.dtype,
    tensor.shape,
    replaced([...numbersOf(tensor)], where, () => far(what)),
  );

const farNode = (node: OnnxNode, what: number): OnnxNode => ({
  ...node,
  attributes: Object.fromEntries(
    Object.entries(node.attributes).map(([key, value], i, all) => [
      key,
      i === (what >> 3) % all.length ? farAttribute(value, what) : value,
    ]),
  ),
});

/** A graph with a number that is far off: in an attribute, in a constant, or in the shape of what it takes. */
const farGraph = (graph: OnnxGraph, where: number, what: number): OnnxGraph => {
  switch (where % 3) {
    case 0:
      return { ...graph, nodes: replaced(graph.nodes, where >> 2, (node) => farNode(node, what)) };
    case 1: {
      // Small constants are shapes, axes and the like.
      const small = [...graph.initializers].filter(([, { data }]) => data.length <= 8);
      const [name, tensor] = small[(where >> 2) % Math.max(1, small.length)] ?? [];
      if (!name || !tensor) return graph;
      return { ...graph, initializers: new Map([...graph.initializers, [name, farTensor(tensor, where, what)]]) };
    }
    default:
      return {
        ...graph,
        inputs: replaced(graph.inputs, where >> 2, (info) => ({
          ...info,
          shape: replaced(info.shape, where >> 4, () => far(what)),
        })),
      };
  }
};

const nat = fc.nat(2 ** 16);

/** A model in which one to three things are changed. */
export const changedModel: fc.Arbitrary<(model: OnnxModel) => OnnxModel> = fc
  .array(fc.tuple(fc.constantFrom(farGraph, farGraph, ...Object.values(CHANGES)), nat, nat), {
    minLength: 1,
    maxLength: 3,
  })
  .map((changes) => (model: OnnxModel) => ({
    ...model,
    graph: changes.reduce((graph, [change, where, what]) => change(graph, where, what), model.graph),
  }));

/** Bytes of which some are changed, removed or duplicated. */
export const changedBytes: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> = fc
  .tuple(
    fc.array(fc.tuple(fc.nat(2 ** 30), fc.nat(255)), { minLength: 1, maxLength: 3 }),
    fc.constantFrom('set', 'set', 'set', 'cut', 'drop', 'repeat'),
    // Most of a file is weights, which may be anything: its structure is at its beginning and its end.
    fc.constantFrom(1, 400, 4000),
  )
  .map(([changes, kind, reach]) => (bytes: Uint8Array) => {
    const place = (at: number): number => {
      if (reach === 1) return at % bytes.length;
      return at % 2 === 0
        ? (at >> 1) % Math.min(reach, bytes.length)
        : bytes.length - 1 - ((at >> 1) % Math.min(reach, bytes.length));
    };
    const [[first = 0, count = 0] = []] = changes;
    const at = place(first);
    if (kind === 'cut') return bytes.slice(0, at);
    if (kind === 'drop') return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + (count % 9))]);
    if (kind === 'repeat') return Uint8Array.from([...bytes.subarray(0, at + 1 + count), ...bytes.subarray(at)]);
    const result = bytes.slice();
    for (const [where, value] of changes) result[place(where)] = value;
    return result;
  });

/** A mutant's bytes, or undefined where the change cannot be written. */
export const written = (model: OnnxModel, change: (model: OnnxModel) => OnnxModel): Uint8Array | undefined => {
  try {
    return encode(change(model));
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidGraph') return undefined;
    throw error;
  }
};
