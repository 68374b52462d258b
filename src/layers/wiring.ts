import type { Gaussian } from '../dsl/gaussian.ts';
import type { Model } from '../dsl/model.ts';
import { call, OUTPUT, type Tensors } from '../dsl/network.ts';
import { byTarget, outputsFor } from '../dsl/record.ts';
import { scaling } from '../dsl/scaling.ts';
import { masked, namedTargets, targetShapes as shapesOf } from '../dsl/named-targets.ts';
import { constant } from '../dsl/leaves.ts';
import type { Decoded, Parameters } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Variable, Variables } from '../dsl/variables.ts';
import { InvalidModel } from '../errors.ts';
import type { Body, Node } from '../graph/node.ts';
import type { Shape } from '../shape/shape.ts';
import { hasMask, maskName } from '../values/mask-name.ts';
import { div, mul, sub } from './arithmetic.ts';
import { oneHot } from './embedding.ts';
import { ended, untilItsEnd } from './ended.ts';
import { likeRows } from './broadcast-like.ts';
import { joined, wireRecord } from './record-wiring.ts';
import { seenMask, wireTarget, type Inward, type TargetWiring } from './target-wiring.ts';

/**
 * A model's networks as functions of tensors in the data's own units, from which objectives and exported graphs are
 * built. Standardised variables are scaled on the way in and back on the way out.
 */
export interface Wiring {
  /** Returns ŷ's parameters; undefined without a baseline. */
  baseline(x: Tensors): Parameters | undefined;
  /** Returns p(z|x); undefined if it is N(0, I). */
  prior(x: Tensors): Gaussian | undefined;
  /**
   * Returns q(z|x,y); undefined without a recognition network. `mask` says which elements of y count; all do if it is
   * omitted.
   */
  recognition(x: Tensors, y: Tensor, mask?: Tensor): Gaussian | undefined;
  /**
   * Returns the parameters of p(y|x,z), or of p(y|x) for a predictor, which has no z. A decoder of `steps` is given y, whose
   * steps each step sees of those before it; where `mask` is 0 it sees 0.
   *
   * @throws InvalidModel for a decoder of `steps` without y.
   */
  decoder(x: Tensors, z?: Tensor, y?: Tensor, mask?: Tensor): Parameters;
  /** Returns what files return, in the data's units: y's mean, and by name whatever else a draw needs. */
  mean(parameters: Parameters): Decoded;
  /** The shapes of the noise that `drawn` takes, by the names of its inputs, and what it returns: `TargetWiring`. */
  readonly noises: Readonly<Record<string, Shape>>;
  drawn(parameters: Parameters, noise: Tensors): Tensors;
  /**
   * Returns the loss of predictions of y at other scales, in nats: one number for each example; undefined without them.
   */
  auxiliary(parameters: Parameters, y: Tensor): Tensor<[]> | undefined;
  /** Returns −log p of each of several targets by its name: one number for each example; undefined for a single target. */
  apart(parameters: Parameters, y: Tensor, mask?: Tensor): Readonly<Record<string, Tensor<[]>>> | undefined;
  /** Returns −log p(y|parameters) in nats, summed over the elements that `mask` counts: one number for each example. */
  nll(parameters: Parameters, y: Tensor, mask?: Tensor): Tensor<[]>;
}

/** Returns the shape of each condition as batches and files hold it, by name. */
export const conditionShapes = (model: Model): Record<string, Shape> =>
  Object.fromEntries(
    Object.entries(model.condition).map(([name, { shape, dataShape, indices, maskOf }]) => [
      name,
      indices || maskOf !== undefined ? dataShape : shape,
    ]),
  );

/** Returns the shapes of the target in a batch: as `y`, or each of several by its name. */
export const targetShapes = ({ target }: Model): Readonly<Record<string, Shape>> => shapesOf(target);

/** Returns the shapes of the masks in a batch: `mask`, or that of each of several targets that has one: `rain_mask`. */
export const maskShapes = ({ target }: Model): Record<string, Shape> =>
  Object.fromEntries(Object.entries(masked(target)).map(([name, { dataShape }]) => [name, dataShape]));

/** Returns the shapes of a batch's tensors by name: the target, its mask if it has one, and the conditions. */
export const batchShapes = (model: Model): Record<string, Shape> => ({
  ...targetShapes(model),
  ...maskShapes(model),
  ...conditionShapes(model),
});

/** A batch's tensors: several targets are one y here, flat and one after another, and so are the masks of those that have one. */
export interface Batch {
  readonly y: Tensor;
  readonly mask?: Tensor;
  readonly x: Tensors;
}

/** Returns a batch's tensors by what they are. */
export const batchOf = ({ target, condition }: Model, given: Tensors): Batch => {
  const all = (names: Readonly<Record<string, unknown>>): readonly Tensor[] =>
    Object.keys(names).flatMap((name) => given[name] ?? []);
  const whole = (tensors: readonly Tensor[]): Tensor | undefined =>
    target.targets && tensors.length > 0 ? joined(tensors) : tensors[0];
  const y = whole(all(namedTargets(target)));
  if (!y) throw new Error('a batch without a target');
  const masks = Object.entries(masked(target));
  // A recognition network may read some of the masks only: the places of the others are taken.
  const isMasked = masks.some(([name]) => given[name]);
  const mask = whole(
    masks.flatMap(([name, one]) => (isMasked ? [given[name] ?? likeRows(constant(one.dataShape, 1), y)] : [])),
  );
  const x = Object.entries(given).filter(([name]) => Object.hasOwn(condition, name));
  return { y, ...(mask && { mask }), x: Object.fromEntries(x) };
};

/**
 * Returns a function that turns conditions as files hold them into what networks see: standardised, one-hot, 0 if missing. `target` says
 * how they see what is known of it.
 */
const seenBy = (condition: Variables, inward: Inward, target?: Pick<TargetWiring, 'seenOf'>) => {
  const known = (name: string, variable: Variable, value: Tensor): Tensor => {
    if (variable.knownOf && target) return target.seenOf(variable.knownOf.target, value);
    if (variable.indices) return oneHot(value, variable.shape.at(-1) ?? 0);
    return variable.kind === 'continuous' ? inward(name, variable, value) : value;
  };
  return (x: Tensors): Tensors =>
    Object.fromEntries(
      Object.entries(x).map(([name, value]) => {
        const variable = condition[name];
        if (!variable) return [name, value];
        if (variable.maskOf !== undefined) return [name, seenMask(variable, value)];
        const mask = hasMask(variable) ? x[maskName(name)] : undefined;
        const seen = known(name, variable, value);
        const { dataShape, shape, seenShape = shape } = variable;
        return [name, mask ? mul(seen, seenMask({ dataShape, shape: seenShape }, mask)) : seen];
      }),
    );
};

/** Returns the masks of what is known of targets, by the targets' names. */
const knownOf = (condition: Variables, x: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(x).flatMap(([name, value]) => {
      const { knownOf: known, maskOf } = condition[name] ?? {};
      return known && maskOf !== undefined ? [[known.target, value]] : [];
    }),
  );

/** Standardises a variable. */
const standardised: Inward = (name, { shape }, x) => {
  const { mean, deviation } = scaling(name, shape);
  return div(sub(x, mean), deviation);
};

/** Returns conditions as networks see them. */
export const seenConditions = ({ condition }: Model, x: Tensors): Tensors => seenBy(condition, standardised)(x);

/** Connects a model's networks to its variables. */
export function wire({ condition, target, networks, steps }: Model): Wiring {
  // Each value is standardised once, so that all networks are called with the same node: a baseline that both the prior
  // and the decoder call is then computed once, with one draw of its noise.
  const scaledBefore = new Map<string, WeakMap<Node, Tensor>>();
  const inward: Inward = (name, variable, x) => {
    const known = scaledBefore.get(name) ?? new WeakMap<Node, Tensor>();
    scaledBefore.set(name, known);
    const scaled = known.get(x.node) ?? standardised(name, variable, x);
    known.set(x.node, scaled);
    return scaled;
  };
  const own = target.targets
    ? wireRecord(target.targets, inward, (parts, masks) => ended(target.targets ?? {}, parts, masks))
    : untilItsEnd(target, wireTarget('y', target, inward));
  const seen = seenBy(condition, inward, own);
  const forced = (y: Tensor | undefined, mask?: Tensor): Tensors => {
    if (!y)
      throw new InvalidModel(
        'decoder: expected y for a decoder of steps, which sees what is before each step, got none; call decoder(x, z, y)',
      );
    const given = own.seen(y, mask);
    return Object.fromEntries(
      Object.keys(namedTargets(target)).flatMap((name) => {
        const [one, counted] = [given[name], given[maskName(name)]];
        return one ? [[name, counted ? mul(one, counted) : one]] : [];
      }),
    );
  };
  const parametersOf = (body: Body, args: Tensors): Parameters => {
    const outputs = call(body, args);
    const [first = OUTPUT] = Object.keys(target.parameters);
    return OUTPUT in outputs ? { [first]: outputs[OUTPUT] } : outputs;
  };
  const gaussianOf = (body: Body, args: Tensors): Gaussian => {
    const { mean, logVar } = call(body, args);
    if (!mean || !logVar) throw new Error(`${body.name}: no Gaussian`);
    // `cvae` has checked that both are vectors of the latent's length.
    return { mean, logVar } as Gaussian;
  };
  const generator = networks.decoder ?? networks.network;
  if (!generator) throw new Error('a model without a decoder');

  return {
    baseline: (x) => {
      if (!networks.baseline) return undefined;
      const { name } = networks.baseline;
      const given = parametersOf(networks.baseline, seen(x));
      return target.targets ? outputsFor(name, byTarget(given, target.targets), target) : given;
    },
    prior: (x) => networks.prior && gaussianOf(networks.prior, seen(x)),
    recognition: (x, y, mask) =>
      networks.recognition &&
      gaussianOf(networks.recognition, { ...own.seen(y, mask, knownOf(condition, x)), ...seen(x) }),
    decoder: (x, z, y, mask) => parametersOf(generator, { ...seen(x), ...(z && { z }), ...(steps && forced(y, mask)) }),
    mean: own.mean,
    noises: own.noises,
    drawn: own.drawn,
    auxiliary: own.auxiliary,
    apart: own.apart,
    nll: own.nll,
  };
}
