import { InvalidModel } from '../errors.ts';
import type { Body } from '../graph/node.ts';
import type { Shape } from '../shape/shape.ts';
import { whole } from '../values/rules.ts';
import { checkBaseline, checkConditions, checkGaussian, checkMembers } from './check.ts';
import type { Gaussian } from './gaussian.ts';
import type { Parts } from '../distributions/data/parts.ts';
import { check } from './check-arguments.ts';
import { withMasks, type ConditionMasks, type MaskedConditions } from './condition-masks.ts';
import { knownTo, partlyKnown, withKnown, type KnownConditions, type KnownOf } from './known.ts';
import type { Cvae, Predictor } from './model.ts';
import { bodyOf, call, OUTPUT, strict, symbols, type Network, type Tensors } from './network.ts';
import {
  byTarget,
  outputsFor,
  wholeTarget,
  type Extras,
  type MaskOf,
  type Outs,
  type Seen,
  type Targets,
  type Unshared,
  type Whole,
} from './record.ts';
import { givenTo, seenShapes, targetShapes, withoutUnusedMasks } from './named-targets.ts';
import type { Target } from './target.ts';
import { describe, type Tensor } from './tensor.ts';
import type { Symbol, Variable, Variables } from './variables.ts';
import { checkNetworks, type Taken } from './check-networks.ts';
import { stepsIn } from './steps-in.ts';

/** Names reserved for a model's own inputs and outputs. */
export type Reserved = 'y' | 'z' | 'mean' | 'logVar' | 'noise' | 'mask' | 'beta' | 'learningRate';

/** Conditions, none of which may have a reserved name. */
export type Conditions<C> = {
  readonly [K in keyof C]: K extends Reserved
    ? `condition: expected a name of its own, got the reserved ${K}; rename it`
    : C[K];
};

/**
 * A conditional VAE: its networks and the variables they relate. In the paper's notation y is the target and z the
 * latent.
 */
export interface Definition<
  C extends Variables,
  T extends Target | Targets,
  L extends number,
  O = unknown,
  K extends Parts | undefined = undefined,
> {
  /** x: what the model is conditioned on. */
  readonly condition: Conditions<C>;
  /** y: what the model predicts, and its distribution; or several targets by name. */
  readonly target: T & Unshared<NoInfer<T>>;
  /** The number of dimensions of z. */
  readonly latent: L;
  /**
   * Which parts of the target may be known: `anyPart()`. All networks are then given `known` and `known_mask`, the loss is that of the
   * rest, and the model draws the rest of a target of which a part is given (`sample({ known })`, `impute`).
   */
  readonly known?: K;
  /**
   * ŷ: predicts the target from the condition alone. It is trained first and then frozen, unless training is joint. What it takes are
   * conditions by their names, and masks of those that have one: `{ age: continuous(1), age_mask: continuous(1) }`.
   */
  readonly baseline?: Network<MaskedConditions<KnownConditions<NoInfer<C>, NoInfer<T>, NoInfer<K>>>, Outs<NoInfer<T>>>;
  /** p(z|x). If omitted, it is N(0, I). */
  readonly prior?: (
    given: { readonly [N in keyof C]: Symbol<C[N]> } & ConditionMasks<C> & KnownOf<T, K>,
  ) => Gaussian<NoInfer<L>>;
  /**
   * q(z|x,y): required by objectives that learn from it, such as the ELBO. If the target has a mask, it is given that
   * too, in the shape of y: 1 for each element that counts, 0 for one that is missing; of several targets, those that have one
   * by name.
   */
  readonly recognition?: (
    given: { readonly y: Seen<T> } & MaskOf<T> & { readonly [N in keyof C]: Symbol<C[N]> } & ConditionMasks<C> &
      KnownOf<T, K>,
  ) => Gaussian<NoInfer<L>>;
  /** p(y|x,z): the parameters of the target's distribution, or those of each target's by name. */
  readonly decoder: (
    given: { readonly z: Tensor<[L]> } & { readonly [N in keyof C]: Symbol<C[N]> } & ConditionMasks<C> & KnownOf<T, K>,
  ) => Outs<NoInfer<T>> & Extras<O, NoInfer<T>>;
}

/**
 * The members of a definition, each required if D has it. TypeScript reports an error inside a function that returns
 * the wrong type only if the member's type does not include `undefined`; for an optional member it reports the error at
 * its name.
 */
type Written<D, Definition> = {
  readonly [K in keyof D]: K extends keyof Definition
    ? Required<Definition>[K]
    : `cvae: expected a member of a definition, got ${K & string}; rename it or leave it out`;
};

/**
 * Reads and checks the definition of a conditional VAE, and returns the model.
 *
 * @throws ShapeMismatch if shapes do not fit, with the names of the network and the layer; InvalidModel for a
 * definition that makes no sense, such as a reserved name, one head for both mean and log-variance, or a sigmoid before
 * a distribution that applies its own.
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
  T extends Target | Targets = Target,
  L extends number = number,
  O = unknown,
  K extends Parts | undefined = undefined,
  D = unknown,
>(
  definition: Definition<C, T, L, O, K> & Written<D, Definition<C, T, L, O, K>>,
): Cvae<KnownConditions<NoInfer<C>, T, K>, Whole<T>, L> {
  checkMembers('cvae', [...arguments], MEMBERS);
  // For every definition that compiles `Conditions<C>` is C; `checkConditions` rejects the others.
  checkConditions(definition.condition);
  const own = withMasks(definition.condition as C);
  const { latent, known, baseline, prior, recognition, decoder } = definition;
  const declared = wholeTarget(definition.target, own);
  const target = known === undefined ? declared : partlyKnown(declared);
  const condition = known === undefined ? own : withKnown(own, target, known);
  check('latent', whole('', "give z's number of dimensions"), latent);
  const given = shapesOf(condition);
  const parts = known === undefined ? undefined : target;
  const gaussian = (name: string, inputs: Record<string, Shape>, write: unknown, of?: Target): Body =>
    bodyOf(name, inputs, (tensors) => checkGaussian(name, written(name, write, of, parts)(tensors), latent));
  const others = {
    ...(baseline !== undefined && { baseline: baselineOf(baseline, given, target) }),
    ...(prior !== undefined && { prior: gaussian('prior', given, prior) }),
    ...(recognition !== undefined && {
      recognition: withoutUnusedMasks(
        gaussian('recognition', { ...seenShapes(target), ...given }, recognition, target),
        target,
      ),
    }),
  };
  const read = bodyOf('decoder', { z: [latent], ...given }, (tensors) =>
    outputsFor('decoder', written('decoder', decoder, undefined, parts)(tensors), target),
  );
  const steps = stepsIn(read, definition.target, targetShapes(target));
  const networks = { ...others, decoder: steps?.decoder ?? read };
  const inputs = { ...seenShapes(target), z: [latent], ...given };
  if (steps && known !== undefined)
    throw new InvalidModel(
      'known: expected a decoder that draws all of y at once, got one of steps, which sees what is before each; leave known out',
    );
  const taken = checkNetworks(Object.values(networks), inputs, toRead(condition));
  return {
    '~kind': 'cvae',
    // With `known`, as `KnownConditions` says; without, as they are.
    condition: asTaken(condition, taken) as KnownConditions<C, T, K>,
    // A record's, or a single one, as `Whole` says; `known` adds only a mask.
    target: target as Whole<T>,
    latent,
    networks,
    ...(steps && { steps: steps.steps }),
  };
}

const MEMBERS = ['condition', 'target', 'latent', 'known', 'baseline', 'prior', 'recognition', 'decoder'];

/** Returns what networks must read: the conditions of a definition, and what is known of its target, without their masks. */
const toRead = (all: Variables): Variables =>
  Object.fromEntries(Object.entries(all).filter(([, { maskOf }]) => maskOf === undefined));

/**
 * Defines a model without a latent: the paper's deterministic NN. `network` is a body, or a network created with
 * `network`.
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
  T extends Target | Targets = Target,
  O = unknown,
>(definition: {
  readonly condition: Conditions<C>;
  readonly target: T & Unshared<NoInfer<T>>;
  readonly network: (
    given: { readonly [K in keyof C]: Symbol<C[K]> } & ConditionMasks<C>,
  ) => Outs<NoInfer<T>> & Extras<O, NoInfer<T>>;
}): Predictor<C, Whole<T>> {
  checkMembers('predictor', [...arguments], ['condition', 'target', 'network']);
  // As in `cvae`.
  checkConditions(definition.condition);
  const condition = withMasks(definition.condition as C);
  const target = wholeTarget(definition.target, condition);
  const given = shapesOf(condition);
  const network = bodyOf('network', given, (tensors) =>
    outputsFor('network', written('network', definition.network)(tensors), target),
  );
  const taken = checkNetworks([network], given, toRead(condition));
  return {
    '~kind': 'predictor',
    condition: asTaken(condition, taken),
    target,
    latent: 0,
    networks: { network },
  };
}

/** Returns conditions of which some are held as indices, and some are masks. */
const asTaken = <C extends Variables>(condition: C, { byIndex, asMask }: Taken): C => {
  const more = (name: string, { kind, knownOf, maskOf, mask }: Variable): Partial<Variable> | undefined => {
    if (kind === 'categorical' && !knownOf && byIndex.has(name)) return { indices: true };
    const isMask = kind === 'continuous' && !knownOf && !mask && maskOf === undefined && asMask.has(name);
    return isMask ? { asMask: true } : undefined;
  };
  const entries = Object.entries(condition);
  if (!entries.some(([name, variable]) => more(name, variable))) return condition;
  // The same variables under the same names, some with one more member, which no type shows.
  return Object.fromEntries(entries.map(([name, variable]) => [name, { ...variable, ...more(name, variable) }])) as C;
};

const shapesOf = (variables: Variables): Record<string, Shape> =>
  Object.fromEntries(Object.entries(variables).map(([name, { shape, seenShape = shape }]) => [name, seenShape]));

/**
 * Wraps a network's body so that it can read only its declared inputs; that of recognition reads the target `of` a model too, and all
 * read what is known of one of which `parts` may be.
 */
const written = (name: string, body: unknown, of?: Target, parts?: Target): ((given: Tensors) => unknown) => {
  if (typeof body !== 'function')
    throw new InvalidModel(`${name}: expected a function of tensors, got ${describe(body)}; write the network`);
  return (given) => {
    const own = parts ? knownTo(name, given, parts) : given;
    return body(of ? givenTo(name, own, of) : strict(name, own));
  };
};

/** Returns a baseline's body, which maps conditions to the target's parameters. */
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
  const returned = outputs[OUTPUT] ?? outputs;
  outputsFor(body.name, target.targets && !outputs[OUTPUT] ? byTarget(outputs, target.targets) : returned, target);
  return body;
}
