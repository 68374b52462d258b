import { plain } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';

const op: Op = libraryOp({
  name: 'stopGradient',
  shape: ([x]) => x,
  run: (tf, [x]) => tf.customGrad((v) => ({ value: tf.clone(v as typeof x), gradFunc: (dy) => tf.zerosLike(dy) }))(x),
  // Flagged in our graph, where differentiation sees it; a file holds no trace of it.
  lower: (onnx, [x]) => onnx.stopGradient(x),
});

/** x itself, through which no gradient flows back. */
export const stopGradient = plain('stopGradient', <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(op, [x], {}));
