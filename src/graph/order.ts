import type { Node } from './node.ts';

/** A node to compute, in one of the computations of its body. */
export interface Pending<Frame extends Computed> {
  readonly node: Node;
  readonly frame: Frame;
}

/** The values of a body computed so far: their ids, by node. */
export interface Computed {
  readonly ids: Map<Node, number>;
}

/**
 * Computes nodes after their dependencies, depth first, with an explicit stack instead of the call stack. A node's
 * dependencies are queried again each time it is reached: a call needs its arguments first, and only then is it known
 * which computation it calls.
 */
export function compute<Frame extends Computed>(
  wanted: readonly Pending<Frame>[],
  needs: (node: Node, frame: Frame) => readonly Pending<Frame>[],
  place: (node: Node, frame: Frame) => number,
): void {
  const stack = wanted.toReversed();
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const { node, frame } = top;
    if (frame.ids.has(node)) {
      stack.pop();
      continue;
    }
    const missing = needs(node, frame).filter((n) => !n.frame.ids.has(n.node));
    if (missing.length > 0) {
      stack.push(...missing.toReversed());
      continue;
    }
    frame.ids.set(node, place(node, frame));
    stack.pop();
  }
}
