import { plain, taking } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';
import { callable, nameRule } from '../values/rules.ts';

/** A layer that keeps the shape of its input. */
export type Elementwise = <S extends Shape>(x: Tensor<S>) => Tensor<S>;

/**
 * Creates a layer that maps each element independently, from its computation in TensorFlow.js and its ONNX.
 *
 * A model may contain only one op of each name: layers created in a loop or by a helper, each with a different
 * constant, need different names (`times2`, `times3`).
 *
 * @example
 * ```ts
 * import { constant, elementwise } from 'cvae-compile';
 *
 * const hardTanh = elementwise(
 *   'hardTanh',
 *   (tf, [x]) => tf.clipByValue(x, -1, 1),
 *   (onnx, [x]) => onnx.Clip(x, -1, 1),
 * );
 * console.log(hardTanh(constant([3], 0)).shape); // [3]
 * ```
 */
export const elementwise = taking(
  'elementwise',
  {
    args: [
      nameRule(true, 'name the op'),
      callable('a function of TensorFlow.js', 'compute it there: (tf, [x]) => tf.clipByValue(x, -1, 1)'),
      callable('a function of the ONNX builder', 'write it there: (onnx, [x]) => onnx.Clip(x, -1, 1)'),
    ],
  },
  (name: string, run: Op['run'], lower: Op['lower']): Elementwise => layerOf({ name, shape: ([x]) => x, run, lower }),
);

/** Like `elementwise`, for the layers of this package. */
export const libraryElementwise = (name: string, run: Op['run'], lower: Op['lower']): Elementwise =>
  layerOf(libraryOp({ name, shape: ([x]) => x, run, lower }));

const layerOf = (op: Op): Elementwise => plain(op.name, (x) => apply(op, [x], {}));
