import type { Gaussian } from '../dsl/gaussian.ts';
import type { Model } from '../dsl/model.ts';
import { call, OUTPUT, type Tensors } from '../dsl/network.ts';
import { byTarget, outputsFor } from '../dsl/record.ts';
import { scaling } from '../dsl/scaling.ts';
import { masked, namedTargets } from '../dsl/seen.ts';
import type { Decoded, Parameters } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Variable } from '../dsl/variables.ts';
import type { Body, Node } from '../graph/node.ts';
import type { Shape } from '../shape/shape.ts';
import { div, sub } from './arithmetic.ts';
import { joined, wireRecord } from './record-wiring.ts';
import { wireTarget } from './target-wiring.ts';

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
  /** Returns the parameters of p(y|x,z), or of p(y|x) for a predictor, which has no z. */
  decoder(x: Tensors, z?: Tensor): Parameters;
  /** Returns what files return, in the data's units: y's mean, and by name whatever else a draw needs. */
  mean(parameters: Parameters): Decoded;
  /**
   * Returns the loss of predictions of y at other scales, in nats: one number for each example; undefined without them.
   */
  auxiliary(parameters: Parameters, y: Tensor): Tensor<[]> | undefined;
  /** Returns −log p of each of several targets by its name: one number for each example; undefined for a single target. */
  apart(parameters: Parameters, y: Tensor, mask?: Tensor): Readonly<Record<string, Tensor<[]>>> | undefined;
  /** Returns −log p(y|parameters) in nats, summed over the elements that `mask` counts: one number for each example. */
  nll(parameters: Parameters, y: Tensor, mask?: Tensor): Tensor<[]>;
}

/** Returns the shape of each condition, by name. */
export const conditionShapes = (model: Model): Record<string, Shape> =>
  Object.fromEntries(Object.entries(model.condition).map(([name, { shape }]) => [name, shape]));

/** Returns the shapes of the target in a batch: as `y`, or each of several by its name. */
export const targetShapes = ({ target }: Model): Record<string, Shape> =>
  Object.fromEntries(Object.entries(namedTargets(target)).map(([name, { shape }]) => [name, shape]));

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
  const mask = whole(all(masked(target)));
  if (!y) throw new Error('a batch without a target');
  const x = Object.entries(given).filter(([name]) => Object.hasOwn(condition, name));
  return { y, ...(mask && { mask }), x: Object.fromEntries(x) };
};

/** Connects a model's networks to its variables. */
export function wire({ condition, target, networks }: Model): Wiring {
  // Each value is standardised once, so that all networks are called with the same node: a baseline that both the prior
  // and the decoder call is then computed once, with one draw of its noise.
  const standardised = new Map<string, WeakMap<Node, Tensor>>();
  const inward = (name: string, { shape }: Variable, x: Tensor): Tensor => {
    const known = standardised.get(name) ?? new WeakMap<Node, Tensor>();
    standardised.set(name, known);
    const { mean, deviation } = scaling(name, shape);
    const scaled = known.get(x.node) ?? div(sub(x, mean), deviation);
    known.set(x.node, scaled);
    return scaled;
  };
  const seen = (x: Tensors): Tensors =>
    Object.fromEntries(
      Object.entries(x).map(([name, value]) => {
        const variable = condition[name];
        return [name, variable?.kind === 'continuous' ? inward(name, variable, value) : value];
      }),
    );
  const own = target.targets ? wireRecord(target.targets, inward) : wireTarget('y', target, inward);
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
      networks.recognition && gaussianOf(networks.recognition, { ...own.seen(y, mask), ...seen(x) }),
    decoder: (x, z) => parametersOf(generator, z ? { z, ...seen(x) } : seen(x)),
    mean: own.mean,
    auxiliary: own.auxiliary,
    apart: own.apart,
    nll: own.nll,
  };
}
