import { checkCall } from '../dsl/given.ts';
import { TARGET_OPTIONS, type Parameters, type Target, type TargetOptions } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import { size, type Shape } from '../shape/shape.ts';
import { dimensions, isText, isWhole, rule, scale, type Rules } from '../values/rules.ts';
import { exp, sigmoid, softmax, softplus, square } from './activations.ts';
import { add, mul, sub } from './arithmetic.ts';
import { logSumExp, sumLast } from './reduce.ts';

const LOG_2_PI = Math.log(2 * Math.PI);

/** A shape's dimensions, and options after them. */
type Args<O> = readonly (number | O)[];

/** @throws InvalidModel for dimensions that cannot be, and unknown or meaningless options. */
const parse = <O extends object>(
  name: string,
  args: Args<O>,
  options: Rules = TARGET_OPTIONS,
): { shape: number[]; options: Partial<O> } => {
  checkCall(name, { rest: dimensions, options }, args);
  return {
    shape: args.filter((a) => typeof a === 'number'),
    options: args.find((a) => typeof a === 'object') ?? {},
  };
};

/** What the decoder gave under this name; `checkOutputs` has made sure that it is there. */
const given = (parameters: Parameters, name: string): Tensor => {
  const x = parameters[name];
  if (!x) throw new Error(`the decoder gave no ${name}`);
  return x;
};

/** What all targets of numbers share. */
function numbers(name: string, shape: readonly number[], options: Partial<TargetOptions>) {
  const [h, w, c, more] = shape;
  const image = options.image ?? (h && w && c && more === undefined ? ([h, w, c] as const) : undefined);
  if (image && size(image) !== size(shape))
    throw new InvalidModel(
      `${name}: expected an image of ${size(shape)} values, as the target, got ${image.join('·')}; mend image`,
    );
  return {
    kind: 'continuous' as const,
    shape,
    dataShape: shape,
    ...(image && { image }),
    ...(options.mask !== undefined && { mask: options.mask }),
  };
}

const accept = (): undefined => undefined;

const refuse = (op: string, distribution: string) => (lastOp: string) =>
  lastOp === op
    ? `expected log-odds for a ${distribution} target, got a last ${op}; leave it out, the distribution has its own`
    : undefined;

/** A target of numbers from 0 to 1, or near it. Its methods take and give what its own distribution defines. */
type Numeric<S extends Shape> = Target<[...S], Tensor<[...S]>, ArrayLike<number>>;

/**
 * Values from 0 to 1, each the chance of a coin (grey pixels, or 0 and 1): the decoder gives log-odds l, the mean is
 * sigmoid(l), and −log p(y) = softplus(l) − y·l.
 */
export function bernoulli<const S extends Shape>(...shape: S): Numeric<S>;
export function bernoulli<const S extends Shape>(...args: readonly [...shape: S, options: TargetOptions]): Numeric<S>;
export function bernoulli(...args: Args<TargetOptions>): Target<number[], Tensor<number[]>, ArrayLike<number>> {
  const { shape, options } = parse('bernoulli', args);
  return {
    ...numbers('bernoulli', shape, options),
    shape,
    distribution: 'bernoulli',
    parameters: { logits: shape },
    scalable: false,
    mean: (p) => ({ y: sigmoid(given(p, 'logits')) }),
    nll: (p, y) => {
      const logits = given(p, 'logits');
      return sub(softplus(logits), mul(y, logits));
    },
    refuse: refuse('sigmoid', 'bernoulli'),
  };
}

/** A normal target of fixed standard deviation, 1 unless given, in the units the network sees. */
export interface NormalOptions extends TargetOptions {
  readonly sigma?: number;
}

/** A normal target whose standard deviation is learned for each element, and never below `floor` (1e-3 unless given). */
export interface LearnedNormalOptions extends TargetOptions {
  readonly sigma: 'learned';
  readonly floor?: number;
}

const NORMAL_OPTIONS: Rules = {
  ...TARGET_OPTIONS,
  sigma: rule(
    "'learned' or a number from 1e-37 to 1e37",
    (value) => value === 'learned' || scale().holds(value),
    'give the standard deviation of the noise',
  ),
  floor: scale('give what the learned standard deviation does not fall below'),
};

/** A target whose decoder gives mean and log-variance: `gaussian(n)` for a vector, a record of two tensors otherwise. */
type TwoHeaded<S extends Shape> = Target<
  [...S],
  { readonly mean: Tensor<[...S]>; readonly logVar: Tensor<[...S]> },
  ArrayLike<number>
>;

/**
 * Real numbers with normal noise. With a fixed σ the decoder gives the mean; with `sigma: 'learned'` it gives `mean` and
 * `logVar`, and the variance is e^logVar + floor². −log p(y) = ½·(log 2π + log σ² + (y − mean)²/σ²).
 */
export function normal<const S extends Shape>(...shape: S): Numeric<S>;
export function normal<const S extends Shape>(
  ...args: readonly [...shape: S, options: LearnedNormalOptions]
): TwoHeaded<S>;
export function normal<const S extends Shape>(...args: readonly [...shape: S, options: NormalOptions]): Numeric<S>;
export function normal(
  ...args: Args<NormalOptions | LearnedNormalOptions>
): Target<number[], never, ArrayLike<number>> {
  const { shape, options } = parse<NormalOptions | LearnedNormalOptions>('normal', args, NORMAL_OPTIONS);
  const { sigma = 1 } = options;
  const common = { ...numbers('normal', shape, options), shape, distribution: 'normal', scalable: true } as const;
  if (sigma !== 'learned') {
    if ('floor' in options && options.floor !== undefined)
      throw new InvalidModel(
        `normal: expected options that have an effect, got floor with a fixed sigma; leave it out, or give sigma: 'learned'`,
      );
    const rest = Math.log(sigma) + LOG_2_PI / 2;
    return {
      ...common,
      sigma,
      parameters: { mean: shape },
      mean: (p) => ({ y: given(p, 'mean') }),
      // Scaled before it is squared: neither σ² nor the square then leaves float32's range.
      nll: (p, y) => add(square(mul(sub(y, given(p, 'mean')), Math.SQRT1_2 / sigma)), rest),
      refuse: accept,
    };
  }
  const floor = 'floor' in options ? (options.floor ?? 1e-3) : 1e-3;
  // log(e^v + floor²) as log floor² + softplus(v − log floor²): e^v would overflow float32 from v = 88.7 on.
  const least = 2 * Math.log(floor);
  const logVariance = (p: Parameters) => add(softplus(sub(given(p, 'logVar'), least)), least);
  return {
    ...common,
    floor,
    parameters: { mean: shape, logVar: shape },
    mean: (p) => ({ y: given(p, 'mean'), logVar: logVariance(p) }),
    nll: (p, y) => {
      const logVar = logVariance(p);
      const away = mul(sub(y, given(p, 'mean')), exp(mul(logVar, -0.5)));
      return mul(add(add(logVar, square(away)), LOG_2_PI), 0.5);
    },
    refuse: accept,
  };
}

/**
 * No distribution: the sum of squared differences, as in the article's sample code. It is unnormalised, so losses with it are
 * not in nats, and p(y|x,z) cannot be drawn from. The decoder gives the mean itself.
 */
export function squaredError<const S extends Shape>(...shape: S): Numeric<S>;
export function squaredError<const S extends Shape>(
  ...args: readonly [...shape: S, options: TargetOptions]
): Numeric<S>;
export function squaredError(...args: Args<TargetOptions>): Target<number[], Tensor<number[]>, ArrayLike<number>> {
  const { shape, options } = parse('squaredError', args);
  return {
    ...numbers('squaredError', shape, options),
    shape,
    distribution: 'squaredError',
    parameters: { mean: shape },
    scalable: true,
    mean: (p) => ({ y: given(p, 'mean') }),
    nll: (p, y) => square(sub(y, given(p, 'mean'))),
    refuse: accept,
  };
}

/** Where classes stand: one for each pixel of `at: [28, 28]`, or just one. */
export interface CategoricalOptions<A extends Shape> {
  readonly at?: A;
  readonly mask?: boolean | string;
}

/**
 * One of several classes, as a condition or a target: `categorical(10)`, or by name, `categorical('cat', 'dog')`. Networks
 * see it one-hot. A value is a class's name or number; where names are numbers, `categorical('1', '2', '5')`, the number 2 is the
 * class called `2`. It may also be a blend, a `Float32Array` of the classes' weights; a plain list is a batch of classes, also
 * where it looks one-hot. As a target the decoder gives a logit for each class, the mean is their softmax, and −log p(y) is
 * logSumExp(l) − l_y. With `at` there is a class for each element, such as each pixel of a segmentation.
 */
export function categorical<K extends number>(classes: K): Target<[K], Tensor<[K]>, number | ArrayLike<number>>;
export function categorical<K extends number, const A extends Shape = []>(
  classes: K,
  options: CategoricalOptions<A>,
): Target<[...A, K], Tensor<[...A, K]>, ArrayLike<number>>;
export function categorical<const N extends readonly [string, string, ...string[]]>(
  ...names: N
): Target<[N['length']], Tensor<[N['length']]>, N[number] | number | ArrayLike<number>>;
export function categorical(...args: readonly unknown[]): Target<number[], Tensor<number[]>> {
  const { names, count, at = [], mask } = classesOf(args);
  const shape = [...at, count];
  return {
    kind: 'categorical',
    shape,
    dataShape: [...at],
    classes: names.length > 0 ? names : count,
    distribution: 'categorical',
    parameters: { logits: shape },
    ...(mask !== undefined && { mask }),
    scalable: false,
    mean: (p) => ({ y: softmax(given(p, 'logits')) }),
    nll: (p, y) => {
      const logits = given(p, 'logits');
      return sub(logSumExp(logits), sumLast(mul(y, logits)));
    },
    refuse: refuse('softmax', 'categorical'),
  };
}

/** What `categorical` is given. @throws InvalidModel for what are no classes, and for options that mean nothing. */
function classesOf(args: readonly unknown[]): CategoricalOptions<Shape> & { count: number; names: readonly string[] } {
  const [first, options] = args;
  if (typeof first === 'number') {
    checkCall('categorical', COUNTED, args);
    // Just checked.
    return { ...((options ?? {}) as CategoricalOptions<Shape>), count: first, names: [] };
  }
  checkCall('categorical', NAMED, args);
  const names = args.filter(isText);
  if (names.length < 2)
    throw new InvalidModel(
      `categorical: expected at least 2 classes, got ${names.length}; give their number or their names`,
    );
  if (new Set(names).size < names.length)
    throw new InvalidModel(`categorical: expected names that differ, got ${names.join(', ')}; rename one`);
  return { count: names.length, names };
}

const COUNTED = {
  args: [rule('at least 2 classes', (value) => isWhole(value, 2), 'give their number or their names')],
  options: {
    at: rule(
      'a list of positive whole numbers',
      (value) => Array.isArray(value) && value.every((n) => isWhole(n)),
      'give the shape in which classes stand, such as [28, 28]',
    ),
    mask: TARGET_OPTIONS.mask,
  },
};

const NAMED = {
  rest: rule(
    'a number of classes, or their names one by one,',
    isText,
    "give categorical(10) or categorical('cat', 'dog')",
  ),
};
