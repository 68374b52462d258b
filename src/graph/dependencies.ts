import type { Graph } from './graph.ts';

/** The ids of all that a value is computed from, and its own. */
export function dependenciesOf({ steps }: Graph, value: number): ReadonlySet<number> {
  const found = new Set([value]);
  // Steps stand in order, so that one pass from the last of them finds all.
  for (const { id, inputs, params } of steps.toReversed())
    if (found.has(id)) for (const from of [...inputs, ...Object.values(params)]) found.add(from);
  return found;
}
