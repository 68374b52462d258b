import type * as tfjs from '@tensorflow/tfjs-core';
import { apply, constant, isTensor, type Tensor } from '../dsl/tensor.ts';
import { ShapeMismatch } from '../errors.ts';
import type { Op, Site, Tf } from '../graph/op.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import { same, show, type Shape } from '../shape/shape.ts';

/** A tensor, or a number for all its elements. */
type Operand = Tensor | number;

/**
 * Shapes must be equal, or one be a scalar's. Inside the library a parameter may also have the last axes of the other only
 * (a scale for each channel); the layers' types do not allow it, since they would then also allow accidents.
 */
const broadcast = (a: Shape, b: Shape): Shape => {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (!same(short, long.slice(long.length - short.length)))
    throw new ShapeMismatch(
      `expected two tensors of one shape, got ${show(a)} and ${show(b)}; reshape or resize one of them`,
    );
  return long;
};

/** Which operand is one number for each example and meets elements of each example: it needs axes of length 1. */
const needsAxes = ({ shapes, leads, shape }: Site, at: 0 | 1): boolean =>
  (leads[at] ?? 0) > 0 && (shapes[at]?.length ?? 0) < shape.length;

const axes = ({ shape }: Site): number[] => [-1, ...shape.map(() => 1)];

function binary(
  name: string,
  run: (tf: Tf, a: tfjs.Tensor, b: tfjs.Tensor) => tfjs.Tensor,
  lower: (onnx: OnnxBuilder, a: Value, b: Value) => Value,
): (a: Operand, b: Operand) => Tensor {
  const op: Op = {
    name,
    shape: ([a, b = []]) => broadcast(a, b),
    run: (tf, [a, b = a], _, __, site) => {
      const fit = (x: tfjs.Tensor, at: 0 | 1) => (needsAxes(site, at) ? tf.reshape(x, axes(site)) : x);
      return run(tf, fit(a, 0), fit(b, 1));
    },
    lower: (onnx, [a, b = a], _, __, site) => {
      const fit = (x: Value, at: 0 | 1) => (needsAxes(site, at) ? onnx.Reshape(x, axes(site)) : x);
      return lower(onnx, fit(a, 0), fit(b, 1));
    },
  };
  const tensor = (x: Operand) => (isTensor(x) ? x : constant([], x));
  return (a, b) => apply(op, [tensor(a), tensor(b)], {});
}

/** Both operands of one shape, or a number for one; the second may be a scalar tensor too. */
export type Binary = <S extends Shape>(a: Tensor<S> | number, b: Tensor<S | []> | number) => Tensor<S>;

const typed = (f: (a: Operand, b: Operand) => Tensor): Binary =>
  // `broadcast` has checked that the result has the shape of the operand that is no scalar, which is S.
  f as Binary;

/** As `add`, `sub`, `mul` and `div`, where the second operand may be a parameter of the last axes: inside the library only. */
export const loose = {
  add: binary(
    'add',
    (tf, a, b) => tf.add(a, b),
    (onnx, a, b) => onnx.Add(a, b),
  ),
  sub: binary(
    'sub',
    (tf, a, b) => tf.sub(a, b),
    (onnx, a, b) => onnx.Sub(a, b),
  ),
  mul: binary(
    'mul',
    (tf, a, b) => tf.mul(a, b),
    (onnx, a, b) => onnx.Mul(a, b),
  ),
  div: binary(
    'div',
    (tf, a, b) => tf.div(a, b),
    (onnx, a, b) => onnx.Div(a, b),
  ),
};

/** a + b, element by element */
export const add = typed(loose.add);

/** a − b, element by element */
export const sub = typed(loose.sub);

/** a · b, element by element */
export const mul = typed(loose.mul);

/** a / b, element by element */
export const div = typed(loose.div);
