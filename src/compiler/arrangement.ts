import type { OnnxNode, OnnxTensor } from '../onnx/graph.ts';
import { numbersOf, tensorOf } from '../onnx/tensor.ts';
import { size } from '../shape/size.ts';
import { computedValue, integers } from './fold.ts';
import { example } from './shapes.ts';
import type { View } from './workspace.ts';

/** A value whose examples hold the elements of another value's, in another order or shape. */
export interface Arrangement {
  readonly source: string;
  /** The lengths of an example of the source. */
  readonly shape: readonly number[];
  /** Whether there is a transpose between them, and not only reshapes. */
  readonly transposes: boolean;
  /**
   * Returns, for each element of an example of the value, in order, the index of the element in the source's example.
   */
  places(): readonly number[];
}

/** The maximum number of transposes and reshapes to follow; merging leaves fewer. */
const REACH = 8;

/**
 * Follows a value back through transposes and reshapes that leave the batch axis alone and have no other consumer;
 * undefined if there is none, or if a shape is not known.
 */
export const arrangement = (value: string, view: View): Arrangement | undefined => {
  const nodes: OnnxNode[] = [];
  let source = value;
  for (let node = view.producer(source); node && nodes.length < REACH; node = view.producer(source)) {
    if (view.uses(source) > 1 || !keepsBatch(node, view)) break;
    nodes.unshift(node);
    source = node.inputs[0] ?? '';
  }
  const shape = example(view, source);
  if (nodes.length === 0 || !shape) return undefined;
  const transposes = nodes.some(({ op }) => op === 'Transpose');
  return { source, shape, transposes, places: () => follow(nodes, source, shape, value, view) };
};

const keepsBatch = (node: OnnxNode, view: View): boolean => {
  const [x = '', shape = ''] = node.inputs;
  const [y = ''] = node.outputs;
  if (node.op === 'Transpose') return Array.isArray(node.attributes['perm']) && node.attributes['perm'][0] === 0;
  const [batch] = node.op === 'Reshape' ? (integers(view, shape) ?? []) : [];
  const [before, after] = [example(view, x), example(view, y)];
  return (batch === -1 || batch === 0) && before !== undefined && after !== undefined && size(before) === size(after);
};

/** Computes the nodes for one example whose elements are their own indices. */
const follow = (
  nodes: readonly OnnxNode[],
  source: string,
  shape: readonly number[],
  value: string,
  view: View,
): readonly number[] => {
  const places = tensorOf(
    'float64',
    [1, ...shape],
    Array.from({ length: size(shape) }, (_, i) => i),
  );
  const constants = new Map<string, OnnxTensor>([[source, places]]);
  for (const name of nodes.flatMap(({ inputs }) => inputs.slice(1))) {
    const tensor = view.constant(name);
    if (tensor) constants.set(name, tensor);
  }
  const result = computedValue(nodes, constants, value, view.opset);
  return result ? Array.from(numbersOf(result)) : [];
};
