import { hasMask } from '../values/mask-name.ts';
import { own } from '../values/own.ts';
import { distributionOf } from '../distributions/data/table.ts';
import { constant } from '../dsl/leaves.ts';
import type { Tensors } from '../dsl/network.ts';
import { scaling } from '../dsl/scaling.ts';
import { type Decoded, type Parameters, type Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Variable } from '../dsl/variables.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import { log } from './activations.ts';
import { add, maximum, mul, sub } from './arithmetic.ts';
import { abs, sign } from './elementary.ts';
import { matMul } from './mat-mul.ts';
import { sum } from './reduce.ts';
import { reshape } from './reshape.ts';
import { inUnits } from './units.ts';

/** Standardises a variable of this name. */
export type Inward = (name: string, variable: Variable, x: Tensor) => Tensor;

/** A target in the data's own units. */
export interface TargetWiring {
  /** Returns one of several targets, as networks see it; a single one is `y`. */
  seenOf(name: string, y: Tensor): Tensor;
  /**
   * Returns what a recognition network is given: `y` and `mask`, or each of several targets, and its mask, by name. What is known of
   * targets does not count in a mask, though it is there: `known` has 1 for it, by the names of the targets.
   */
  seen(y: Tensor, mask?: Tensor, known?: Tensors): Tensors;
  /** Returns what files return, in the data's units; for several targets also each output under the name it has in files. */
  mean(parameters: Parameters): Decoded;
  /** The shapes of the noise that a draw takes, by the names of its inputs; none if layers do not draw y. */
  readonly noises: Readonly<Record<string, Shape>>;
  /**
   * Returns a draw of `y` from this noise; of several targets each under its name: a draw of those that layers draw, of the others what
   * `mean` returns.
   */
  drawn(parameters: Parameters, noise: Tensors): Tensors;
  /** Returns the loss of predictions at other scales, in nats: one number for each example; undefined without them. */
  auxiliary(parameters: Parameters, y: Tensor): Tensor<[]> | undefined;
  /** Returns −log p of each of several targets by its name; undefined for a single one. */
  apart(parameters: Parameters, y: Tensor, mask?: Tensor): Readonly<Record<string, Tensor<[]>>> | undefined;
  /** Returns −log p(y|parameters) in nats: one number for each example. */
  nll(parameters: Parameters, y: Tensor, mask?: Tensor): Tensor<[]>;
}

/** The same of a single target, or of one among several. */
export interface OneWiring extends TargetWiring {
  seen(y: Tensor, mask?: Tensor, known?: Tensors): { readonly y: Tensor; readonly mask?: Tensor };
}

/** Connects a target to its data: `name` is that of its standardisation. */
export const wireTarget = (name: string, declared: Target, inward: Inward): OneWiring => {
  const target = declared.under?.(name) ?? declared;
  const seenY = (y: Tensor): Tensor => (target.scalable ? inward(name, target, y) : y);
  const seenAs = (y: Tensor): Tensor => target.seen?.(y) ?? seenY(y);
  return {
    seenOf: (_, y) => seenAs(y),
    seen: (y, mask, known = {}) => {
      const seen = seenAs(y);
      const given = mask && isStandardised(target) ? givenOf(y, mask, own(known, name)) : undefined;
      const { shape, dataShape, seenShape = shape } = target;
      return {
        y: given ? mul(seen, seenMask({ shape: seenShape, dataShape }, given)) : seen,
        ...(hasMask(target) && { mask: seenMask(target, mask) }),
      };
    },
    mean: (parameters) => {
      const decoded = target.mean(parameters);
      if (!target.scalable) return decoded;
      return inUnits(target, decoded, scaling(name, target.shape));
    },
    noises: Object.fromEntries((target.draws?.noises ?? []).map((kind) => [kind, target.shape])),
    drawn: (parameters, { uniform, normal }) =>
      target.draws
        ? { y: target.draws.value(parameters, { ...(uniform && { uniform }), ...(normal && { normal }) }) }
        : {},
    apart: () => undefined,
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
      const units = isDensity ? log(scaling(name, target.shape).deviation) : undefined;
      // For several elements together: what the mask leaves out is left out already, and their units are added up.
      if (each.shape.length < target.dataShape.length)
        return units ? add(sum(each), sum(mask ? mul(mask, units) : units)) : sum(each);
      const inUnitsOfY = units ? add(each, units) : each;
      const counts = mask ? mul(inUnitsOfY, mask) : inUnitsOfY;
      // Of a single class: already one number.
      return counts.shape.length === 0 ? (counts as Tensor<[]>) : sum(counts);
    },
  };
};

/**
 * Whether networks see a target's numbers standardised, as those of a hurdle may be. The 0 that is in place of a missing number would
 * then be as far from all others as their mean is from 0, hundreds of deviations for years.
 */
export const isStandardised = ({ scalable, of }: Pick<Target, 'scalable' | 'of'>): boolean =>
  scalable || of?.scalable === true;

/** Returns 1 for what there is of y: what counts, what is known, and what does not count but is given, which is not 0. */
const givenOf = (y: Tensor, mask: Tensor, known?: Tensor): Tensor => {
  const counted = maximum(mask, abs(sign(y)));
  return known ? maximum(counted, known) : counted;
};

/** Returns a mask in the shape in which networks see y or a condition: a class, or a number and its masses, counts with all its elements. */
export const seenMask = ({ shape, dataShape }: Pick<Variable, 'shape' | 'dataShape'>, mask?: Tensor): Tensor => {
  if (!mask) return constant(shape, 1);
  if (same(shape, dataShape)) return mask;
  const all: Tensor = constant([1, size(shape) / size(dataShape)], 1);
  return matMul<Shape, Shape>(reshape(size(dataShape), 1)<Shape>(mask), all).pipe(reshape(...shape));
};
