import { apply, type Tensor } from '../dsl/tensor.ts';
import { libraryOp, type Op } from '../graph/op.ts';

const op: Op<{ matrix: readonly (readonly number[])[] }> = libraryOp({
  name: 'linearMap',
  shape: ([x], { matrix }) => [...x.slice(0, -1), matrix[0]?.length ?? 0],
  run: (tf, [x], { matrix }) => {
    const columns = matrix[0]?.length ?? 0;
    const flat = tf.reshape(x, [-1, matrix.length]);
    const product = tf.matMul(flat, tf.tensor2d(matrix.flat(), [matrix.length, columns]));
    return tf.reshape(product, [...x.shape.slice(0, -1), columns]);
  },
  lower: (onnx, [x], { matrix }) => {
    const shape = [matrix.length, matrix[0]?.length ?? 0];
    return onnx.MatMul(x, onnx.constant({ dtype: 'float32', shape, data: Float32Array.from(matrix.flat()) }));
  },
});

/** Multiplies the last axis by a fixed matrix, given by its rows: x·M. */
export const linearMap = (x: Tensor, matrix: readonly (readonly number[])[]): Tensor => apply(op, [x], { matrix });
