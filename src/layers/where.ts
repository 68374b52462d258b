import { apply, describe, isTensor, type Tensor } from '../dsl/tensor.ts';
import { upcoming } from '../dsl/trace.ts';
import { InvalidModel } from '../errors.ts';
import type { Fits, Wider } from '../shape/broadcast.ts';
import type { Shape } from '../shape/shape.ts';
import { moreThan } from '../values/rules.ts';
import { isOperand, operand } from './arithmetic.ts';
import { broadcastOp } from './broadcast.ts';

const op = broadcastOp(
  'where',
  (tf, [condition, a = condition, b = a]) => {
    // TensorFlow.js has no gradient of comparisons, not even the one that is 0 everywhere.
    const isNot0 = tf.customGrad((c) => ({
      value: tf.notEqual(c as typeof condition, 0),
      gradFunc: () => tf.zeros(condition.shape),
    }));
    return tf.where(isNot0(condition), a, b);
  },
  (onnx, [condition, a = condition, b = a]) => onnx.Where(onnx.Not(onnx.Equal(condition, 0)), a, b),
);

/**
 * A where the condition is not 0, otherwise b, element by element. Unlike a sum of products with a mask, it is not
 * spoilt by an infinite number in what it leaves out; a gradient through such a number is NaN, as in PyTorch, unless it
 * is limited before, as by `maximum`. No gradient flows to the condition. Shapes as for `add`.
 *
 * @throws InvalidModel for a condition that is not a tensor, and for choices that are neither tensors nor numbers.
 *
 * @example
 * ```ts
 * import { constant, where } from 'cvae-compile';
 *
 * const [mask, x] = [constant([24], 1), constant([24], 3)];
 * console.log(where(mask, x, 0).shape); // [24]
 * ```
 */
export function where<C extends Shape, A extends Shape = [], B extends Shape = []>(
  condition: Tensor<C>,
  a: (Tensor<A> & Fits<C, A, 'where'>) | number,
  b: (Tensor<B> & Fits<Wider<C, A>, B, 'where'>) | number,
): Tensor<Wider<Wider<C, A>, B>> {
  checkChoice([...arguments]);
  return apply(op, [condition, operand(a), operand(b)], {});
}

const checkChoice = (args: readonly unknown[]): void => {
  const [condition, ...choices] = args;
  const refuse = (sentence: string): never => {
    throw new InvalidModel(`${upcoming('where')}: ${sentence}`);
  };
  if (!isTensor(condition))
    refuse(`expected a tensor as condition, got ${describe(condition)}; pass a tensor, such as dense(10)(x)`);
  const wrong = [0, 1].find((i) => !isOperand(choices[i]));
  if (wrong !== undefined)
    refuse(
      `expected tensors, or numbers that float32 holds, got ${describe(choices[wrong])}; give two of them after the condition`,
    );
  if (args.length > 3) refuse(moreThan(3, args, describe));
};
