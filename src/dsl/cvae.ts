import { InvalidModel } from '../errors.ts';
import type { Body } from '../graph/node.ts';
import type { Shape } from '../shape/shape.ts';
import { whole } from '../values/rules.ts';
import { checkBaseline, checkConditions, checkGaussian, checkMembers, checkOutputs, checkTarget } from './check.ts';
import type { Gaussian } from './gaussian.ts';
import { check } from './check-arguments.ts';
import type { Cvae, Predictor } from './model.ts';
import { bodyOf, call, OUTPUT, strict, symbols, type Network, type Tensors } from './network.ts';
import type { OutputOf, Target } from './target.ts';
import { describe, type Tensor } from './tensor.ts';
import type { Symbol, Variable, Variables } from './variables.ts';
import { checkNetworks } from './check-networks.ts';

/** Names that a model's own inputs and outputs have. */
export type Reserved = 'y' | 'z' | 'mean' | 'logVar' | 'noise' | 'mask' | 'beta' | 'learningRate';

/** Conditions, of which none may have a reserved name. */
export type Conditions<C> = {
  readonly [K in keyof C]: K extends Reserved
    ? `condition: expected a name of its own, got the reserved ${K}; rename it`
    : C[K];
};

/** A conditional VAE, as its networks and what they speak of. In the paper's letters: y is the target, z the latent. */
export interface Definition<C extends Variables, T extends Target, L extends number> {
  /** x: what the model is told. */
  readonly condition: Conditions<C>;
  /** y: what it gives, and its distribution. */
  readonly target: T;
  /** The number of dimensions of z. */
  readonly latent: L;
  /** ŷ: guesses the target from the condition alone. It is trained first, then left as it is, unless training is joint. */
  readonly baseline?: Network<NoInfer<C>, OutputOf<NoInfer<T>>>;
  /** p(z|x). Left out, it is N(0, I). */
  readonly prior?: (given: { readonly [K in keyof C]: Symbol<C[K]> }) => Gaussian<NoInfer<L>>;
  /** q(z|x,y): needed by objectives that learn from it, such as the ELBO. */
  readonly recognition?: (
    given: { readonly y: Symbol<T> } & { readonly [K in keyof C]: Symbol<C[K]> },
  ) => Gaussian<NoInfer<L>>;
  /** p(y|x,z): the parameters of the target's distribution. */
  readonly decoder: (
    given: { readonly z: Tensor<[L]> } & { readonly [K in keyof C]: Symbol<C[K]> },
  ) => OutputOf<NoInfer<T>>;
}

/**
 * A definition's members, each required where D has it: TypeScript points into a function that returns the wrong thing only
 * where its type is not `| undefined`, and at the name of an optional member otherwise.
 */
type Written<D, Definition> = {
  readonly [K in keyof D]: K extends keyof Definition
    ? Required<Definition>[K]
    : `cvae: expected a member of a definition, got ${K & string}; rename it or leave it out`;
};

/**
 * Reads and checks a definition.
 *
 * @throws ShapeMismatch where shapes do not fit, with the network's and the layer's name; InvalidModel for what cannot be
 * meant, such as a reserved name, one head for mean and log-variance, or a sigmoid before a distribution that has its own.
 *
 * @example
 * ```ts
 * import { bernoulli, categorical, concat, cvae, dense, gaussian, relu } from 'cvae-compile';
 *
 * export default cvae({
 *   condition: { digit: categorical(10) },
 *   target: bernoulli(784, { image: [28, 28, 1] }),
 *   latent: 20,
 *   recognition: ({ y, digit }) => concat(y, digit).pipe(dense(200), relu, gaussian(20)),
 *   decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(784)),
 * });
 * ```
 */
export function cvae<
  C extends Variables = Readonly<Record<never, Variable>>,
  T extends Target = Target,
  L extends number = number,
  D = unknown,
>(definition: Definition<C, T, L> & Written<D, Definition<C, T, L>>): Cvae<C, T, L> {
  checkMembers('cvae', [...arguments], MEMBERS);
  // `Conditions<C>` is C for every definition that compiles; `checkConditions` turns away the others.
  const condition = definition.condition as C;
  const { target, latent, baseline, prior, recognition, decoder } = definition;
  checkConditions(condition);
  checkTarget(target, condition);
  check('latent', whole('', "give z's number of dimensions"), latent);
  const given = shapesOf(condition);
  const gaussian = (name: string, inputs: Record<string, Shape>, write: unknown): Body =>
    bodyOf(name, inputs, (tensors) => checkGaussian(name, written(name, write)(tensors), latent));
  const networks = {
    ...(baseline !== undefined && { baseline: baselineOf(baseline, given, target) }),
    ...(prior !== undefined && { prior: gaussian('prior', given, prior) }),
    ...(recognition !== undefined && {
      recognition: gaussian('recognition', { y: target.shape, ...given }, recognition),
    }),
    decoder: bodyOf('decoder', { z: [latent], ...given }, (tensors) =>
      checkOutputs('decoder', written('decoder', decoder)(tensors), target),
    ),
  };
  checkNetworks(Object.values(networks), { y: target.shape, z: [latent], ...given }, Object.keys(given));
  return { '~kind': 'cvae', condition, target, latent, networks };
}

const MEMBERS = ['condition', 'target', 'latent', 'baseline', 'prior', 'recognition', 'decoder'];

/**
 * A model without a latent: the paper's deterministic NN. `network` is a body, or a network of its own name.
 *
 * @example
 * ```ts
 * import { categorical, dense, flatten, image, predictor, relu } from 'cvae-compile';
 *
 * // Names the digit that a picture shows.
 * export default predictor({
 *   condition: { x: image(28, 28, 1) },
 *   target: categorical(10),
 *   network: ({ x }) => x.pipe(flatten, dense(200), relu, dense(10)),
 * });
 * ```
 */
export function predictor<
  C extends Variables = Readonly<Record<never, Variable>>,
  T extends Target = Target,
>(definition: {
  readonly condition: Conditions<C>;
  readonly target: T;
  readonly network: (given: { readonly [K in keyof C]: Symbol<C[K]> }) => OutputOf<NoInfer<T>>;
}): Predictor<C, T> {
  checkMembers('predictor', [...arguments], ['condition', 'target', 'network']);
  // As in `cvae`.
  const condition = definition.condition as C;
  const { target } = definition;
  checkConditions(condition);
  checkTarget(target, condition);
  const given = shapesOf(condition);
  const network = bodyOf('network', given, (tensors) =>
    checkOutputs('network', written('network', definition.network)(tensors), target),
  );
  checkNetworks([network], given, Object.keys(given));
  return { '~kind': 'predictor', condition, target, latent: 0, networks: { network } };
}

const shapesOf = (variables: Variables): Record<string, Shape> =>
  Object.fromEntries(Object.entries(variables).map(([name, { shape }]) => [name, shape]));

/** A network's body as the definition has it, which is given nothing but what is its own. */
const written = (name: string, body: unknown): ((given: Tensors) => unknown) => {
  if (typeof body !== 'function')
    throw new InvalidModel(`${name}: expected a function of tensors, got ${describe(body)}; write the network`);
  return (given) => body(strict(name, given));
};

/** A baseline that takes conditions and gives the target's parameters. */
function baselineOf(
  network: { readonly '~body'?: Body } | null,
  given: Readonly<Record<string, Shape>>,
  target: Target,
): Body {
  const body = network?.['~body'];
  if (!body)
    throw new InvalidModel(`baseline: expected a network, got ${describe(network)}; write network('baseline', …)`);
  checkBaseline(body, given);
  const shapes = Object.fromEntries(Object.entries(body.inputs).map(([name, { shape }]) => [name, shape]));
  const outputs = call(body, symbols(shapes));
  checkOutputs(body.name, outputs[OUTPUT] ?? outputs, target);
  return body;
}
