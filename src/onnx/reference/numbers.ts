import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import { invalid } from '../attributes.ts';
import type { DType } from '../dtype.ts';
import type { OnnxGraph, OnnxNode } from '../graph.ts';
import type { Budget } from './budget.ts';

/** A tensor as the reference computes with it: every element type as float64. */
export interface ReferenceTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** A node that is to be computed, with its inputs. */
export interface Call {
  readonly node: OnnxNode;
  /** The inputs; undefined for one that is left out. */
  readonly inputs: readonly (ReferenceTensor | undefined)[];
  /** What the evaluation may still take. */
  readonly budget: Budget;
  /** Computes a graph that the node holds. */
  readonly run: (graph: OnnxGraph, inputs: readonly ReferenceTensor[]) => readonly ReferenceTensor[];
}

/** How an operator's outputs are computed. */
export type Kernel = (call: Call) => readonly ReferenceTensor[];

/** An input that must be there. */
export const input = ({ node, inputs }: Call, index: number): ReferenceTensor => {
  const value = inputs[index];
  if (!value) throw invalid(node, `an input ${index}`, 'none');
  return value;
};

/** The elements of an input as a list, or undefined where it is left out. */
export const listOf = ({ inputs }: Call, index: number): readonly number[] | undefined => {
  const value = inputs[index];
  return value && Array.from(value.data);
};

/** ReferenceTensor of a type and shape that are all zero, to be filled in. */
export const zeros = (dtype: DType, shape: readonly number[]): ReferenceTensor => ({
  dtype,
  shape,
  data: new Float64Array(size(shape)),
});

/** By how many elements a step along each axis moves, in row-major order. */
export const stridesOf = (shape: readonly number[]): number[] => {
  const strides = Array.from({ length: shape.length }, () => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  return strides;
};

/**
 * For each element of a shape, in row-major order, where an index that moves by these strides stands: what broadcasting,
 * transposing, slicing and the like are made of. A stride of 0 repeats.
 */
export const walk = (shape: readonly number[], strides: readonly number[], start = 0): Int32Array => {
  const places = new Int32Array(size(shape));
  const index = shape.map(() => 0);
  let place = start;
  for (let i = 0; i < places.length; i++) {
    places[i] = place;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0;
      const next = (index[axis] ?? 0) + 1;
      place += stride;
      if (next < (shape[axis] ?? 0)) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
      place -= stride * next;
    }
  }
  return places;
};

/** The shape that shapes broadcast to. */
export const broadcastShape = (node: OnnxNode, shapes: readonly (readonly number[])[]): readonly number[] => {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const lengths = shapes.map((shape) => shape[shape.length - rank + i] ?? 1).filter((length) => length !== 1);
    const [first = 1] = lengths;
    if (lengths.some((length) => length !== first))
      throw invalid(node, 'shapes that broadcast', shapes.map(show).join(' and '));
    return first;
  });
};

/** Where, for each element of `to`, the element of a tensor of shape `from` stands that is broadcast there. */
export const broadcastPlaces = (from: readonly number[], to: readonly number[]): Int32Array => {
  const own = stridesOf(from);
  const strides = to.map((_, axis) => {
    const k = axis - (to.length - from.length);
    return k < 0 || from[k] === 1 ? 0 : (own[k] ?? 0);
  });
  return walk(to, strides);
};

/** The elements at these places, as a tensor of a shape. */
export const take = (source: ReferenceTensor, shape: readonly number[], places: Int32Array): ReferenceTensor => {
  const data = new Float64Array(places.length);
  for (let i = 0; i < data.length; i++) data[i] = source.data[places[i] ?? 0] ?? NaN;
  return { dtype: source.dtype, shape, data };
};

/** The same elements in another shape. */
export const reshaped = (source: ReferenceTensor, shape: readonly number[]): ReferenceTensor => ({ ...source, shape });

/** A shape as three lengths, around one axis: all before it, it, and all after. */
export const around = (shape: readonly number[], axis: number): readonly [number, number, number] => [
  size(shape.slice(0, axis)),
  shape[axis] ?? 1,
  size(shape.slice(axis + 1)),
];
