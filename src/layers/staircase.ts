import type * as tfjs from '@tensorflow/tfjs-core';
import { apply, type Tensor } from '../dsl/tensor.ts';
import type { Tf } from '../graph/op.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import { broadcastOp } from './broadcast.ts';
import { libraryElementwise } from './elementwise.ts';

/** Returns an op that is 1 where a comparison of two tensors holds, otherwise 0, and passes no gradient. */
const comparison = (
  name: string,
  holds: (tf: Tf, x: tfjs.Tensor, y: tfjs.Tensor) => tfjs.Tensor,
  lower: (onnx: OnnxBuilder, x: Value, y: Value) => Value,
) =>
  broadcastOp(
    name,
    (tf, [x, y = x]) => {
      // TensorFlow.js has no gradient of comparisons, not even the one that is 0 everywhere.
      const compared = tf.customGrad((a, b) => ({
        value: tf.cast(holds(tf, a as typeof x, b as typeof x), 'float32'),
        gradFunc: () => [tf.zeros(x.shape), tf.zeros(y.shape)],
      }));
      return compared(x, y);
    },
    (onnx, [x, y = x]) => lower(onnx, x, y),
  );

const reached = comparison(
  'atLeast',
  (tf, x, edge) => tf.greaterEqual(x, edge),
  (onnx, x, edge) => onnx.Where(onnx.Less(x, edge), 0, 1),
);

/** 1 where x is at least as large as the edge, otherwise 0; shapes as for `add`. It passes no gradient. */
export const atLeast = (x: Tensor, edge: Tensor): Tensor => apply(reached, [x, edge], {});

const equalled = comparison(
  'equal',
  (tf, x, y) => tf.equal(x, y),
  (onnx, x, y) => onnx.Where(onnx.Equal(x, y), 1, 0),
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
