import { checkCall } from '../dsl/check-arguments.ts';
import { bodyOf, call, RESERVED, type Tensors } from '../dsl/network.ts';
import { checkShape } from '../dsl/sizes.ts';
import {
  TARGET_OPTIONS,
  type Draws,
  type Parameters,
  type Marked,
  type MaskOption,
  type Target,
  type TargetOptions,
} from '../dsl/target.ts';
import { describe, isTensor, type Tensor } from '../dsl/tensor.ts';
import { InvalidModel, isUserError } from '../errors.ts';
import type { Body } from '../graph/node.ts';
import { resolve } from '../graph/resolve.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { callable, isPlain, nameRule, oneOf, rule } from '../values/rules.ts';
import { accept } from './arguments.ts';

/** Tensors by the names of a distribution's parameters. */
type ParameterTensors<P extends Readonly<Record<string, Shape>>> = { readonly [K in keyof P]: Tensor<[...P[K]]> };

type Several<K, All = K> = K extends unknown ? ([All] extends [K] ? false : true) : never;

/** The return type of a decoder: a record of tensors, or a single tensor if there is only one parameter. */
type Returned<P extends Readonly<Record<string, Shape>>> =
  true extends Several<keyof P> ? ParameterTensors<P> : ParameterTensors<P> | Tensor<[...P[keyof P]]>;

/** The scope of −log p(y): each element of y, or the whole example if its elements depend on each other. */
export type Per = 'element' | 'example';

/** The definition of a custom distribution. */
export interface DistributionOptions<
  S extends Shape,
  P extends Readonly<Record<string, Shape>>,
  E extends Per = 'element',
> extends TargetOptions {
  /** The shape of each parameter; a decoder returns a tensor for each. */
  readonly parameters: P;
  // `NoInfer` surrounds the whole return type: inside the shape, it would be a type that no helper accepts.
  /** Returns y's mean, of y's shape, which exported files return and pictures show. */
  mean(parameters: ParameterTensors<P>): NoInfer<Tensor<[...S]>>;
  /**
   * Returns −log p(y|parameters) in nats, for each element or for the example; it must include all constants to be a
   * likelihood.
   */
  nll(parameters: ParameterTensors<P>, y: Tensor<[...S]>): NoInfer<Tensor<E extends 'example' ? [] : [...S]>>;
  /** `element` by default; `example` for a joint density, whose elements cannot be masked. */
  readonly per?: E;
  /**
   * Returns a draw of y from p(y|parameters), from noise of y's shape. Exported as `draw.onnx`, which
   * `sample({ draw: true })` runs.
   */
  draw?(parameters: ParameterTensors<P>, noise: Tensor<[...S]>): NoInfer<Tensor<[...S]>>;
  /**
   * Which values y has: `real` numbers by default, `positive` ones, numbers from 0 to 1 (`unit`), or whole numbers from 0
   * (`counts`). Data are checked, and files verified, with such values.
   */
  readonly values?: 'real' | 'positive' | 'unit' | 'counts';
  /** The distribution of the noise passed to `draw`: `uniform` on (0, 1) by default, or `normal`. */
  readonly noise?: 'uniform' | 'normal';
}

/**
 * Declares a target with a custom likelihood, written with layers, so that it trains, evaluates and exports like any
 * other. Networks see y in the data's units, unscaled. With `draw`, y can be sampled in every runtime; without it, only
 * its mean is available.
 *
 * @throws InvalidModel for an invalid name or image, and if the mean, likelihood or draw does not fit.
 *
 * @example
 * ```ts
 * import { add, distribution, mul, softplus, sub, type Shape } from 'cvae-compile';
 *
 * // −log p(y) = d + 2·log(1 + e^−d), with d = y − mean.
 * const logistic = <const S extends Shape>(...shape: S) =>
 *   distribution('logistic', shape, {
 *     parameters: { mean: shape },
 *     mean: ({ mean }) => mean,
 *     nll: ({ mean }, y) => add(sub(y, mean), mul(softplus(sub(mean, y)), 2)),
 *   });
 * console.log(logistic(3).parameters); // { mean: [3] }
 * ```
 */
export function distribution<
  const S extends Shape,
  const P extends Readonly<Record<string, Shape>>,
  const E extends Per = 'element',
  const M extends boolean | string = false,
>(
  name: string,
  shape: S,
  options: Omit<DistributionOptions<S, P, E>, 'mask'> & MaskOption<M>,
): Target<[...S], Returned<P>, ArrayLike<number>> & Marked<M> {
  checkCall('distribution', CALL, [...arguments]);
  checkMeant(name, shape, options);
  const target = made<S, P, E>(name, shape, options as DistributionOptions<S, P, E>);
  // It has a mask if the options have one.
  return target as typeof target & Marked<M>;
}

/** Returns the target that functions make. */
const made = <S extends Shape, P extends Readonly<Record<string, Shape>>, E extends Per>(
  name: string,
  shape: S,
  options: DistributionOptions<S, P, E>,
): Target<[...S], Returned<P>, ArrayLike<number>> => {
  const { parameters, nll, per, noise = 'uniform', values = 'real', image, mask } = options;
  const [h, w, c, more] = shape;
  const view = image ?? (h && w && c && more === undefined ? ([h, w, c] as const) : undefined);
  const likelihood = (result: Tensor): Tensor => {
    if (per !== 'example' || !isTensor(result)) return fitting(name, '−log p(y)', shape, result);
    if (result.shape.length > 0)
      throw new InvalidModel(
        `${name}: expected −log p(y) of shape [], one number for each example, got ${show(result.shape)}; sum it, or leave per out`,
      );
    return result;
  };
  // Networks named after the distribution, so that its own parameter (a scale, say) is shared wherever the likelihood
  // is computed. `checkOutputs` ensures that a decoder returns each parameter in its shape, and y has the target's
  // shape.
  const body = bodyOf(name, { ...parameters, y: [...shape] }, ({ y, ...given }) => ({
    nll: likelihood(nll(given as ParameterTensors<P>, y as Tensor<[...S]>)),
  }));
  return {
    kind: 'continuous',
    shape: [...shape],
    dataShape: shape,
    distribution: 'custom',
    named: name,
    parameters,
    scalable: false,
    ...(values !== 'real' && { values }),
    ...(values === 'positive' && { placeholder: 1 }),
    ...(view && { image: view }),
    ...(per === 'example' ? { joint: true as const } : mask !== undefined && { mask }),
    nll: (given, y) => only(call(body, { ...given, y }), 'nll'),
    ...valuesOf(name, name, shape, { ...options, noise }),
    step: () => ofOneStep(name, shape, options, { noise, values }),
    refuse: accept,
  };
};

/** The same tensor, if it has the target's shape. @throws InvalidModel if it has not */
const fitting = (name: string, what: string, shape: Shape, result: Tensor): Tensor => {
  if (!isTensor(result))
    throw new InvalidModel(`${name}: expected ${what} that layers compute, got ${describe(result)}; return a tensor`);
  if (!same(result.shape, shape))
    throw new InvalidModel(
      `${name}: expected ${what} of shape ${show(shape)}, as the target, got ${show(result.shape)}; give one number for each element`,
    );
  return result;
};

/** Returns the functions of a target that give values of y: its mean, and a draw; `scope` begins the names of their networks. */
const valuesOf = <S extends Shape, P extends Readonly<Record<string, Shape>>, E extends Per>(
  scope: string,
  name: string,
  shape: S,
  { parameters, mean, draw, noise }: Pick<DistributionOptions<S, P, E>, 'parameters' | 'mean' | 'draw'> & Noise,
): Pick<Target, 'mean' | 'draws'> => {
  const center = bodyOf(`${scope}-mean`, parameters, (given) => ({
    y: fitting(name, 'a mean', shape, mean(given as ParameterTensors<P>)),
  }));
  // The noise has the target's shape, as declared.
  const drawn =
    draw &&
    bodyOf(`${scope}-draw`, { ...parameters, [noise]: [...shape] }, ({ [noise]: from, ...given }) => ({
      y: fitting(name, 'a draw', shape, draw(given as ParameterTensors<P>, from as Tensor<[...S]>)),
    }));
  for (const [what, one] of [
    ['a mean', center],
    ['a draw', drawn],
  ] as const) {
    const owned = one ? ownParameters(one) : [];
    if (owned.length > 0)
      throw new InvalidModel(
        `${name}: expected ${what} that is computed from ${Object.keys(parameters).join(', ')}, got one with parameters of its own (${owned.join(', ')}); let the decoder give them`,
      );
  }
  return {
    mean: (given) => ({ y: only(call(center, given), 'y') }),
    ...(drawn && {
      draws: {
        noises: [noise],
        value: (given: Parameters, from) => only(call(drawn, { ...given, ...from }), 'y'),
      } satisfies Draws,
    }),
  };
};

interface Noise {
  readonly noise: 'uniform' | 'normal';
}

/** Returns the target of one step of a sequence, whose functions are given the parameters of that step. */
const ofOneStep = <S extends Shape, P extends Readonly<Record<string, Shape>>, E extends Per>(
  name: string,
  shape: S,
  options: DistributionOptions<S, P, E>,
  { noise, values }: Noise & Required<Pick<DistributionOptions<S, P>, 'values'>>,
): Target => {
  const one = shape.slice(1);
  const parameters = Object.fromEntries(Object.entries(options.parameters).map(([key, own]) => [key, own.slice(1)]));
  // The functions are the user's: whether they compute a step as they compute all of them is seen by calling them.
  const own = { ...options, parameters, noise } as unknown as DistributionOptions<Shape, typeof parameters> & Noise;
  try {
    return {
      kind: 'continuous',
      shape: one,
      dataShape: one,
      distribution: 'custom',
      named: name,
      parameters,
      scalable: false,
      ...(values !== 'real' && { values }),
      nll: () => {
        throw new Error(`${name}: −log p(y) is that of all steps`);
      },
      ...valuesOf(`${name}-step`, name, one, own),
      refuse: accept,
    };
  } catch (error) {
    if (!isUserError(error)) throw error;
    throw new InvalidModel(
      `${name}: expected a mean and a draw that compute one step, ${show(one)}, as they compute all of them, got a failure (${error.message}); compute each number from its own parameters`,
    );
  }
};

/** Options that are checked before the functions among them are called. */
interface Meant extends TargetOptions {
  readonly parameters: Readonly<Record<string, Shape>>;
  readonly per?: Per;
  readonly draw?: unknown;
  readonly noise?: unknown;
}

/** Checks the arguments of `distribution`. @throws InvalidModel for those that make no sense. */
const checkMeant = (name: string, shape: Shape, { parameters, image, per, mask, draw, noise }: Meant): void => {
  checkShape(name, 'the target', shape);
  if (RESERVED.has(name) || NETWORKS.has(name))
    throw new InvalidModel(`distribution: expected a name of its own, got the reserved ${name}; rename it`);
  if (Object.keys(parameters).length === 0)
    throw new InvalidModel(`${name}: expected parameters that a decoder gives, got none; name at least one`);
  for (const parameter of Object.keys(parameters))
    if (!/^[A-Za-z]\w*$/.test(parameter) || ['y', 'uniform', 'normal'].includes(parameter))
      throw new InvalidModel(
        `${name}: expected parameters named by letters, digits and _, other than y, uniform and normal, got ${JSON.stringify(parameter)}; rename it`,
      );
  for (const [key, own] of Object.entries(parameters)) checkShape(name, key, own);
  if (image && size(image) !== size(shape))
    throw new InvalidModel(
      `${name}: expected an image of ${size(shape)} values, as the target, got ${image.join('·')}; correct image`,
    );
  if (draw === undefined && noise !== undefined)
    throw new InvalidModel(
      `${name}: expected options that have an effect, got noise without draw; leave it out, or say how to draw`,
    );
  if (per === 'example' && mask !== undefined && mask !== false)
    throw new InvalidModel(
      `${name}: expected a likelihood of each element with a mask, which leaves some of them out, got one of the example; leave out per or mask`,
    );
};

const CALL = {
  args: [nameRule(true), rule('the shape of the target', Array.isArray, 'give a list such as [28, 28, 1]')],
  options: {
    parameters: rule('shapes by name', isPlain, "pass the shapes of the decoder's outputs, such as { mean: [10] }"),
    mean: callable('a function of the parameters', "give y's mean"),
    nll: callable('a function of the parameters and y', 'give −log p(y) of each element'),
    per: oneOf('element', 'example'),
    draw: callable('a function of the parameters and noise', 'give a draw of y'),
    noise: oneOf('uniform', 'normal'),
    values: oneOf('real', 'positive', 'unit', 'counts'),
    ...TARGET_OPTIONS,
  },
  required: ['parameters', 'mean', 'nll'],
};

/** Names of a model's networks. */
const NETWORKS = new Set(['decoder', 'prior', 'recognition', 'baseline', 'network']);

const ownParameters = (body: Body): readonly string[] =>
  resolve(body, { mode: 'infer' }).params.map(({ name }) => name);

const only = (outputs: Tensors, name: string): Tensor => {
  const output = outputs[name];
  if (!output) throw new Error(`a distribution without ${name}`);
  return output;
};
