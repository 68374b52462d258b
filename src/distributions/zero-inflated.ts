import { checkCall } from '../dsl/check-arguments.ts';
import type { Grouping, MarkedLike, Target } from '../dsl/target.ts';
import { InvalidModel } from '../errors.ts';
import { exp, sigmoid, softplus } from '../layers/activations.ts';
import { add, mul } from '../layers/arithmetic.ts';
import { sign } from '../layers/elementary.ts';
import { where } from '../layers/where.ts';
import type { Shape } from '../shape/shape.ts';
import { accept, given, type Component, type Headed, type IsInflatable, targetRule } from './arguments.ts';
import type { DistributionName } from './data/table.ts';
import { zeroInflatedCount } from './zero-inflated-count.ts';

/**
 * Declares a target that is 0 with a probability of its own, and otherwise has the given likelihood, of positive numbers
 * (rain, expenses; a hurdle) or of counts. The decoder returns that likelihood's parameters, and `zeroLogits`, the log-odds
 * l of a zero. Of positive numbers −log p(0) = softplus(−l), and −log p(y) = softplus(l) − ln f(y); of counts some zeros are
 * the likelihood's own, so that −log p(0) = −ln(σ(l) + (1 − σ(l))·f(0)).
 *
 * @throws InvalidModel for any other likelihood.
 *
 * @example
 * ```ts
 * import { logNormal, zeroInflated } from 'cvae-compile';
 *
 * console.log(zeroInflated(logNormal(1)).parameters); // { mean: [1], logVar: [1], zeroLogits: [1] }
 * ```
 */
export function zeroInflated<
  const S extends Shape,
  Names extends string = string,
  P extends Grouping = 'element',
  T = unknown,
>(of: T & Target<S> & Component<Names, P> & IsInflatable<T>): Headed<S, Names | 'zeroLogits', P> & MarkedLike<T> {
  checkCall('zeroInflated', CALL, [...arguments]);
  const isCount = COUNTS.has(of.distribution);
  if (!isCount && !POSITIVE.has(of.distribution))
    throw new InvalidModel(
      `zeroInflated: expected a likelihood of positive numbers or of counts, got ${of.named ?? of.distribution}; give one of ${[...POSITIVE, ...COUNTS].join(', ')}${of.distribution === 'negativeBinomial' ? ', or negativeBinomial(n, { zeroInflated: true })' : ''}`,
    );
  const { shape, mean, nll, parameters, outputs, settings, image, mask, per, seen, unseen } = of;
  return {
    kind: 'continuous',
    shape,
    dataShape: of.dataShape,
    distribution: 'zeroInflated',
    scalable: false,
    of,
    ...(settings && { settings }),
    ...(image && { image }),
    ...(mask !== undefined && { mask }),
    ...(per && { per }),
    ...(seen && { seen }),
    ...(unseen && { unseen }),
    parameters: { ...parameters, zeroLogits: shape },
    outputs: { ...outputs, ...('logVar' in parameters && { logVar: shape }), zero: shape, rest: shape },
    mean: (p) => {
      const { y: rest, ...more } = mean(p);
      const zero = given(p, 'zeroLogits');
      return { y: mul(rest, exp(mul(softplus(zero), -1))), ...more, zero: sigmoid(zero), rest };
    },
    nll: (p, y) => {
      const zero = given(p, 'zeroLogits');
      if (isCount) return zeroInflatedCount(zero, nll(p, y), y);
      // A zero has no density: a number that has one stands for it, so that neither it nor its gradient is infinite.
      const isPositive = sign(y);
      const own = nll(p, where(isPositive, y, 1));
      return where(isPositive, add(softplus(zero), own), softplus(mul(zero, -1)));
    },
    refuse: accept,
  } satisfies Target as Target as Headed<S, Names | 'zeroLogits', P> & MarkedLike<T>;
}

const POSITIVE: ReadonlySet<DistributionName> = new Set<DistributionName>(['logNormal', 'gamma']);
const COUNTS: ReadonlySet<DistributionName> = new Set<DistributionName>(['poisson']);

const CALL = {
  args: [targetRule('give the likelihood of what is not 0: logNormal(1)')],
};
