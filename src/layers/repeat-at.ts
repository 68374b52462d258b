import { apply, type Tensor } from '../dsl/tensor.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';

/** Where the new axis is, and its length. */
interface Attributes {
  readonly axis: number;
  readonly count: number;
}

const grown = (x: Shape, { axis, count }: Attributes): number[] => [...x.slice(0, axis), count, ...x.slice(axis)];

const op: Op<Attributes> = libraryOp({
  name: 'repeatAt',
  shape: ([x], attributes) => grown(x, attributes),
  // Tiles rows of numbers, since TensorFlow.js has the gradient of tile for up to four axes only.
  run: (tf, [x], { axis, count }, _, { shapes: [shape], shape: whole, leads: [lead] }) => {
    const rows = tf.tile(tf.reshape(x, [-1, 1, size(shape.slice(axis))]), [1, count, 1]);
    return tf.reshape(rows, lead > 0 ? [-1, ...whole] : [...whole]);
  },
  lower: (onnx, [x], { axis, count }, _, { shapes: [shape], leads: [lead] }) => {
    const to = (n: number) => [...(lead > 0 ? [n] : []), ...grown(shape, { axis, count: n === 1 ? count : 1 })];
    return onnx.Expand(onnx.Reshape(x, to(-1)), to(1));
  },
});

/** Repeats x along a new axis, counted from 0 without the batch axis. */
export const repeatAt = (x: Tensor, axis: number, count: number): Tensor => apply(op, [x], { axis, count });
