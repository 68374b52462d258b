import { emitter } from './emit.ts';
import type { Graph } from './graph.ts';
import { each } from './op.ts';

/**
 * Reads tables by index where rows are one-hot:
 *
 *     embedding(oneHot(i))           → lookup(i)
 *
 * One-hot vectors that nothing else reads are then not computed. A graph without an embedding is returned unchanged.
 */
export function readByIndex(graph: Graph): Graph {
  if (!graph.steps.some(({ op }) => op.lookup)) return graph;
  const out = emitter(graph);
  const indices = new Map<number, number>();
  for (const given of graph.steps) {
    const step = { ...given, inputs: each(given.inputs, out.now) };
    const index = indices.get(step.inputs[0]);
    if (step.op.name === 'oneHot' && step.op['~library']) indices.set(out.later(step), step.inputs[0]);
    else if (step.op.lookup && index !== undefined) out.write({ ...step, op: step.op.lookup, inputs: [index] });
    else out.write(step);
  }
  return out.graph();
}

/** Returns the names of a graph's inputs that a table is multiplied with, which could be read by index instead. */
export const readableByIndex = ({ inputs, steps }: Graph): ReadonlySet<string> => {
  const rows = new Set(steps.flatMap(({ op, inputs: [first] }) => (op.lookup ? [first] : [])));
  return new Set(inputs.flatMap(({ id, name }) => (rows.has(id) ? [name] : [])));
};
