import type { Tensor } from '../dsl/tensor.ts';
import type { Node } from '../graph/node.ts';

/** Returns the same function of a tensor, which is computed once for each node: networks and the loss then share the result. */
export const perNode = <T>(compute: (x: Tensor) => T): ((x: Tensor) => T) => {
  const known = new WeakMap<Node, { readonly value: T }>();
  return (x) => {
    const found = known.get(x.node) ?? { value: compute(x) };
    known.set(x.node, found);
    return found.value;
  };
};
