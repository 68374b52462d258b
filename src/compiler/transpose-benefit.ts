import type { OnnxNode } from '../onnx/graph.ts';
import { isCrossable, isReduction } from './transpose-crossing.ts';
import { inverse, isSingle } from './shapes.ts';
import type { View } from './workspace.ts';

/** The maximum number of nodes to examine before a transpose crosses a node, so that a rule's work is bounded. */
const REACH = 64;

/** Returns the permutation of a Transpose, from its attribute; the compiler always writes it. */
export const permOf = (node: OnnxNode | undefined, view: View): readonly number[] | undefined => {
  if (node?.op !== 'Transpose') return undefined;
  const { perm } = node.attributes;
  if (Array.isArray(perm)) return perm.map(Number);
  const rank = view.type(node.inputs[0] ?? '')?.shape.length;
  return rank === undefined ? undefined : Array.from({ length: rank }, (_, i) => rank - 1 - i);
};

/** Whether a value is the output of a transpose with this permutation. */
export const isTransposed = (view: View, value: string, perm: readonly number[]): boolean =>
  `${permOf(view.producer(value), view)}` === `${perm}`;

/**
 * Whether fewer transposes remain if those by `perm` before `start` cross it, and then all that follows until they meet
 * others. Before: those that feed the region, and those that undo them after it. After: one for each value that enters
 * the region without one, and one for each that leaves it. Values may only enter if that leads towards channels first:
 * the reverse move is equally good, and the two would undo each other.
 */
export const isWorth = (start: OnnxNode, perm: readonly number[], view: View): boolean => {
  const region = new Set([start]);
  const fed = new Set<string>();
  const entering = new Set<string>();
  let undone = 0;
  let left = 0;
  const undo = `${inverse(perm)}`;
  const mayEnter = `${perm}` < undo;
  for (const node of region) {
    for (const name of node.inputs) {
      if (name === '' || view.constant(name) || isSingle(view, name)) continue;
      if (!isTransposed(view, name, perm)) entering.add(name);
      else if (!fed.has(name)) {
        fed.add(name);
        // A transpose with other consumers disappears only if all of them are crossed.
        for (const consumer of few(name, view))
          if (isCrossable(consumer.op) && region.size < REACH) region.add(consumer);
      }
    }
    for (const name of node.outputs) {
      let leaves = view.isOutput(name) || view.uses(name) > REACH;
      for (const consumer of few(name, view)) {
        if (consumer.op === 'Transpose') undone += `${permOf(consumer, view)}` === undo ? 1 : 0;
        else if (isCrossable(consumer.op) && region.size < REACH) region.add(consumer);
        else if (!region.has(consumer) && !swallows(consumer, view)) leaves = true;
      }
      if (leaves) left++;
    }
  }
  for (const node of region) for (const name of node.outputs) entering.delete(name);
  const dying = [...fed].filter(
    (name) =>
      !view.isOutput(name) &&
      view.uses(name) <= REACH &&
      view.consumers(name).every((consumer) => region.has(consumer) || consumer.op === 'Transpose'),
  );
  return (mayEnter || entering.size === 0) && dying.length + undone > entering.size + left;
};

/** Returns the consumers of a value, or none if there are too many to examine. */
const few = (value: string, view: View): readonly OnnxNode[] => (view.uses(value) > REACH ? [] : view.consumers(value));

/** Whether a transpose ends at a node: a reduction, or a Reshape before a product with constant weights. */
const swallows = (node: OnnxNode, view: View): boolean => {
  if (isReduction(node.op)) return true;
  const [y = ''] = node.outputs;
  if (node.op !== 'Reshape' || view.uses(y) !== 1 || view.type(y)?.shape.length !== 2) return false;
  const [consumer] = view.consumers(y);
  return consumer?.op === 'Gemm' && consumer.inputs[0] === y && view.constant(consumer.inputs[1] ?? '') !== undefined;
};
