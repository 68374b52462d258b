import type { Gaussian } from '../dsl/gaussian.ts';
import type { Model } from '../dsl/model.ts';
import { call, OUTPUT, type Tensors } from '../dsl/network.ts';
import { distributionOf } from '../distributions/data/table.ts';
import { scaling } from '../dsl/scaling.ts';
import type { Parameters } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Variable } from '../dsl/variables.ts';
import type { Body, Node } from '../graph/node.ts';
import type { Shape } from '../shape/shape.ts';
import { log } from './activations.ts';
import { loose } from './arithmetic.ts';
import { sum } from './reduce.ts';

/**
 * A model's networks as functions of tensors in the data's own units: what objectives and exported graphs are written with.
 * Standardised variables are scaled on the way in and back on the way out.
 */
export interface Wiring {
  /** ŷ's parameters, or nothing without a baseline. */
  baseline(x: Tensors): Parameters | undefined;
  /** p(z|x); nothing where it is N(0, I). */
  prior(x: Tensors): Gaussian | undefined;
  /** q(z|x,y); nothing without a recognition network. */
  recognition(x: Tensors, y: Tensor): Gaussian | undefined;
  /** The parameters of p(y|x,z), or p(y|x) of a predictor, which has no z. */
  decoder(x: Tensors, z?: Tensor): Parameters;
  /** y's mean, and its log-variance where that is learned. */
  mean(parameters: Parameters): { readonly y: Tensor; readonly logVar?: Tensor };
  /** What predictions of y at other scales add to a loss, in nats: one number for each example; nothing without them. */
  auxiliary(parameters: Parameters, y: Tensor): Tensor<[]> | undefined;
  /** −log p(y|parameters) in nats, summed over the elements that `mask` counts: one number for each example. */
  nll(parameters: Parameters, y: Tensor, mask?: Tensor): Tensor<[]>;
}

/** The shape of each condition, by name. */
export const conditionShapes = (model: Model): Record<string, Shape> =>
  Object.fromEntries(Object.entries(model.condition).map(([name, { shape }]) => [name, shape]));

/** The shapes of a batch's tensors by name: the target, its mask where it has one, and the conditions. */
export const batchShapes = (model: Model): Record<string, Shape> => ({
  y: model.target.shape,
  ...(model.target.mask !== undefined && model.target.mask !== false && { mask: model.target.dataShape }),
  ...conditionShapes(model),
});

/** Wires a model's networks to its variables. */
export function wire({ condition, target, networks }: Model): Wiring {
  // Once for each value, so that what networks are called with is one value wherever they are called: a baseline that the prior
  // and the decoder call is then computed once, with one draw of its noise.
  const standardised = new Map<string, WeakMap<Node, Tensor>>();
  const inward = (name: string, { shape }: Variable, x: Tensor): Tensor => {
    const known = standardised.get(name) ?? new WeakMap<Node, Tensor>();
    standardised.set(name, known);
    const { mean, deviation } = scaling(name, shape);
    const scaled = known.get(x.node) ?? loose.div(loose.sub(x, mean), deviation);
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
  const seenY = (y: Tensor): Tensor => (target.scalable ? inward('y', target, y) : y);
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
    baseline: (x) => networks.baseline && parametersOf(networks.baseline, seen(x)),
    prior: (x) => networks.prior && gaussianOf(networks.prior, seen(x)),
    recognition: (x, y) => networks.recognition && gaussianOf(networks.recognition, { y: seenY(y), ...seen(x) }),
    decoder: (x, z) => parametersOf(generator, z ? { z, ...seen(x) } : seen(x)),
    mean: (parameters) => {
      const { y, logVar } = target.mean(parameters);
      if (!target.scalable) return { y };
      const { mean, deviation } = scaling('y', target.shape);
      const back = { y: loose.add(loose.mul(y, deviation), mean) };
      return logVar ? { ...back, logVar: loose.add(logVar, loose.mul(log(deviation), 2)) } : back;
    },
    auxiliary: (parameters, y) => target.auxiliary?.(parameters, y),
    nll: (parameters, y, mask) => {
      // Densities are per unit of y: standardising by d makes −log p(y) smaller by log d. A sum of squares is no density.
      // What does not count may be anything, such as a number that stands for a missing one: an infinite −log p times 0 is none.
      const counted = mask && target.kind === 'continuous' ? loose.mul(y, mask) : y;
      const each = target.nll(parameters, seenY(counted));
      const inUnits =
        target.scalable && distributionOf(target).density
          ? loose.add(each, log(scaling('y', target.shape).deviation))
          : each;
      // Of the whole example: one number already, of which no element can be left out.
      if (inUnits.shape.length === 0) return inUnits as Tensor<[]>;
      return sum(mask ? loose.mul(inUnits, mask) : inUnits);
    },
  };
}
