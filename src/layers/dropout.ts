import { layer } from '../dsl/check-arguments.ts';
import { noise } from '../dsl/leaves.ts';
import { apply, modal, type Tensor } from '../dsl/tensor.ts';
import { block } from '../dsl/trace.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';
import { between } from '../values/rules.ts';

const op: Op<{ rate: number }> = libraryOp({
  name: 'dropout',
  shape: ([x]) => x,
  run: (tf, [x, u = x], { rate }) => tf.div(tf.mul(x, tf.cast(tf.greaterEqual(u, rate), 'float32')), 1 - rate),
  lower: (onnx, [x, u = x], { rate }) =>
    onnx.Div(onnx.Mul(x, onnx.Cast(onnx.GreaterOrEqual(u, rate), 'float32')), 1 - rate),
});

/**
 * Dropout (Srivastava et al., 2014): in training, each element is set to 0 with probability `rate` and divided by 1 −
 * rate otherwise; in inference it does nothing. Its mask comes from a noise input, so that the random seed determines
 * it.
 *
 * @example
 * ```ts
 * import { constant, dense, dropout } from 'cvae-compile';
 *
 * console.log(constant([784], 0).pipe(dense(200), dropout(0.5)).shape); // [200]
 * ```
 */
export const dropout = layer(
  'dropout',
  { args: [between('a rate from 0 up to 1', [0, 1], 'give the share to drop', 'first')] },
  (rate: number) =>
    <S extends Shape>(x: Tensor<S>): Tensor<S> =>
      block('dropout', ({ label }) => {
        const u = noise(`${label}/noise`, 'uniform', x, x.shape);
        return modal(apply<{ rate: number }, S>(op, [x, u], { rate }), x);
      }),
);
