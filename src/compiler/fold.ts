import { evaluate } from '../onnx/evaluate.ts';
import { sizeOf, type OnnxGraph, type OnnxNode, type OnnxTensor } from '../onnx/graph.ts';
import { numbersOf, tensorOf } from '../onnx/tensor.ts';
import type { View } from './workspace.ts';

/** A node before it has names for what it takes and gives. */
const nodeOf = (op: string, attributes: OnnxNode['attributes']): OnnxNode => ({
  name: op,
  op,
  inputs: ['x'],
  outputs: ['y'],
  attributes,
});

/** What nodes give that take only constants: in float64, and then rounded once to the type that they would give. */
export const computed = (
  nodes: readonly OnnxNode[],
  constants: ReadonlyMap<string, OnnxTensor>,
  outputs: OnnxGraph['outputs'],
): readonly OnnxTensor[] => {
  const results = evaluate({ name: 'constants', inputs: [], outputs, nodes, initializers: constants }, {});
  return outputs.map(({ name, dtype }) => {
    const result = results[name];
    if (!result) throw new Error(`${name} was not computed`);
    return tensorOf(dtype, result.shape, numbersOf(result));
  });
};

const one = (node: OnnxNode, x: OnnxTensor): OnnxTensor => {
  const [result] = computed([node], new Map([['x', x]]), [{ name: 'y', dtype: x.dtype, shape: [] }]);
  return result ?? x;
};

/** A tensor with its axes in another order: axis i of the result is axis perm[i] of x. */
export const transposed = (x: OnnxTensor, perm: readonly number[]): OnnxTensor => one(nodeOf('Transpose', { perm }), x);

/** What a tensor has at these places of an axis, in this order. */
export const gathered = (x: OnnxTensor, axis: number, places: readonly number[]): OnnxTensor => {
  // Weights may be large: in float64 they would take three times as much room, and as long.
  if (x.dtype === 'float32') return gatheredFloats(x, axis, places);
  const node = { ...nodeOf('Gather', { axis }), inputs: ['x', 'places'] };
  const constants = new Map([
    ['x', x],
    ['places', tensorOf('int64', [places.length], places)],
  ]);
  const [result] = computed([node], constants, [{ name: 'y', dtype: x.dtype, shape: [] }]);
  return result ?? x;
};

const gatheredFloats = (x: OnnxTensor<'float32'>, axis: number, places: readonly number[]): OnnxTensor<'float32'> => {
  const shape = x.shape.map((length, i) => (i === axis ? places.length : length));
  const [before, after] = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis + 1))];
  const length = x.shape[axis] ?? 1;
  const data = new Float32Array(sizeOf(shape));
  for (let row = 0; row < before; row++)
    for (const [i, place] of places.entries()) {
      const [from, to] = [(row * length + place) * after, (row * places.length + i) * after];
      if (after === 1) data[to] = x.data[from] ?? NaN;
      else data.set(x.data.subarray(from, from + after), to);
    }
  return { dtype: 'float32', shape, data };
};

/** A tensor's elements in another shape. */
export const reshaped = <T extends OnnxTensor>(x: T, shape: readonly number[]): T => ({ ...x, shape });

/** A float32 tensor. */
export const floats = (shape: readonly number[], numbers: ArrayLike<number>): OnnxTensor =>
  tensorOf('float32', shape, numbers);

/** The value that all elements have, or undefined where they differ. */
export const uniform = (x: OnnxTensor): number | undefined => {
  const { data } = x;
  for (let i = 1; i < data.length; i++) if (data[i] !== data[0]) return undefined;
  return numbersOf(x)[0];
};

/** The elements of a constant as whole numbers, or undefined where the value is no constant. */
export const integers = (view: View, value: string | undefined): readonly number[] | undefined => {
  const x = value ? view.constant(value) : undefined;
  return x && Array.from(numbersOf(x));
};
