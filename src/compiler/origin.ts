import { derive, type Block, type Derivation, type Leaf } from '../exchange.ts';
import type { OnnxTensor } from '../onnx/graph.ts';
import { numbersOf } from '../onnx/tensor.ts';

/** A constant that others are made of. */
export interface TensorLeaf {
  readonly op: 'tensor';
  readonly tensor: OnnxTensor;
}

/** How a constant is made of others. */
export type Made = Derivation<TensorLeaf>;

/**
 * How constants that depend on parameters do so. Passes hand tensors on as they are or make new ones, always by `made`, so that
 * what a file holds is known in terms of parameters however it came about.
 */
const origins = new WeakMap<OnnxTensor, Derivation>();

/** A tensor as a leaf of an expression. */
export const tensor = (value: OnnxTensor): TensorLeaf => ({ op: 'tensor', tensor: value });

/** Marks a tensor as the value of a parameter, for which others may be put. */
export const parameterTensor = <T extends OnnxTensor>(name: string, value: T): T => {
  origins.set(value, { op: 'parameter', name, shape: value.shape });
  return value;
};

/** How a constant follows from parameters; undefined where it does not depend on any. */
export const originOf = (value: OnnxTensor): Derivation | undefined => origins.get(value);

/** The tensor that an expression of others stands for, rounded to float32. */
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

/** The expression in terms of parameters; undefined where none is in it. */
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
  // JSON has no −0.
  values: Array.from(numbersOf(value), (x) => x + 0),
  shape: value.shape,
});
