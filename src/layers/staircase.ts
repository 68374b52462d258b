import { apply, type Tensor } from '../dsl/tensor.ts';
import { broadcastOp } from './broadcast.ts';
import { libraryElementwise } from './elementwise.ts';

const reached = broadcastOp(
  'atLeast',
  (tf, [x, edge = x]) => {
    // TensorFlow.js has no gradient of comparisons, not even the one that is 0 everywhere.
    const isReached = tf.customGrad((a, b) => ({
      value: tf.cast(tf.greaterEqual(a as typeof x, b as typeof x), 'float32'),
      gradFunc: () => [tf.zeros(x.shape), tf.zeros(edge.shape)],
    }));
    return isReached(x, edge);
  },
  (onnx, [x, edge = x]) => onnx.Where(onnx.Less(x, edge), 0, 1),
);

/** 1 where x is at least as large as the edge, otherwise 0; shapes as for `add`. It passes no gradient. */
export const atLeast = (x: Tensor, edge: Tensor): Tensor => apply(reached, [x, edge], {});

const equalled = broadcastOp(
  'equal',
  (tf, [x, y = x]) => {
    const isEqual = tf.customGrad((a, b) => ({
      value: tf.cast(tf.equal(a as typeof x, b as typeof x), 'float32'),
      gradFunc: () => [tf.zeros(x.shape), tf.zeros(y.shape)],
    }));
    return isEqual(x, y);
  },
  (onnx, [x, y = x]) => onnx.Where(onnx.Equal(x, y), 1, 0),
);

/** 1 where x is exactly y, otherwise 0; shapes as for `add`. It passes no gradient. */
export const equal = (x: Tensor, y: Tensor): Tensor => apply(equalled, [x, y], {});

/** The nearest whole number, halves upward. It passes no gradient. Without ONNX's Round, for which WebGPU has no kernel. */
export const nearest = libraryElementwise(
  'nearest',
  (tf, [x]) => tf.floor(tf.add(x, 0.5)),
  (onnx, [x]) => onnx.Floor(onnx.Add(x, 0.5)),
);

/** The error function, element by element. */
export const erf = libraryElementwise(
  'erf',
  (tf, [x]) => tf.erf(x),
  (onnx, [x]) => onnx.Erf(x),
);
