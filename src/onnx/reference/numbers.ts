import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import { invalid } from '../attributes.ts';
import type { DType } from '../dtype.ts';
import type { OnnxGraph, OnnxNode } from '../graph.ts';
import type { Budget } from './budget.ts';

/** A tensor on which the reference computes: every element type as float64. */
export interface ReferenceTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** A node to compute, with its inputs. */
export interface Call {
  readonly node: OnnxNode;
  /** The inputs; undefined for an omitted one. */
  readonly inputs: readonly (ReferenceTensor | undefined)[];
  /** The remaining resources of the evaluation. */
  readonly budget: Budget;
  /** Computes a graph inside the node. */
  readonly run: (graph: OnnxGraph, inputs: readonly ReferenceTensor[]) => readonly ReferenceTensor[];
}

/** Computes an operator's outputs. */
export type Kernel = (call: Call) => readonly ReferenceTensor[];

/** Returns an input that must exist. */
export const input = ({ node, inputs }: Call, index: number): ReferenceTensor => {
  const value = inputs[index];
  if (!value) throw invalid(node, `an input ${index}`, 'none');
  return value;
};

/** Returns the elements of an input as a list, or undefined if it is omitted. */
export const elementsOf = ({ inputs }: Call, index: number): readonly number[] | undefined => {
  const value = inputs[index];
  return value && Array.from(value.data);
};

/** Returns a tensor of zeros of a type and shape, to be filled. */
export const zeros = (dtype: DType, shape: readonly number[]): ReferenceTensor => ({
  dtype,
  shape,
  data: new Float64Array(size(shape)),
});

/** Returns the number of elements that a step along each axis skips, in row-major order. */
export const stridesOf = (shape: readonly number[]): number[] => {
  const strides = Array.from({ length: shape.length }, () => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  return strides;
};

/**
 * Returns, for each element of a shape in row-major order, the position of an index that moves by these strides.
 * Broadcasting, transposing, slicing and the like are built from it. A stride of 0 repeats.
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

/** Returns the shape to which shapes broadcast. */
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

/**
 * Returns, for each element of `to`, the position of the element that is broadcast there from a tensor of shape `from`.
 */
export const broadcastPlaces = (from: readonly number[], to: readonly number[]): Int32Array => {
  const own = stridesOf(from);
  const strides = to.map((_, axis) => {
    const k = axis - (to.length - from.length);
    return k < 0 || from[k] === 1 ? 0 : (own[k] ?? 0);
  });
  return walk(to, strides);
};

/** Returns the elements at these places, as a tensor of a shape. */
export const take = (source: ReferenceTensor, shape: readonly number[], places: Int32Array): ReferenceTensor => {
  const data = new Float64Array(places.length);
  for (let i = 0; i < data.length; i++) data[i] = source.data[places[i] ?? 0] ?? NaN;
  return { dtype: source.dtype, shape, data };
};

/** Returns the same elements in another shape. */
export const reshaped = (source: ReferenceTensor, shape: readonly number[]): ReferenceTensor => ({ ...source, shape });

/**
 * Returns a shape as three lengths around one axis: the product of those before it, its own, and the product of those
 * after.
 */
export const around = (shape: readonly number[], axis: number): readonly [number, number, number] => [
  size(shape.slice(0, axis)),
  shape[axis] ?? 1,
  size(shape.slice(axis + 1)),
];
