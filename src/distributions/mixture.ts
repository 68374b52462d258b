import { checkCall } from '../dsl/check-arguments.ts';
import type { Grouping, MarkedLike, Parameters, Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import { softmax } from '../layers/activations.ts';
import { stepOf } from '../layers/step-target.ts';
import { inUnits } from '../layers/units.ts';
import type { AllButLast } from '../shape/axes.ts';
import type { Shape } from '../shape/shape.ts';
import { isWhole, rule } from '../values/rules.ts';
import { accept, given, type Component, type IsMixable, type IsNormalised, targetRule, without } from './arguments.ts';
import type { DistributionName } from './data/table.ts';
import { componentShape, forEachComponent, groupsOf, mixedMean, mixedNll } from './mixed.ts';

/** The axes with a component at each place, and those of the elements that share it. */
type Places<S extends Shape, P extends Grouping> = P extends 'element' ? S : P extends 'place' ? AllButLast<S> : [];
type Event<S extends Shape, P extends Grouping> = P extends 'element'
  ? []
  : P extends 'place'
    ? S extends readonly [...unknown[], infer N extends number]
      ? [N]
      : Shape
    : S;

/** What a decoder gives: the components' weights as logits, and each parameter of all components. */
export type Mixed<S extends Shape, K extends number, Names extends string, P extends Grouping> = {
  readonly weights: Tensor<[...Places<S, P>, K]>;
} & { readonly [Name in Names]: Tensor<[...Places<S, P>, K, ...Event<S, P>]> };

/**
 * Declares a mixture of `components` likelihoods of one kind, for values of several modes. Which elements share a
 * component is the option `per` of the likelihood: `element`, none do; `place`, those of the last axis, such as the
 * coordinates of a point; `example`, all. The decoder returns `weights`, a logit for each component at each place, and the
 * likelihood's own parameters for all components, whose axis comes after those of the places: of `normal(24, 2, { per:
 * 'place' })` and 20 components weights are [24, 20] and means [24, 20, 2]. −log p(y) = −ln Σₖ wₖ·pₖ(y) at each place, in
 * nats; within a component elements are independent, and masked ones are left out. y's mean is that of all components.
 *
 * @throws InvalidModel for a likelihood whose elements are not independent, or that is none.
 *
 * @example
 * ```ts
 * import { mixture, normal } from 'cvae-compile';
 *
 * const target = mixture(normal(24, 2, { sigma: 'learned', per: 'place' }), 20);
 * console.log(target.parameters); // { weights: [24, 20], mean: [24, 20, 2], logVar: [24, 20, 2] }
 * ```
 */
export function mixture<
  const S extends Shape,
  K extends number,
  Names extends string = string,
  P extends Grouping = 'element',
  T = unknown,
>(
  of: T & Target<S> & Component<Names, P> & IsMixable<T> & IsNormalised<T, 'mixture'>,
  components: K,
): Target<S, Mixed<S, K, Names, P>, ArrayLike<number>> & MarkedLike<T> {
  checkCall('mixture', CALL, [...arguments]);
  if (!MIXABLE.has(of.distribution))
    throw new InvalidModel(
      `mixture: expected a likelihood of independent numbers, got ${of.named ?? of.distribution}; give one of ${[...MIXABLE].join(', ')}`,
    );
  const { shape, per = 'element' } = of;
  const groups = groupsOf(shape, per, components);
  const all = componentShape(groups);
  const weights = [...groups.places, components];
  const large = (shapes: Readonly<Record<string, Shape>>) =>
    Object.fromEntries(Object.keys(shapes).map((name) => [name, all]));
  const { mean, nll, outputs = {}, parameters, settings, image, mask, placeholder, seen, unseen } = of;
  return {
    kind: 'continuous',
    shape,
    dataShape: of.dataShape,
    distribution: 'mixture',
    scalable: of.scalable,
    of,
    per,
    settings: { ...settings, components },
    ...(image && { image }),
    ...(mask !== undefined && { mask }),
    ...(placeholder !== undefined && { placeholder }),
    ...(seen && { seen }),
    ...(unseen && { unseen }),
    parameters: { weights, ...large(parameters) },
    outputs: { weights, means: all, ...large('logVar' in parameters ? { logVar: all, ...outputs } : outputs) },
    mean: (p) => {
      const { y: means, ...more } = mean(own(p));
      const shares = softmax(given(p, 'weights'));
      return { y: mixedMean(shares, means, groups), weights: shares, means, ...more };
    },
    inUnits: ({ y, means, weights: shares, ...more }, scaling) => {
      if (!means || !shares) throw new Error('a mixture without components');
      const scales = {
        mean: forEachComponent(scaling.mean, groups),
        deviation: forEachComponent(scaling.deviation, groups),
      };
      const { y: centers, ...others } = inUnits(of, { ...more, y: means }, scales);
      return { y: inUnits({}, { y }, scaling).y, weights: shares, means: centers, ...others };
    },
    nll: (p, y, masked) => mixedNll(given(p, 'weights'), nll(own(p), forEachComponent(y, groups)), groups, masked),
    refuse: accept,
    step: () => mixture(stepOf(of) as typeof of, components) as Target,
  } satisfies Target as Target as Target<S, Mixed<S, K, Names, P>, ArrayLike<number>> & MarkedLike<T>;
}

/** The likelihood's own parameters. */
const own = (p: Parameters): Parameters => without(p, 'weights');

/** Likelihoods of independent numbers, of which each element's parameters are numbers too. */
const MIXABLE: ReadonlySet<DistributionName> = new Set<DistributionName>([
  'normal',
  'laplace',
  'studentT',
  'logNormal',
  'gamma',
  'beta',
  'vonMises',
  'bernoulli',
  'continuousBernoulli',
  'poisson',
  'negativeBinomial',
  'zeroInflated',
]);

const CALL = {
  args: [
    targetRule('give the likelihood of the components: normal(3)'),
    rule('at least 2 components', (value) => isWhole(value, 2), 'give how many there are'),
  ],
};
