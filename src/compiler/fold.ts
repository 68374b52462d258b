import { evaluate } from '../onnx/evaluate.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from '../onnx/graph.ts';
import { infer } from '../onnx/infer.ts';
import { OPSET } from '../onnx/schema.ts';
import { numbersOf, tensorOf } from '../onnx/tensor.ts';
import { made, tensor } from './origin.ts';
import { rolled } from './runs.ts';
import type { View } from './workspace.ts';

/** Returns a node with placeholder names for its input and output. */
const nodeOf = (op: string, attributes: OnnxNode['attributes']): OnnxNode => ({
  name: op,
  op,
  inputs: ['x'],
  outputs: ['y'],
  attributes,
});

/**
 * Returns the outputs of nodes whose inputs are all constants: computed in float64, then rounded once to the output's
 * type.
 */
export const computed = (
  nodes: readonly OnnxNode[],
  constants: ReadonlyMap<string, OnnxTensor>,
  outputs: OnnxGraph['outputs'],
  opset: number,
): readonly OnnxTensor[] => {
  const results = evaluate({ name: 'constants', inputs: [], outputs, nodes, initializers: constants }, {}, { opset });
  return outputs.map(({ name, dtype }) => {
    const result = results[name];
    if (!result) throw new Error(`${name} was not computed`);
    return tensorOf(dtype, result.shape, numbersOf(result));
  });
};

/** Returns one output of nodes whose inputs are all constants. */
export const computedValue = (
  nodes: readonly OnnxNode[],
  constants: ReadonlyMap<string, OnnxTensor>,
  name: string,
  opset: number,
): OnnxTensor | undefined => {
  const type = infer({ name: 'constants', inputs: [], outputs: [], nodes, initializers: constants }, opset).get(name);
  return type && computed(nodes, constants, [{ name, ...type }], opset)[0];
};

const one = (node: OnnxNode, x: OnnxTensor): OnnxTensor => computedValue([node], new Map([['x', x]]), 'y', OPSET) ?? x;

/** Returns a tensor with its axes in another order: axis i of the result is axis perm[i] of x. */
export const transposed = (x: OnnxTensor, perm: readonly number[]): OnnxTensor =>
  x.dtype === 'float32' ? made({ op: 'transpose', of: tensor(x), perm }) : one(nodeOf('Transpose', { perm }), x);

/** Returns a tensor's elements at these places of an axis, in this order. */
export const gathered = (x: OnnxTensor, axis: number, places: readonly number[]): OnnxTensor => {
  if (x.dtype === 'float32') return made({ op: 'gather', of: tensor(x), axis, places: rolled(places) });
  const node = { ...nodeOf('Gather', { axis }), inputs: ['x', 'places'] };
  const constants = new Map([
    ['x', x],
    ['places', tensorOf('int64', [places.length], places)],
  ]);
  return computedValue([node], constants, 'y', OPSET) ?? x;
};

/** Returns a tensor's elements in another shape. */
export const reshaped = (x: OnnxTensor, shape: readonly number[]): OnnxTensor =>
  x.dtype === 'float32' ? made({ op: 'reshape', of: tensor(x), shape }) : { ...x, shape };

/** Returns the value that all elements have, or undefined if they differ. */
export const uniform = (x: OnnxTensor): number | undefined => {
  const { data } = x;
  for (let i = 1; i < data.length; i++) if (data[i] !== data[0]) return undefined;
  return numbersOf(x)[0];
};

/** Returns the elements of a constant as whole numbers, or undefined if the value is not a constant. */
export const integers = (view: View, value: string | undefined): readonly number[] | undefined => {
  const x = value ? view.constant(value) : undefined;
  return x && Array.from(numbersOf(x));
};
