import type { Body, Node } from './node.ts';

/** Returns the values from which a node is computed, in its own body. */
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
 * Returns the names of the networks that are frozen along with a network: its own, and those of all networks it calls.
 * Networks that it shares with others are then frozen there too, whether or not those others call the network itself.
 */
export const frozenWith = (body: Body): ReadonlySet<string> => new Set(bodiesIn(body).map(({ name }) => name));

/** Returns a body and all bodies that it calls, each once. */
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

/** Returns a body without an input that nothing in it reads. */
export function withoutUnused(body: Body, input: string): Body {
  const seen = new Set<Node>();
  const stack = Object.values(body.outputs);
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'input' && node.name === input) return body;
    stack.push(...partsOf(node));
  }
  const { [input]: _, ...inputs } = body.inputs;
  return { ...body, inputs };
}
