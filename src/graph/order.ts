import type { Node } from './node.ts';

/** A node that is to be computed, in one of the computations of its body. */
export interface Pending<Frame extends Computed> {
  readonly node: Node;
  readonly frame: Frame;
}

/** What has been computed of a body so far: the ids of values, by the nodes that give them. */
export interface Computed {
  readonly ids: Map<Node, number>;
}

/**
 * Computes nodes after what they need, depth first, with a stack of its own instead of the call stack. What a node needs is
 * asked again each time it comes up: a call needs its arguments first, and only then is it known what it calls.
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
