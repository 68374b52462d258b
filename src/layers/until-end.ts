import type * as tfjs from '@tensorflow/tfjs-core';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import { placed } from './axes.ts';

/** Which class ends a sequence, and whether the step of the end itself counts. */
interface Attributes {
  readonly end: number;
  readonly with: 0 | 1;
}

const op: Op<Attributes> = libraryOp({
  name: 'untilEnd',
  shape: ([x]) => x.slice(0, -1),
  // No gradient flows to y: TensorFlow.js has none of comparisons, not even one of 0.
  run: (tf, [x], { end, with: withEnd }, _, site) =>
    tf.customGrad((y) => {
      const one = tf.gather(y as tfjs.Tensor, end, x.rank - 1);
      const ends = tf.cumsum(one, placed(site, 0), withEnd === 1);
      return { value: tf.cast(tf.less(ends, 0.5), 'float32'), gradFunc: () => tf.zeros(x.shape) };
    })(x),
  lower: (onnx, [x], { end, with: withEnd }, _, site) => {
    const one = onnx.Squeeze(onnx.Slice(onnx.stopGradient(x), [end], [end + 1], [-1]), [-1]);
    const ends = onnx.CumSum(one, placed(site, 0), withEnd === 1 ? { exclusive: 1 } : {});
    return onnx.Cast(onnx.Less(ends, 0.5), 'float32');
  },
});

/**
 * Returns 1 for each step of a sequence of classes, [steps, classes], before its first end, and for the end itself if
 * `withEnd`; 0 for those behind it: [steps].
 */
export const untilEnd = (y: Tensor, end: number, withEnd: boolean): Tensor =>
  apply(op, [y], { end, with: withEnd ? 1 : 0 });
