import type { Tensors } from '../dsl/network.ts';
import { partsOf } from '../graph/bodies.ts';
import type { Body, Node } from '../graph/node.ts';

/** What a node is computed from: what changes from step to step, and what differs between examples. */
interface Sources {
  readonly ofStep: boolean;
  readonly ofExample: boolean;
}

/**
 * Returns the body of a step that was read in another body, and the arguments that it takes from there. What does not
 * depend on the step is computed outside, once: the body takes it as `context_1`, …, and inputs of the other body by their
 * names. Parameters and constants stay inside.
 */
export const stepBody = (
  name: string,
  within: string,
  inputs: Tensors,
  outputs: Tensors,
): { readonly body: Body; readonly around: Readonly<Record<string, Node>> } => {
  const own = new Set(Object.values(inputs).map(({ node }) => node));
  const results = Object.values(outputs).map(({ node }) => node);
  const sources = sourcesOf(results, own);
  const captured = new Map<Node, string>();
  const around: Record<string, Node> = {};
  const take = (node: Node): void => {
    if (node.kind === 'input') around[node.name] = node;
    else if (!captured.has(node)) {
      const input = `context_${captured.size + 1}`;
      captured.set(node, input);
      around[input] = node;
    }
  };
  const seen = new Set<Node>();
  const stack = results.toReversed();
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node) || own.has(node)) continue;
    seen.add(node);
    const { ofStep, ofExample } = sources.get(node) ?? { ofStep: false, ofExample: false };
    if (ofStep) stack.push(...partsOf(node).toReversed());
    else if (ofExample) take(node);
  }
  const shapes = [
    ...Object.entries(inputs).map(([key, { shape }]) => [key, shape] as const),
    ...Object.entries(around).map(([key, node]) => [key, node.shape] as const),
  ];
  const body: Body = {
    name,
    within,
    inputs: Object.fromEntries(shapes.map(([key, shape]) => [key, { shape, role: 'batch' }])),
    outputs: Object.fromEntries(Object.entries(outputs).map(([key, { node }]) => [key, node])),
    captured,
  };
  return { body, around };
};

/** Returns the sources of nodes and of all that they are computed from; `own` are the inputs of a step. */
const sourcesOf = (nodes: readonly Node[], own: ReadonlySet<Node>): ReadonlyMap<Node, Sources> => {
  const known = new Map<Node, Sources>();
  const stack = [...nodes];
  for (let node = stack.at(-1); node; node = stack.at(-1)) {
    const parts = partsOf(node);
    const missing = known.has(node) ? [] : parts.filter((part) => !known.has(part));
    if (missing.length > 0) {
      stack.push(...missing);
      continue;
    }
    stack.pop();
    const all = parts.flatMap((part) => known.get(part) ?? []);
    const ofStep = own.has(node) || all.some((one) => one.ofStep);
    known.set(node, { ofStep, ofExample: ofStep || node.kind === 'input' || all.some((one) => one.ofExample) });
  }
  return known;
};
