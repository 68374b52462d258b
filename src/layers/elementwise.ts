import { apply, type Tensor } from '../dsl/tensor.ts';
import type { Op } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';

/** A layer that keeps the shape of what it is given. */
export type Elementwise = <S extends Shape>(x: Tensor<S>) => Tensor<S>;

/**
 * A layer that maps each element by itself, from how TensorFlow.js computes it and how ONNX writes it:
 *
 *     const hardTanh = elementwise('hardTanh', (tf, [x]) => tf.clipByValue(x, -1, 1), (onnx, [x]) => onnx.Clip(x, -1, 1));
 */
export function elementwise(name: string, run: Op['run'], lower: Op['lower']): Elementwise {
  const op: Op = { name, shape: ([x]) => x, run, lower };
  return (x) => apply(op, [x], {});
}
