import { checkCall } from '../dsl/check-arguments.ts';
import type { Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { softmax } from '../layers/activations.ts';
import { add, mul, sub } from '../layers/arithmetic.ts';
import { lgamma } from '../layers/lgamma.ts';
import { logSumExp, sumLast } from '../layers/reduce.ts';
import { whole } from '../values/rules.ts';
import { given, refuse } from './arguments.ts';

/** Options of a multinomial target. */
export interface MultinomialOptions {
  /** How many are counted in a mean and in a draw: 1 by default, so that means are shares and a draw is one item. */
  readonly total?: number;
}

/**
 * Declares a target of counts of n items, which share out a total: a basket, or the words of a text. The decoder
 * returns a logit l for each item. The total N is taken from each example's own y: −log p(y) = N·logSumExp(l) − Σ y·l +
 * Σ ln y! − ln N!, one number for each example, so that items cannot be masked. The total is not modelled: files return
 * means and draws of `total` items.
 *
 * @example
 * ```ts
 * import { multinomial } from 'cvae-compile';
 *
 * console.log(multinomial(20_108).parameters); // { logits: [20108] }
 * ```
 */
export function multinomial<N extends number>(
  items: N,
  options: MultinomialOptions = {},
): Target<[N], Tensor<[N]>, ArrayLike<number>> {
  checkCall('multinomial', CALL, [...arguments]);
  const { total = 1 } = options;
  return {
    kind: 'continuous',
    shape: [items],
    dataShape: [items],
    distribution: 'multinomial',
    joint: true,
    parameters: { logits: [items] },
    settings: { total },
    scalable: false,
    mean: (p) => ({ y: mul(softmax(given(p, 'logits')), total) }),
    nll: (p, y) => {
      const logits = given(p, 'logits');
      const all = sumLast(y);
      const ways = sub(sumLast(lgamma(add(y, 1))), lgamma(add(all, 1)));
      // Not N·logSumExp(l) − Σ y·l, which are large if the logits are.
      return add(sumLast(mul(y, sub(logSumExp(logits), logits))), ways);
    },
    refuse: refuse('softmax', 'multinomial'),
  };
}

const CALL = {
  args: [whole('of items', 'give how many there are')],
  options: { total: whole('of what is counted', 'give how many a draw shares out') },
};
