import type * as tfjs from '@tensorflow/tfjs-core';
import { apply, type Tensor } from '../dsl/tensor.ts';
import type { Op, Tf } from '../graph/op.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import type { Shape } from '../shape/shape.ts';

/** A layer that keeps the shape of what it is given. */
export type Elementwise = <S extends Shape>(x: Tensor<S>) => Tensor<S>;

/**
 * A layer that maps each element by itself, from how TensorFlow.js computes it and how ONNX writes it:
 *
 *     const hardTanh = elementwise('hardTanh', (tf, x) => tf.clipByValue(x, -1, 1), (onnx, x) => …);
 */
export function elementwise(
  name: string,
  run: (tf: Tf, x: tfjs.Tensor) => tfjs.Tensor,
  lower: (onnx: OnnxBuilder, x: Value) => Value,
): Elementwise {
  const op: Op = {
    name,
    shape: ([x]) => x,
    run: (tf, [x]) => run(tf, x),
    lower: (onnx, [x]) => lower(onnx, x),
  };
  return (x) => apply(op, [x], {});
}
