import { NUMBER_OPTIONS, type Grouping, type Marked, type Target, type TargetOptions } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { exp, log, relu, softmax, softplus } from '../layers/activations.ts';
import { add, minimum, mul, sub } from '../layers/arithmetic.ts';
import { log1p, sign } from '../layers/elementary.ts';
import type { Shape } from '../shape/shape.ts';
import { isWhole, rule } from '../values/rules.ts';
import { accept, given, numbers, parse, type Args, type Grouped } from './arguments.ts';
import { logSinhc } from './log-sinhc.ts';
import { componentShape, forEachComponent, groupsOf, mixedMean, mixedNll } from './mixed.ts';
import type { Mixed } from './mixture.ts';

/** Options of a target of discretised logistics. */
export interface DiscretizedLogisticOptions<K extends number = number> extends TargetOptions {
  /** How many values there are, from 0 to 1 in equal steps: 256 by default, as of bytes. */
  readonly levels?: number;
  /** How many logistics are mixed: 10 by default. */
  readonly components?: K;
}

/** The logarithm that a scale hardly falls below, as in PixelCNN++: much less than the width of one of 256 levels. */
const LEAST = -7;
/** … and from which on it grows slowly: such a scale gives each border value half of the probability. */
const MOST = 5;

/**
 * Declares a target of numbers from 0 to 1 in equal steps, such as the colours of pixels, with a probability for each
 * step: that of a mixture of logistic distributions between its borders (Salimans and others 2017, PixelCNN++). All
 * channels of a pixel share its component, unless `per` says otherwise; given the component they are independent, without
 * the article's dependence of one channel on those before it. The decoder returns logits of the `weights`, and `mean` and
 * `logScale` of all components, in units in which y goes from −1 to 1, so that 0 is a medium grey. y's mean is that of the
 * logistics, cut off at 0 and 1, which differs from that of the steps by less than half a step.
 *
 * @example
 * ```ts
 * import { discretizedLogistic } from 'cvae-compile';
 *
 * const target = discretizedLogistic(64, 64, 3, { levels: 256, components: 10 });
 * console.log(target.parameters['weights']); // [64, 64, 10]
 * console.log(target.parameters['mean']); // [64, 64, 10, 3]
 * ```
 */
export function discretizedLogistic<const S extends Shape>(
  ...shape: S
): Target<[...S], Mixed<[...S], 10, 'mean' | 'logScale', 'place'>, ArrayLike<number>>;
export function discretizedLogistic<
  const S extends Shape,
  K extends number = 10,
  P extends Grouping = 'place',
  const M extends boolean | string = false,
>(
  ...args: readonly [...shape: S, options: Grouped<DiscretizedLogisticOptions<K>, P, M>]
): Target<[...S], Mixed<[...S], K, 'mean' | 'logScale', P>, ArrayLike<number>> & Marked<M>;
export function discretizedLogistic(
  ...args: Args<Grouped<DiscretizedLogisticOptions, Grouping>>
): Target<number[], never, ArrayLike<number>> {
  const { shape, options } = parse<Grouped<DiscretizedLogisticOptions, Grouping>>('discretizedLogistic', args, OPTIONS);
  const { levels = 256, components = 10, per = 'place' } = options;
  const groups = groupsOf(shape, per, components);
  const all = componentShape(groups);
  const weights = [...groups.places, components];
  const scaleOf = (l: Tensor): Tensor =>
    add(add(softplus(sub(minimum(l, MOST), LEAST)), LEAST), log1p(relu(sub(l, MOST))));
  return {
    ...numbers('discretizedLogistic', shape, options),
    shape,
    distribution: 'discretizedLogistic',
    scalable: false,
    per,
    settings: { levels, components },
    parameters: { weights, mean: all, logScale: all },
    outputs: { weights, location: all, scale: all },
    mean: (p) => {
      const [shares, location] = [softmax(given(p, 'weights')), given(p, 'mean')];
      const log = scaleOf(given(p, 'logScale'));
      // Of larger scales the difference below keeps no digit, and the mean is a medium grey already.
      const [near, inverse] = [exp(minimum(log, MOST)), exp(mul(minimum(log, MOST), -1))];
      // The mean of what is cut off at 0 and 1: ∫ P(Y > t) dt from 0 to 1.
      const beyond = (border: number) => softplus(mul(add(location, border), inverse));
      const means = mul(mul(sub(beyond(1), beyond(-1)), near), 0.5);
      return { y: mixedMean(shares, means, groups), weights: shares, location, scale: exp(log) };
    },
    nll: (p, y, mask) => {
      const repeated = forEachComponent(y, groups);
      const each = surprise(given(p, 'mean'), scaleOf(given(p, 'logScale')), repeated, levels);
      return mixedNll(given(p, 'weights'), each, groups, mask);
    },
    step: () => discretizedLogistic(...shape.slice(1), { levels, components, per }),
    refuse: accept,
  };
}

/**
 * Returns −log of the probability of y's step under each logistic. Between two borders it is σ(b) − σ(a) = σ(b)·σ(−a)·(1 −
 * e^(a − b)), where b − a is the width of a step in scales, so that no difference is left that could vanish. The first
 * step has no border below, and the last none above.
 */
const surprise = (mean: Tensor, logScale: Tensor, y: Tensor, levels: number): Tensor => {
  const half = 1 / (levels - 1);
  const inverse = exp(mul(logScale, -1));
  const away = sub(sub(mul(y, 2), 1), mean);
  const above = softplus(mul(mul(add(away, half), inverse), -1));
  const below = softplus(mul(sub(away, half), inverse));
  const width = mul(inverse, 2 * half);
  const between = add(sub(log(width), mul(width, 0.5)), logSinhc(mul(width, 0.5)));
  // 1 but for the first step, and 1 but for the last.
  const [notFirst, notLast] = [sign(relu(sub(y, half / 4))), sign(relu(sub(1 - half / 4, y)))];
  return sub(add(mul(notLast, above), mul(notFirst, below)), mul(mul(notFirst, notLast), between));
};

const OPTIONS = {
  ...NUMBER_OPTIONS,
  levels: rule('at least 2 levels', (value) => isWhole(value, 2), 'give how many values y has, such as 256'),
  components: rule('a positive whole number', (value) => isWhole(value), 'give how many logistics are mixed'),
};
