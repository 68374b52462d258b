import type * as tfjs from '@tensorflow/tfjs-core';
import { constant } from '../dsl/leaves.ts';
import { apply, describe, isTensor, type Tensor } from '../dsl/tensor.ts';
import { upcoming } from '../dsl/trace.ts';
import { InvalidModel } from '../errors.ts';
import type { Tf } from '../graph/op.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import type { Fits, Wider } from '../shape/broadcast.ts';
import type { Shape } from '../shape/shape.ts';
import { isFloat32, moreThan } from '../values/rules.ts';
import { broadcastOp } from './broadcast.ts';
import { spreadBoth } from '../graph/rows.ts';

/** A tensor, or a number that stands for all its elements. */
type Operand = Tensor | number;

/**
 * Combines two tensors element by element. Both have one shape, or one of them has only the last axes of the other: a
 * number for each channel, a scalar, or a plain number.
 */
export type Binary<Op extends string = string> = <A extends Shape = [], B extends Shape = []>(
  a: Tensor<A> | number,
  b: (Tensor<B> & Fits<A, B, Op>) | number,
) => Tensor<Wider<A, B>>;

/**
 * Checks the operands. @throws InvalidModel for operands that are neither tensors nor numbers, for numbers that float32
 * cannot hold, and unless there are two.
 */
const checkOperands = (name: string, operands: readonly unknown[]): void => {
  const wrong = operands.slice(0, 2).findIndex((x) => !isOperand(x));
  const value = operands.length < 2 ? undefined : operands[wrong];
  if (wrong !== -1 || operands.length < 2)
    throw new InvalidModel(
      `${upcoming(name)}: expected tensors, or numbers that float32 holds, got ${describe(value)}; give two of them`,
    );
  if (operands.length > 2) throw new InvalidModel(`${upcoming(name)}: ${moreThan(2, operands, describe)}`);
  if (name === 'div' && operands[1] === 0)
    throw new InvalidModel(`${upcoming(name)}: expected a divisor other than 0, got 0; divide by another number`);
};

/** Whether a value can be an operand: a tensor, or a number that float32 holds. */
export const isOperand = (x: unknown): x is Operand => isTensor(x) || isFloat32(x);

/** Returns an operand as a tensor. */
export const operand = (x: Operand): Tensor => (isTensor(x) ? x : constant([], x));

const binary = <Name extends string>(
  name: Name,
  run: (tf: Tf, a: tfjs.Tensor, b: tfjs.Tensor) => tfjs.Tensor,
  lower: (onnx: OnnxBuilder, a: Value, b: Value) => Value,
): Binary<Name> => {
  const op = broadcastOp(
    name,
    (tf, [a, b = a]) => run(tf, a, b),
    (onnx, [a, b = a]) => lower(onnx, a, b),
  );
  return (...operands) => {
    checkOperands(name, operands);
    return apply(op, [operand(operands[0]), operand(operands[1])], {});
  };
};

/**
 * A + b, element by element. B may have only the last axes of a, or a of b: a bias for each channel.
 *
 * @example
 * ```ts
 * import { add, constant } from 'cvae-compile';
 *
 * const [a, b] = [constant([28, 28, 8], 1), constant([28, 28, 8], 2)];
 * console.log(add(a, b).shape, add(a, 0.5).shape); // [28, 28, 8] [28, 28, 8]
 * console.log(add(a, constant([8], 1)).shape); // [28, 28, 8]: a number for each channel
 * ```
 */
export const add = binary(
  'add',
  (tf, a, b) => tf.add(a, b),
  (onnx, a, b) => onnx.Add(a, b),
);

/** A − b, element by element; shapes as for `add`. */
export const sub = binary(
  'sub',
  (tf, a, b) => tf.sub(a, b),
  (onnx, a, b) => onnx.Sub(a, b),
);

/**
 * A · b, element by element. B may have only the last axes of a, or a of b, as in a channel's gain (squeeze and excite,
 * FiLM, conditional norms).
 *
 * @example
 * ```ts
 * import { constant, mul } from 'cvae-compile';
 *
 * console.log(mul(constant([20], 1), 0.5).shape); // [20]
 * console.log(mul(constant([28, 28, 8], 1), constant([8], 2)).shape); // [28, 28, 8]: a factor for each channel
 * ```
 */
export const mul = binary(
  'mul',
  (tf, a, b) => tf.mul(a, b),
  (onnx, a, b) => onnx.Mul(a, b),
);

/** A / b, element by element; shapes as for `add`. */
export const div = binary(
  'div',
  (tf, a, b) => tf.div(a, b),
  (onnx, a, b) => onnx.Div(a, b),
);

/** The larger of a and b, element by element; shapes as for `add`. If both are equal, the gradient goes to a. */
export const maximum = binary(
  'maximum',
  (tf, a, b) => tf.maximum(...spreadBoth(tf, a, b)),
  (onnx, a, b) => onnx.Max(a, b),
);

/** The smaller of a and b, element by element; shapes as for `add`. If both are equal, the gradient goes to a. */
export const minimum = binary(
  'minimum',
  (tf, a, b) => tf.minimum(...spreadBoth(tf, a, b)),
  (onnx, a, b) => onnx.Min(a, b),
);
