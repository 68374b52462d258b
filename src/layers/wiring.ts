import type { Gaussian } from '../dsl/gaussian.ts';
import type { Model } from '../dsl/model.ts';
import { call, OUTPUT, type Tensors } from '../dsl/network.ts';
import { distributionOf } from '../distributions/data/table.ts';
import { scaling } from '../dsl/scaling.ts';
import { hasMask, type Decoded, type Parameters, type Target } from '../dsl/target.ts';
import { constant } from '../dsl/leaves.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Variable } from '../dsl/variables.ts';
import type { Body, Node } from '../graph/node.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { log } from './activations.ts';
import { add, div, mul, sub } from './arithmetic.ts';
import { matMul } from './mat-mul.ts';
import { sum } from './reduce.ts';
import { reshape } from './reshape.ts';
import { size } from '../shape/size.ts';
import { inUnits } from './units.ts';

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
  /** Returns −log p(y|parameters) in nats, summed over the elements that `mask` counts: one number for each example. */
  nll(parameters: Parameters, y: Tensor, mask?: Tensor): Tensor<[]>;
}

/** Returns the shape of each condition, by name. */
export const conditionShapes = (model: Model): Record<string, Shape> =>
  Object.fromEntries(Object.entries(model.condition).map(([name, { shape }]) => [name, shape]));

/** Returns the shapes of a batch's tensors by name: the target, its mask if it has one, and the conditions. */
export const batchShapes = (model: Model): Record<string, Shape> => ({
  y: model.target.shape,
  ...(hasMask(model.target) && { mask: model.target.dataShape }),
  ...conditionShapes(model),
});

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
    recognition: (x, y, mask) =>
      networks.recognition &&
      gaussianOf(networks.recognition, { y: seenY(y), mask: seenMask(target, mask), ...seen(x) }),
    decoder: (x, z) => parametersOf(generator, z ? { z, ...seen(x) } : seen(x)),
    mean: (parameters) => {
      const decoded = target.mean(parameters);
      if (!target.scalable) return decoded;
      return inUnits(target, decoded, scaling('y', target.shape));
    },
    auxiliary: (parameters, y) => target.auxiliary?.(parameters, y),
    nll: (parameters, y, mask) => {
      // Densities are per unit of y: standardising by d reduces −log p(y) by log d. A sum of squares is not a density.
      // Elements that do not count may hold any number, such as a placeholder for a missing value: an infinite −log p
      // times 0 would be NaN.
      const { placeholder } = target;
      const kept = mask && target.kind === 'continuous' ? mul(y, mask) : y;
      const counted = mask && placeholder !== undefined ? add(kept, mul(sub(1, mask), placeholder)) : kept;
      const each = target.nll(parameters, seenY(counted), mask);
      const isDensity = target.scalable && distributionOf(target).density;
      const units = isDensity ? log(scaling('y', target.shape).deviation) : undefined;
      // For several elements together: what the mask leaves out is left out already, and their units are added up.
      if (each.shape.length < target.dataShape.length)
        return units ? add(sum(each), sum(mask ? mul(mask, units) : units)) : sum(each);
      const own = units ? add(each, units) : each;
      // Of a single class: already one number, from which no element can be left out.
      if (own.shape.length === 0) return own as Tensor<[]>;
      return sum(mask ? mul(own, mask) : own);
    },
  };
}

/** Returns a mask in the shape of y: a class counts or does not with all its one-hot elements. */
const seenMask = ({ shape, dataShape }: Target, mask?: Tensor): Tensor => {
  if (!mask) return constant(shape, 1);
  if (same(shape, dataShape)) return mask;
  const all: Tensor = constant([1, shape.at(-1) ?? 1], 1);
  return matMul<Shape, Shape>(reshape(size(dataShape), 1)<Shape>(mask), all).pipe(reshape(...shape));
};
