import { plain } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';

const op: Op = libraryOp({
  name: 'stopGradient',
  shape: ([x]) => x,
  run: (tf, [x]) => tf.customGrad((v) => ({ value: tf.clone(v as typeof x), gradFunc: (dy) => tf.zerosLike(dy) }))(x),
  // A flag in this package's graph, which differentiation reads; a file contains no trace of it.
  lower: (onnx, [x]) => onnx.stopGradient(x),
});

/** Returns x unchanged, but stops the gradient: none flows back through it. */
export const stopGradient = plain('stopGradient', <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(op, [x], {}));
