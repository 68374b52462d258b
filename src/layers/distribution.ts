import { checkCall } from '../dsl/given.ts';
import { bodyOf, call, RESERVED, type Tensors } from '../dsl/network.ts';
import { checkShape } from '../dsl/sizes.ts';
import { TARGET_OPTIONS, type Target, type TargetOptions } from '../dsl/target.ts';
import { describe, isTensor, type Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import type { Body } from '../graph/node.ts';
import { resolve } from '../graph/resolve.ts';
import { same, show, size, type Shape } from '../shape/shape.ts';
import { callable, isPlain, nameRule, rule } from '../values/rules.ts';

/** Tensors by the names of a distribution's parameters. */
type Given<P extends Readonly<Record<string, Shape>>> = { readonly [K in keyof P]: Tensor<[...P[K]]> };

type Several<K, All = K> = K extends unknown ? ([All] extends [K] ? false : true) : never;

/** What a decoder returns: a record of tensors, or of a single parameter its tensor. */
type Returned<P extends Readonly<Record<string, Shape>>> =
  true extends Several<keyof P> ? Given<P> : Given<P> | Tensor<[...P[keyof P]]>;

/** What a distribution of one's own is made of. */
export interface DistributionOptions<S extends Shape, P extends Readonly<Record<string, Shape>>> extends TargetOptions {
  /** What a decoder returns a tensor for: the shape of each parameter. */
  readonly parameters: P;
  // `NoInfer` around what is returned, whole: within the shape it is a type that no helper takes.
  /** y's mean, of y's shape, which files give and pictures show. */
  mean(parameters: Given<P>): NoInfer<Tensor<[...S]>>;
  /** −log p(y|parameters) of each element, in nats: with all its constants, for it to be a likelihood. */
  nll(parameters: Given<P>, y: Tensor<[...S]>): NoInfer<Tensor<[...S]>>;
}

/**
 * A target with a likelihood of one's own, written with layers, so that it trains, evaluates and exports like any other:
 *
 *     const laplace = <const S extends Shape>(...shape: S) =>
 *       distribution('laplace', shape, {
 *         parameters: { mean: shape, logScale: shape },
 *         mean: ({ mean }) => mean,
 *         nll: ({ mean, logScale }, y) => add(add(div(abs(sub(y, mean)), exp(logScale)), logScale), Math.log(2)),
 *       });
 *
 * Networks see y as the data have it, unscaled. What is exported knows its mean, but not how to draw from it.
 *
 * @throws InvalidModel for a name, an image or a mean or likelihood that do not fit.
 */
export function distribution<const S extends Shape, const P extends Readonly<Record<string, Shape>>>(
  name: string,
  shape: S,
  options: DistributionOptions<S, P>,
): Target<[...S], Returned<P>, ArrayLike<number>> {
  checkCall('distribution', CALL, [...arguments]);
  const { parameters, mean, nll, image, mask } = options;
  checkShape(name, 'the target', shape);
  if (RESERVED.has(name) || NETWORKS.has(name))
    throw new InvalidModel(`distribution: expected a name of its own, got the reserved ${name}; rename it`);
  if (Object.keys(parameters).length === 0)
    throw new InvalidModel(`${name}: expected parameters that a decoder gives, got none; name at least one`);
  for (const parameter of Object.keys(parameters))
    if (!/^[A-Za-z]\w*$/.test(parameter) || parameter === 'y')
      throw new InvalidModel(
        `${name}: expected parameters named by letters, digits and _, other than y, got ${JSON.stringify(parameter)}; rename it`,
      );
  for (const [key, own] of Object.entries(parameters)) checkShape(name, key, own);
  if (image && size(image) !== size(shape))
    throw new InvalidModel(
      `${name}: expected an image of ${size(shape)} values, as the target, got ${image.join('·')}; mend image`,
    );
  const [h, w, c, more] = shape;
  const view = image ?? (h && w && c && more === undefined ? ([h, w, c] as const) : undefined);
  const fitting = (what: string, result: Tensor): Tensor => {
    if (!isTensor(result))
      throw new InvalidModel(`${name}: expected ${what} that layers compute, got ${describe(result)}; return a tensor`);
    if (!same(result.shape, shape))
      throw new InvalidModel(
        `${name}: expected ${what} of shape ${show(shape)}, as the target, got ${show(result.shape)}; give one number for each element`,
      );
    return result;
  };
  // Networks of the distribution's name, so that a parameter of its own (a scale, say) is one wherever the likelihood is computed.
  // A decoder gives each parameter in its shape, as `checkOutputs` makes sure, and y is of the target's.
  const body = bodyOf(name, { ...parameters, y: [...shape] }, ({ y, ...given }) => ({
    nll: fitting('−log p(y)', nll(given as Given<P>, y as Tensor<[...S]>)),
  }));
  const center = bodyOf(`${name}-mean`, parameters, (given) => ({ y: fitting('a mean', mean(given as Given<P>)) }));
  const owned = ownParameters(center);
  if (owned.length > 0)
    throw new InvalidModel(
      `${name}: expected a mean that is computed from ${Object.keys(parameters).join(', ')}, got one with parameters of its own (${owned.join(', ')}); let the decoder give them`,
    );
  return {
    kind: 'continuous',
    shape: [...shape],
    dataShape: shape,
    distribution: 'custom',
    named: name,
    parameters,
    scalable: false,
    ...(view && { image: view }),
    ...(mask !== undefined && { mask }),
    mean: (given) => ({ y: only(call(center, given), 'y') }),
    nll: (given, y) => only(call(body, { ...given, y }), 'nll'),
    refuse: () => undefined,
  };
}

const CALL = {
  args: [nameRule(true), rule('the shape of the target', Array.isArray, 'give a list such as [28, 28, 1]')],
  options: {
    parameters: rule('shapes by name', isPlain, 'give what the decoder gives: { mean: [10] }'),
    mean: callable('a function of the parameters', "give y's mean"),
    nll: callable('a function of the parameters and y', 'give −log p(y) of each element'),
    ...TARGET_OPTIONS,
  },
  required: ['parameters', 'mean', 'nll'],
};

/** Names that a model's networks have. */
const NETWORKS = new Set(['decoder', 'prior', 'recognition', 'baseline', 'network']);

const ownParameters = (body: Body): readonly string[] =>
  resolve(body, { mode: 'infer' }).params.map(({ name }) => name);

const only = (outputs: Tensors, name: string): Tensor => {
  const output = outputs[name];
  if (!output) throw new Error(`a distribution without ${name}`);
  return output;
};
