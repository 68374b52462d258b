import { derive, type Block, type Derivation, type Leaf } from '../exchange.ts';
import type { OnnxTensor } from '../onnx/graph.ts';
import { numbersOf } from '../onnx/tensor.ts';

/** A constant from which others are derived. */
export interface TensorLeaf {
  readonly op: 'tensor';
  readonly tensor: OnnxTensor;
}

/** How a constant is derived from others. */
export type Made = Derivation<TensorLeaf>;

/**
 * How constants depend on parameters. Passes keep tensors unchanged or create new ones, always with `made`, so that
 * every constant of a file can be expressed in terms of parameters, however it was created.
 */
const origins = new WeakMap<OnnxTensor, Derivation>();

/** Returns a tensor as a leaf of an expression. */
export const tensor = (value: OnnxTensor): TensorLeaf => ({ op: 'tensor', tensor: value });

/** Marks a tensor as the value of a parameter, which may be replaced later. */
export const parameterTensor = <T extends OnnxTensor>(name: string, value: T): T => {
  origins.set(value, { op: 'parameter', name, shape: value.shape });
  return value;
};

/** Returns how a constant is derived from parameters; undefined if it does not depend on any. */
export const originOf = (value: OnnxTensor): Derivation | undefined => origins.get(value);

/** Returns the tensor that an expression evaluates to, rounded to float32. */
export const made = (how: Made): OnnxTensor<'float32'> => {
  const { shape, data } = derive(how, blockOf);
  const value = {
    dtype: 'float32',
    shape,
    data: data instanceof Float32Array ? data : Float32Array.from(data),
  } as const;
  const origin = substituted(how);
  if (origin) origins.set(value, data instanceof Float32Array ? origin : { op: 'round', of: origin });
  return value;
};

const blockOf = ({ tensor: value }: TensorLeaf): Block => ({
  shape: value.shape,
  data: value.dtype === 'float32' ? value.data : numbersOf(value),
});

/** Returns the expression in terms of parameters; undefined if it contains none. */
const substituted = (how: Made): Derivation | undefined => {
  let depends = false;
  const inner = (node: Made): Derivation => {
    if (node.op === 'tensor') {
      const origin = origins.get(node.tensor);
      if (origin) depends = true;
      return origin ?? constantOf(node.tensor);
    }
    const { of, ...rest } = node;
    return 'by' in rest ? { ...rest, of: inner(of), by: inner(rest.by) } : { ...rest, of: inner(of) };
  };
  const whole = inner(how);
  return depends ? whole : undefined;
};

const constantOf = (value: OnnxTensor): Leaf => ({
  op: 'constant',
  // JSON cannot represent −0.
  values: Array.from(numbersOf(value), (x) => x + 0),
  shape: value.shape,
});
