import type { Grouping } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { mul, sub } from '../layers/arithmetic.ts';
import { reduceSum } from '../layers/axes.ts';
import { logSumExp, sumLast } from '../layers/reduce.ts';
import { repeatAt } from '../layers/repeat-at.ts';
import { reshape } from '../layers/reshape.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';

/**
 * How elements of y share the components of a mixture: `places` are the axes with a component at each place, and `event`
 * those of the elements that share it. Parameters have the axis of components between the two.
 */
export interface Groups {
  readonly places: Shape;
  readonly event: Shape;
  readonly components: number;
}

/** Returns the groups of y's shape. */
export const groupsOf = (shape: Shape, per: Grouping, components: number): Groups => {
  const rank = per === 'element' ? shape.length : per === 'place' ? shape.length - 1 : 0;
  return { places: shape.slice(0, rank), event: shape.slice(rank), components };
};

/** The shape of a parameter of all components. */
export const componentShape = ({ places, event, components }: Groups): Shape => [...places, components, ...event];

/** Returns y for each component: the same again. */
export const forEachComponent = (x: Tensor, { places, components }: Groups): Tensor =>
  repeatAt(x, places.length, components);

/** Returns the shape with all elements of an event along one axis. */
const flat = ({ places, event, components }: Groups, ofComponents = true): Shape => [
  ...places,
  ...(ofComponents ? [components] : []),
  size(event),
];

/**
 * Returns −log Σ wₖ·pₖ(y) at each place, from logits of the weights and −log pₖ of each element, which are independent
 * within a component. Elements where the mask is 0 are left out.
 */
export const mixedNll = (weights: Tensor, each: Tensor, groups: Groups, mask?: Tensor): Tensor => {
  const counted = mask ? mul(each, forEachComponent(mask, groups)) : each;
  const together = groups.event.length === 0 ? counted : sumLast(counted.pipe(reshape(...flat(groups))));
  return sub(logSumExp(weights), logSumExp(sub(weights, together)));
};

/** Returns Σ wₖ·xₖ of each element. */
export const mixedMean = (shares: Tensor, each: Tensor, groups: Groups): Tensor => {
  const { places, event } = groups;
  const rank = places.length;
  if (event.length === 0) return sumLast(mul(shares, each));
  const spread = repeatAt(shares, rank + 1, size(event));
  const sum: Tensor = reduceSum(rank)(mul(spread, each.pipe(reshape(...flat(groups)))));
  return sum.pipe(reshape(...places, ...event));
};
