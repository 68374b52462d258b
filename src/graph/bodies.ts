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
