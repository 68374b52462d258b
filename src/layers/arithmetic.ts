import type * as tfjs from '@tensorflow/tfjs-core';
import { constant } from '../dsl/leaves.ts';
import { apply, describe, isTensor, named, type Tensor } from '../dsl/tensor.ts';
import { upcoming } from '../dsl/trace.ts';
import { InvalidModel, ShapeMismatch } from '../errors.ts';
import { libraryOp, type Op, type OpContext, type Tf } from '../graph/op.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { isFloat32, moreThan } from '../values/rules.ts';

/** A tensor, or a number that stands for all its elements. */
type Operand = Tensor | number;

/**
 * Returns the shape to which two shapes broadcast; one must consist of the other's last axes: a scalar, or a number for
 * each channel.
 */
const broadcast = (a: Shape, b: Shape): Shape => {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (!same(short, long.slice(long.length - short.length))) throw unlike(a, b);
  return long;
};

const unlike = (a: Shape, b: Shape): ShapeMismatch =>
  new ShapeMismatch(`expected two tensors of one shape, got ${show(a)} and ${show(b)}; reshape or resize one of them`);

/**
 * Returns the shape to give to an operand that has a batch axis and fewer axes than the result: axes of length 1 are
 * inserted after the batch axis.
 */
const spread = ({ shapes, leads, shape }: OpContext, at: 0 | 1): number[] | undefined => {
  const own = shapes[at] ?? [];
  if ((leads[at] ?? 0) === 0 || own.length === shape.length) return undefined;
  return [-1, ...Array.from({ length: shape.length - own.length }, () => 1), ...own];
};

function binary(
  name: string,
  run: (tf: Tf, a: tfjs.Tensor, b: tfjs.Tensor) => tfjs.Tensor,
  lower: (onnx: OnnxBuilder, a: Value, b: Value) => Value,
): (a: Operand, b: Operand) => Tensor {
  const op: Op = libraryOp({
    name,
    shape: ([a, b = []]) => broadcast(a, b),
    run: (tf, [a, b = a], _, __, site) => {
      const fit = (x: tfjs.Tensor, at: 0 | 1) => {
        const axes = spread(site, at);
        return axes ? tf.reshape(x, axes) : x;
      };
      return run(tf, fit(a, 0), fit(b, 1));
    },
    lower: (onnx, [a, b = a], _, __, site) => {
      const fit = (x: Value, at: 0 | 1) => {
        const axes = spread(site, at);
        return axes ? onnx.Reshape(x, axes) : x;
      };
      return lower(onnx, fit(a, 0), fit(b, 1));
    },
  });
  const tensor = (x: Operand) => (isTensor(x) ? x : constant([], x));
  return (a, b) => apply(op, [tensor(a), tensor(b)], {});
}

/** Both operands have one shape, or one of them is a number; the second may also be a scalar tensor. */
export type Binary = <S extends Shape>(a: Tensor<S> | number, b: Tensor<S | []> | number) => Tensor<S>;

/**
 * Checks the operands. @throws InvalidModel for operands that are neither tensors nor numbers, for numbers that float32
 * cannot hold, and unless there are two.
 */
const checkOperands = (name: string, operands: readonly unknown[]): void => {
  const wrong = operands.slice(0, 2).findIndex((x) => !isTensor(x) && !isFloat32(x));
  const value = operands.length < 2 ? undefined : operands[wrong];
  if (wrong !== -1 || operands.length < 2)
    throw new InvalidModel(
      `${upcoming(name)}: expected tensors, or numbers that float32 holds, got ${describe(value)}; give two of them`,
    );
  if (operands.length > 2) throw new InvalidModel(`${upcoming(name)}: ${moreThan(2, operands, describe)}`);
  if (name === 'div' && operands[1] === 0)
    throw new InvalidModel(`${upcoming(name)}: expected a divisor other than 0, got 0; divide by another number`);
};

/**
 * Restricts broadcasting. The library itself broadcasts parameters over channels with `loose`. Layers do not, since
 * that would hide mistakes: shapes must be equal, or one must be a scalar.
 */
const strict = (name: string, f: (a: Operand, b: Operand) => Tensor): Binary => {
  const checked = (...operands: [Operand, Operand]): Tensor => {
    const [a, b] = operands;
    checkOperands(name, operands);
    if (isTensor(a) && isTensor(b) && a.shape.length > 0 && b.shape.length > 0 && !same(a.shape, b.shape))
      named(upcoming(name), () => {
        throw unlike(a.shape, b.shape);
      });
    return f(a, b);
  };
  // The result has the shape of the operand that is not a scalar, which is S.
  return checked as Binary;
};

/**
 * Like `add`, `sub`, `mul` and `div`, but the second operand may be a parameter over the last axes. For use inside the
 * library only.
 */
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

/**
 * a + b, element by element.
 *
 * @example
 * ```ts
 * import { add, constant } from 'cvae-compile';
 *
 * const [a, b] = [constant([28, 28, 1], 1), constant([28, 28, 1], 2)];
 * console.log(add(a, b).shape, add(a, 0.5).shape); // [28, 28, 1] [28, 28, 1]
 * ```
 */
export const add = strict('add', loose.add);

/** a − b, element by element. */
export const sub = strict('sub', loose.sub);

/**
 * a · b, element by element.
 *
 * @example
 * ```ts
 * import { constant, mul } from 'cvae-compile';
 *
 * console.log(mul(constant([20], 1), 0.5).shape); // [20]
 * ```
 */
export const mul = strict('mul', loose.mul);

/** a / b, element by element. */
export const div = strict('div', loose.div);
