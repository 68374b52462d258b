import { apply, type Tensor } from '../dsl/tensor.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import { size } from '../shape/size.ts';

const op: Op = libraryOp({
  name: 'lookUp',
  shape: ([x, , table = x]) => [...x, table.at(-1) ?? 0],
  run: (tf, [x, edges = x, table = x], _, __, { shapes: [own, , of = own], shape, leads: [lead] }) => {
    const [count, cells, width] = [size(own), of.at(-2) ?? 1, of.at(-1) ?? 1];
    const extents = [x, edges, table].map((input) => [...input.shape]);
    // TensorFlow.js has no gradient of whole numbers; tables are not trained.
    const looked = tf.customGrad((...inputs) => {
      const [a, b, c] = inputs as [typeof x, typeof x, typeof x]; // As given below; `customGrad` adds what saves tensors.
      const passed = tf.greaterEqual(tf.reshape(a, [-1, count, 1]), tf.reshape(b, [1, count, cells - 1]));
      const first = tf.mul(tf.range(0, count, 1, 'int32'), tf.scalar(cells, 'int32'));
      const at = tf.add(tf.sum(tf.cast(passed, 'int32'), -1), first);
      return {
        value: tf.gather(tf.reshape(c, [count * cells, width]), tf.cast(at, 'int32')),
        gradFunc: () => extents.map((extent) => tf.zeros(extent)),
      };
    });
    const rows = looked(x, edges, table);
    return tf.reshape(rows, lead > 0 ? [-1, ...shape] : [...shape]);
  },
  lower: (onnx, [x, edges = x, table = x], _, __, { shapes: [own, , of = own], shape, leads: [lead] }) => {
    const [count, cells, width] = [size(own), of.at(-2) ?? 1, of.at(-1) ?? 1];
    const below = onnx.Less(onnx.Reshape(x, [-1, count, 1]), onnx.Reshape(edges, [count, cells - 1]));
    const passed = onnx.ReduceSum(onnx.Where(below, 0, 1), [-1], { keepdims: 0 });
    const first = Float32Array.from({ length: count }, (___, i) => i * cells);
    const at = onnx.Add(passed, onnx.constant({ dtype: 'float32', shape: [count], data: first }));
    const rows = onnx.Gather(onnx.Reshape(table, [count * cells, width]), onnx.Cast(at, 'int64'), { axis: 0 });
    return onnx.Reshape(rows, lead > 0 ? [-1, ...shape] : [...shape]);
  },
});

/**
 * Returns a row of each element's table, exactly: row k of x from edge k − 1 up to edge k. x is [...shape], `edges` [...shape, rows − 1]
 * in increasing order, and `table` [...shape, rows, width]; neither of them has a batch axis. It passes no gradient to x and edges.
 */
export const lookUp = (x: Tensor, edges: Tensor, table: Tensor): Tensor => apply(op, [x, edges, table], {});

const part: Op<{ index: number }> = libraryOp({
  name: 'entry',
  shape: ([x]) => x.slice(0, -1),
  run: (tf, [x], { index }) => {
    const before = x.shape.slice(0, -1);
    return tf.squeeze(tf.slice(x, [...before.map(() => 0), index], [...before, 1]), [-1]);
  },
  lower: (onnx, [x], { index }) => onnx.Gather(x, onnx.constant(index, 'int64'), { axis: -1 }),
});

/** Returns one entry of the last axis, counted from 0. */
export const entry = (x: Tensor, index: number): Tensor => apply(part, [x], { index });
