import type { Graph } from './graph.ts';

/** Returns the ids of all values from which a value is computed, and its own. */
export function dependenciesOf({ steps }: Graph, value: number): ReadonlySet<number> {
  const found = new Set([value]);
  // Steps are in order, so one loop from the last of them finds all.
  for (const { id, inputs, params } of steps.toReversed())
    if (found.has(id)) for (const from of [...inputs, ...Object.values(params)]) found.add(from);
  return found;
}
