import { checkCall } from '../dsl/check-arguments.ts';
import { formTable, massTables } from '../dsl/column-tables.ts';
import { constant } from '../dsl/leaves.ts';
import type { Draws, Grouping, MarkedLike, Parameters, Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import { log, softmax } from '../layers/activations.ts';
import { add, div, mul, sub } from '../layers/arithmetic.ts';
import { concat, slice } from '../layers/concat.ts';
import { likeRows } from '../layers/broadcast-like.ts';
import { linearMap } from '../layers/linear-map.ts';
import { formOf } from '../layers/normal-scores.ts';
import { logSumExp, sumLast } from '../layers/reduce.ts';
import { repeatAt } from '../layers/repeat-at.ts';
import { reshape } from '../layers/reshape.ts';
import { atLeast, equal } from '../layers/staircase.ts';
import { inUnits } from '../layers/units.ts';
import { where } from '../layers/where.ts';
import type { Add, Mul } from '../shape/arithmetic.ts';
import type { Shape } from '../shape/shape.ts';
import { isFloat32, isWhole, rule } from '../values/rules.ts';
import { accept, given, type Component, type IsNormalised, targetRule, without } from './arguments.ts';
import { perNode } from './per-node.ts';
import type { DistributionName } from './data/table.ts';

/** Which values have a probability of their own. */
export interface HurdleOptions<K extends number = number> {
  /** How many there are at most, from 1 to 19: 8. */
  readonly masses?: K;
  /** Values that are among them however rare they are, such as `[0]`. */
  readonly at?: readonly number[];
}

/** The number of elements of a shape's last axis, with a score and the masses for each. */
export type SeenShape<S extends Shape, K extends number> = S extends readonly [
  ...infer Lead extends number[],
  infer N extends number,
]
  ? [...Lead, Mul<N, Add<K, 1>>]
  : [Add<K, 1>];

/** A target with masses. */
export type Hurdle<S extends Shape, Names extends string, K extends number> = Target<
  S,
  { readonly [Name in Names]: Tensor<S> } & { readonly massLogits: Tensor<[...S, Add<K, 1>]> },
  ArrayLike<number>
> & {
  /** Exists only as a type: the shape in which networks see it. */
  readonly '~seen': SeenShape<S, K>;
};

/** The largest number of values of which each holds more than 5 % of the rows. */
const MOST = 19;

/**
 * Declares a target some of whose values have a probability of their own: each that holds more than 5 % of the rows to train on, at most
 * `masses` of them, and those that `at` names. Any other value has the given density. The decoder returns that density's
 * parameters, and `massLogits`, a logit for anything else and one for each mass. −log p(y) is that of the class, and of anything else also
 * that of the density, of which masses are left out. Networks see anything else as the density has it (0 for a mass), and next to it a 1
 * for the mass that y is: [n·(1 + masses)] for [n]. A draw is exactly a mass, or a draw of the density.
 *
 * @throws InvalidModel for a likelihood that is no density, and for more values in `at` than masses.
 *
 * @example
 * ```ts
 * import { hurdle, normalScores } from 'cvae-compile';
 *
 * const rain = hurdle(normalScores(1), { masses: 2 });
 * console.log(rain.parameters); // { mean: [1], logVar: [1], massLogits: [1, 3] }
 * ```
 */
export function hurdle<
  const S extends Shape,
  Names extends string = string,
  P extends Grouping = 'element',
  K extends number = 8,
  T = unknown,
>(
  of: Target<S, unknown, ArrayLike<number>> & Component<Names, P> & T & IsNormalised<T, 'hurdle'>,
  options: HurdleOptions<K> = {},
): Hurdle<S, Names, K> & MarkedLike<T> {
  checkCall('hurdle', CALL, [...arguments]);
  const { at = [] } = options;
  const masses: number = options.masses ?? 8;
  if (!DENSITIES.has(of.distribution))
    throw new InvalidModel(
      `hurdle: expected a density, got ${of.named ?? of.distribution}; give one of ${[...DENSITIES].join(', ')}`,
    );
  if (at.length > masses)
    throw new InvalidModel(
      `hurdle: expected at most ${masses} values in at, as many as masses, got ${at.length}; give masses: ${at.length}`,
    );
  const build = (variable: string): Target => hurdleOf(of.under?.(variable) ?? of, variable, masses, at, build);
  // As `hurdleOf` writes it: parameters of the density, and the logits.
  return build('y') as Target as Hurdle<S, Names, K> & MarkedLike<T>;
}

const DENSITIES: ReadonlySet<DistributionName> = new Set<DistributionName>([
  'normalScores',
  'normal',
  'laplace',
  'studentT',
  'logNormal',
  'gamma',
  'beta',
  'continuousBernoulli',
]);

const CALL = {
  args: [targetRule('give the density of what is no mass: normalScores(1)')],
  options: {
    masses: rule(
      `a whole number from 1 to ${MOST}`,
      (value) => isWhole(value) && Number(value) <= MOST,
      'give how many values may have a probability of their own',
    ),
    at: rule(
      'a list of different numbers',
      (value) => Array.isArray(value) && value.every(isFloat32) && new Set(value).size === value.length,
      'give the values: [0]',
    ),
  },
};

const hurdleOf = (
  of: Target,
  variable: string,
  masses: number,
  at: readonly number[],
  under: (variable: string) => Target,
): Target => {
  const { shape, image, mask, learns, outputs = {}, parameters, settings, draws } = of;
  const axis = shape.length;
  const tables = massTables(variable, shape, masses);
  const form = formTable(variable, shape);
  // Read where they are used: a layer is named by the network in whose body it is applied.
  const scaling = () => ({ mean: formOf(form, 3), deviation: formOf(form, 4) });
  const inner = (y: Tensor): Tensor => {
    if (!of.scalable) return y;
    const { mean, deviation } = scaling();
    return div(sub(y, mean), deviation);
  };
  const classOf = perNode((y: Tensor) => {
    const mass = mul(equal(repeatAt(y, axis, masses), tables.masses), behind(tables.present, 1));
    const elsewhere = sub(1, sumLast(mass));
    // A value that the density may have stands for a mass.
    return { mass, elsewhere, rest: where(elsewhere, y, formOf(form, 0)) };
  });
  const logits = (p: Parameters): Tensor => add(given(p, 'massLogits'), mul(sub(tables.present, 1), ABSENT));
  const own = (p: Parameters): Parameters => without(p, 'massLogits');
  return {
    kind: 'continuous',
    shape,
    dataShape: of.dataShape,
    distribution: 'hurdle',
    scalable: false,
    of,
    settings: { ...settings, masses },
    ...(image && { image }),
    ...(mask !== undefined && { mask }),
    learns: { ...learns, masses: { most: masses, at } },
    under,
    parameters: { ...parameters, massLogits: [...shape, masses + 1] },
    seenShape: [...shape.slice(0, -1), (shape.at(-1) ?? 1) * (masses + 1)],
    seen: (y) => {
      const { mass, elsewhere, rest } = classOf(y);
      const shown = mul(elsewhere, of.seen?.(rest) ?? inner(rest));
      const both = joined(repeatAt(shown, axis, 1), mass);
      return both.pipe(reshape(...shape.slice(0, -1), (shape.at(-1) ?? 1) * (masses + 1)));
    },
    outputs: {
      ...outputs,
      ...('logVar' in parameters && !draws && { logVar: shape }),
      shares: [...shape, masses + 1],
      rest: shape,
      ...(!draws && { masses: [...shape, masses] }),
    },
    mean: (p) => {
      const decoded = of.mean(own(p));
      const { y: rest, ...more } = of.scalable ? inUnits(of, decoded, scaling()) : decoded;
      const shares = softmax(logits(p));
      const values = joined(repeatAt(rest, axis, 1), likeRows(tables.masses, rest));
      return {
        y: sumLast(mul(shares, values)),
        ...more,
        shares,
        rest,
        ...(!draws && { masses: tables.masses }),
      };
    },
    nll: (p, y) => {
      const { mass, elsewhere, rest } = classOf(y);
      const l = logits(p);
      const chosen = joined(repeatAt(elsewhere, axis, 1), mass);
      const ofClass = sub(logSumExp(l), sumLast(mul(chosen, l)));
      const each = of.nll(own(p), inner(rest));
      const density = of.scalable ? add(each, log(scaling().deviation)) : each;
      return add(ofClass, where(elsewhere, density, 0));
    },
    ...(draws && { draws: drawsOf(draws, (p) => softmax(logits(p)), own, tables.masses) }),
    refuse: accept,
  };
};

/** What is added to the logit of a mass that there is not: its probability is 0. */
const ABSENT = 1e4;

/** Returns how a class is drawn from uniform noise, and anything else as its density draws it. */
const drawsOf = (
  of: Draws,
  shares: (p: Parameters) => Tensor,
  own: (p: Parameters) => Parameters,
  masses: Tensor,
): Draws => ({
  noises: ['uniform', ...of.noises],
  value: (p, { uniform, ...noise }) => {
    if (!uniform) throw new Error('a draw without noise');
    const rest = of.value(own(p), noise);
    const axis = rest.shape.length;
    const count = masses.shape.at(-1) ?? 1;
    // The sums of probabilities from the first class on: a class is drawn if the noise is in between.
    const sums = linearMap(
      shares(p),
      Array.from({ length: count + 1 }, (_, i) => Array.from({ length: count }, (__, j) => (i <= j ? 1 : 0))),
    );
    const passed = atLeast(repeatAt(uniform, axis, count), sums);
    const end = (value: number): Tensor => likeRows(constant([...rest.shape, 1], value), rest);
    const drawn = sub(joined(end(1), passed), joined(passed, end(0)));
    return sumLast(mul(drawn, joined(repeatAt(rest, axis, 1), likeRows(masses, rest))));
  },
});

const joined = (a: Tensor, b: Tensor): Tensor => {
  // Shapes that differ in their last axis only.
  const [one, other] = [a as Tensor<number[]>, b as Tensor<number[]>];
  return concat<number[], [number[]]>(one, other);
};

/** Returns the entries of the last axis from `from` on. */
const behind = (x: Tensor, from: number): Tensor => x.pipe(slice(from, x.shape.at(-1) ?? 0));
