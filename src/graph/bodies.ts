import type { Body, Node } from './node.ts';

/** Returns the values from which a node is computed, in its own body. */
export const partsOf = (node: Node): readonly Node[] => {
  switch (node.kind) {
    case 'apply':
      return [...node.inputs, ...Object.values(node.params)];
    case 'call':
    case 'steps':
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

/** Returns the nodes from which a body's outputs are computed, each once, without those of the bodies that it calls. */
export const nodesIn = ({ outputs }: Body): ReadonlySet<Node> => {
  const nodes = new Set(Object.values(outputs));
  for (const node of nodes) for (const part of partsOf(node)) nodes.add(part);
  return nodes;
};

/** Returns a body and all bodies that it calls, each once. */
export function bodiesIn(body: Body): readonly Body[] {
  const bodies = new Set([body]);
  for (const one of bodies)
    for (const node of nodesIn(one)) if (node.kind === 'call' || node.kind === 'steps') bodies.add(node.body);
  return [...bodies];
}

/** Returns a body without an input that nothing in it reads. */
export function withoutUnused(body: Body, input: string): Body {
  for (const node of nodesIn(body)) if (node.kind === 'input' && node.name === input) return body;
  const { [input]: _, ...inputs } = body.inputs;
  return { ...body, inputs };
}
