import { InvalidModel, ShapeMismatch } from '../errors.ts';
import type { Body } from '../graph/node.ts';
import { same, show, type Shape } from '../shape/shape.ts';
import { checkConditions, checkOutputs, checkUsed, refuseNames } from './check.ts';
import type { Gaussian } from './gaussian.ts';
import type { Cvae, Predictor } from './model.ts';
import { bodyOf, call, OUTPUT, type Network, type Tensors } from './network.ts';
import type { OutputOf, Target } from './target.ts';
import { isTensor, Tensor } from './tensor.ts';
import type { Symbol, Variable, Variables } from './variables.ts';

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
    : `cvae has no ${K & string}; leave it out`;
};

/**
 * Reads and checks a definition.
 *
 * @throws ShapeMismatch where shapes do not fit, with the network's and the layer's name; InvalidModel for what cannot be
 * meant, such as a reserved name, one head for mean and log-variance, or a sigmoid before a distribution that has its own.
 */
export function cvae<
  C extends Variables = Readonly<Record<never, Variable>>,
  T extends Target = Target,
  L extends number = number,
  D = unknown,
>(definition: Definition<C, T, L> & Written<D, Definition<C, T, L>>): Cvae<C, T, L> {
  // `Conditions<C>` is C for every definition that compiles; `refuseNames` turns away the others.
  const condition = definition.condition as C;
  const { target, latent, baseline, prior, recognition, decoder } = definition;
  refuseNames(condition);
  checkConditions(condition);
  if (!Number.isInteger(latent) || latent < 1)
    throw new InvalidModel(`latent: expected a positive whole number, got ${latent}; give z's number of dimensions`);
  const given = shapesOf(condition);
  // The callbacks' parameters are tensors of these very shapes; their exact types only help whoever writes a definition.
  const body = (write: unknown) => write as (given: Tensors) => unknown;
  const gaussian = (name: string, inputs: Record<string, Shape>, write: unknown): Body =>
    bodyOf(name, inputs, (tensors) => checkGaussian(name, body(write)(tensors), latent));
  const networks = {
    ...(baseline && { baseline: checkBaseline(baseline['~body'], given, target) }),
    ...(prior && { prior: gaussian('prior', given, prior) }),
    ...(recognition && { recognition: gaussian('recognition', { y: target.shape, ...given }, recognition) }),
    decoder: bodyOf('decoder', { z: [latent], ...given }, (tensors) =>
      checkOutputs('decoder', body(decoder)(tensors), target),
    ),
  };
  checkUsed(condition, Object.values(networks));
  return { '~kind': 'cvae', condition, target, latent, networks };
}

/** A model without a latent: the paper's deterministic NN. `network` is a body, or a network of its own name. */
export function predictor<C extends Variables, T extends Target>(definition: {
  readonly condition: Conditions<C>;
  readonly target: T;
  readonly network: (given: { readonly [K in keyof C]: Symbol<C[K]> }) => OutputOf<NoInfer<T>>;
}): Predictor<C, T> {
  // As in `cvae`.
  const condition = definition.condition as C;
  const { target } = definition;
  refuseNames(condition);
  checkConditions(condition);
  const write = definition.network as (given: Tensors) => unknown;
  const network = bodyOf('network', shapesOf(condition), (given) => checkOutputs('network', write(given), target));
  checkUsed(condition, [network]);
  return { '~kind': 'predictor', condition, target, latent: 0, networks: { network } };
}

const shapesOf = (variables: Variables): Record<string, Shape> =>
  Object.fromEntries(Object.entries(variables).map(([name, { shape }]) => [name, shape]));

/** A baseline that takes conditions and gives the target's parameters. */
function checkBaseline(body: Body, given: Readonly<Record<string, Shape>>, target: Target): Body {
  for (const [name, { shape }] of Object.entries(body.inputs)) {
    const condition = given[name];
    if (!condition)
      throw new InvalidModel(
        `${body.name}: expected conditions as inputs, got ${name}; the conditions are ${Object.keys(given).join(', ')}`,
      );
    if (!same(condition, shape))
      throw new ShapeMismatch(
        `${body.name}: expected ${name} of shape ${show(condition)}, as the condition, got ${show(shape)}; use the same variable for both`,
      );
  }
  checkOutputs(body.name, single(body), target);
  return body;
}

const single = (body: Body): unknown => {
  const args = Object.fromEntries(
    Object.entries(body.inputs).map(([name, { shape }]) => [name, new Tensor({ kind: 'input', name, shape })]),
  );
  const outputs = call(body, args);
  return outputs[OUTPUT] ?? outputs;
};

function checkGaussian(name: string, given: unknown, latent: number): Tensors {
  const { mean, logVar } = (given ?? {}) as Partial<Gaussian>;
  if (!isTensor(mean) || !isTensor(logVar))
    throw new InvalidModel(`${name}: expected mean and logVar, got ${describe(given)}; end it in gaussian(${latent})`);
  if (!same(mean.shape, [latent]) || !same(logVar.shape, [latent]))
    throw new ShapeMismatch(
      `${name}: expected a Gaussian of ${latent} dimensions, as the latent, got ${show(mean.shape)} and ${show(logVar.shape)}; end it in gaussian(${latent})`,
    );
  if (mean.node === logVar.node)
    throw new InvalidModel(
      `${name}: expected a head each for mean and logVar, got one for both; use gaussian(${latent})`,
    );
  return { mean, logVar };
}

const describe = (value: unknown): string =>
  isTensor(value) ? `a tensor of shape ${show(value.shape)}` : typeof value;
