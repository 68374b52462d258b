import type { Body, Node } from './node.ts';

/** The values that a node is computed from, in its own body. */
export const partsOf = (node: Node): readonly Node[] => {
  switch (node.kind) {
    case 'apply':
      return [...node.inputs, ...Object.values(node.params)];
    case 'call':
      return Object.values(node.args);
    case 'modal':
      return [node.train, node.infer, ...node.updates.map(({ value }) => value)];
    case 'noise':
      return [node.like];
    default:
      return [];
  }
};

/**
 * The names of the networks that are left as they are with a network: its own, and those of all that it calls. What they share
 * with others is then left as it is too, whether or not these call the network itself.
 */
export const frozenWith = (body: Body): ReadonlySet<string> => new Set(bodiesIn(body).map(({ name }) => name));

/** A body and all that it calls, each once. */
export function bodiesIn(body: Body): readonly Body[] {
  const bodies = new Set([body]);
  const seen = new Set<Node>();
  for (const { outputs } of bodies) {
    const stack = Object.values(outputs);
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      if (node.kind === 'call') bodies.add(node.body);
      stack.push(...partsOf(node));
    }
  }
  return [...bodies];
}
