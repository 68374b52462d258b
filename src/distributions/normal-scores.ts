import { columnTables } from '../dsl/column-tables.ts';
import {
  NUMBER_OPTIONS,
  type Grouping,
  type Marked,
  type Parameters,
  type Target,
  type TargetOptions,
} from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { exp } from '../layers/activations.ts';
import { add, minimum, mul, sub } from '../layers/arithmetic.ts';
import { clip } from '../layers/elementary.ts';
import { fromScores, meanOfScores, toScores } from '../layers/normal-scores.ts';
import type { Shape } from '../shape/shape.ts';
import { isWhole, rule, scale } from '../values/rules.ts';
import { accept, numbers, parse, type Args, type Grouped, type Headed } from './arguments.ts';
import { normalNoise } from './normal.ts';
import { perNode } from './per-node.ts';
import { once } from '../values/once.ts';

/** Options of a target of normal scores. */
export interface NormalScoresOptions extends TargetOptions {
  /** How many cells the map has at most: 128. A column of so few values is drawn from all of them, one of more from the most frequent. */
  readonly cells?: number;
  /** What the learned standard deviation of a score does not fall below: 0.01. */
  readonly floor?: number;
}

const OPTIONS = {
  ...NUMBER_OPTIONS,
  cells: rule('a whole number from 8', (value) => isWhole(value, 8), 'give how many cells the map has at most'),
  floor: scale('give what the learned standard deviation of a score does not fall below'),
};

/**
 * Declares a target of columns of numbers as they are: each is mapped by its own empirical quantiles to scores from N(0, 1), which are
 * normal given the condition and z. The decoder returns `mean` and `logVar` of the scores. The map is learned from the data before
 * training, and is part of the files: a draw lies in the column's range and has its decimals, and of a column of few values it is one of
 * them. −log p(y) = ½·(log 2π + log σ² + (s − mean)²/σ²) − log ds/dy, in nats per unit of y, where s(y) is piecewise linear; training
 * spreads each value over what rounds to it (uniform dequantisation: Theis, van den Oord and Bethge 2016). Normal scores are van der
 * Waerden's (1952).
 *
 * @example
 * ```ts
 * import { normalScores } from 'cvae-compile';
 *
 * console.log(normalScores(3).parameters); // { mean: [3], logVar: [3] }
 * ```
 */
export function normalScores<const S extends Shape>(...shape: S): Headed<S, 'mean' | 'logVar'>;
export function normalScores<
  const S extends Shape,
  P extends Grouping = 'element',
  const M extends boolean | string = false,
>(
  ...args: readonly [...shape: S, options: Grouped<NormalScoresOptions, P, M>]
): Headed<S, 'mean' | 'logVar', P> & Marked<M>;
export function normalScores(...args: Args<NormalScoresOptions>): Target<number[], never, ArrayLike<number>> {
  const { shape, options } = parse<NormalScoresOptions>('normalScores', args, OPTIONS);
  const { cells = 128, floor = 0.01 } = options;
  const noise = normalNoise('normalScores', shape, { sigma: 'learned', floor });
  const normalOf = (p: Parameters): readonly [mean: Tensor, deviation: Tensor] => {
    const { y, logVar = y } = noise.mean(p);
    return [clip(-FAR, FAR)(y), exp(minimum(mul(logVar, 0.5), Math.log(FAR)))];
  };
  const under = (variable: string): Target<number[], never, ArrayLike<number>> => {
    // Made when they are needed, so that a shape too large for them is refused as that of a target.
    const tables = once(() => columnTables(variable, shape, cells));
    const scored = perNode((y) => toScores(y, tables()));
    return {
      ...numbers('normalScores', shape, options),
      shape,
      distribution: 'normalScores',
      scalable: false,
      ...noise,
      learns: { cells },
      under,
      seen: (y) => clip(-SEEN, SEEN)(scored(y).score),
      outputs: { score: shape, scoreDeviation: shape },
      mean: (p) => {
        const [score, deviation] = normalOf(p);
        return { y: meanOfScores(score, deviation, tables()), score, scoreDeviation: deviation };
      },
      nll: (p, y) => {
        const { score, logSlope } = scored(y);
        return sub(noise.nll(p, score), logSlope);
      },
      draws: {
        noises: ['normal'],
        value: (p, { normal }) => {
          const [score, deviation] = normalOf(p);
          return fromScores(normal ? add(score, mul(deviation, normal)) : score, tables());
        },
      },
      refuse: accept,
    };
  };
  return under('y');
}

/** A score, and a standard deviation of scores, that no column reaches: what is beyond it is its range's end, and does not overflow. */
const FAR = 100;

/**
 * The largest score that networks see, which no column of fewer than a billion rows reaches. The outer cells continue in a straight line:
 * where values are dense at an end, one beyond it scores thousands, of which a network would make a posterior that is not finite.
 */
const SEEN = 6;
