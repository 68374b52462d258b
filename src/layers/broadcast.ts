import type * as tfjs from '@tensorflow/tfjs-core';
import { ShapeMismatch } from '../errors.ts';
import { each, libraryOp, type Op, type OpContext, type Some, type Tf } from '../graph/op.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';

/** A shape's axes from number `from` on are those of another. */
const endsIn = (long: Shape, short: Shape): boolean => same(short, long.slice(long.length - short.length));

/**
 * Returns the shape to which shapes broadcast: that with the most axes. All others must consist of its last axes: a
 * scalar, or a number for each channel.
 */
const broadcast = ([first, ...rest]: Some<Shape>): Shape =>
  rest.reduce((a, b) => {
    const [short, long] = a.length < b.length ? [a, b] : [b, a];
    if (!endsIn(long, short))
      throw new ShapeMismatch(
        `expected equal shapes, or one with the last axes of the other, got ${show(a)} and ${show(b)}; reshape or expand one of them`,
      );
    return long;
  }, first);

/**
 * Returns the shape to give to an input that has a batch axis and fewer axes than the result: axes of length 1 are
 * inserted after the batch axis.
 */
const spread = ({ shapes, leads, shape }: OpContext, at: number): number[] | undefined => {
  const own = shapes[at] ?? [];
  if ((leads[at] ?? 0) === 0 || own.length === shape.length) return undefined;
  return [-1, ...Array.from({ length: shape.length - own.length }, () => 1), ...own];
};

/**
 * Creates an op that combines tensors element by element. Their shapes may differ in that some have only the last axes
 * of the others; values without a batch axis, such as parameters, are combined with every example.
 */
export const broadcastOp = (
  name: string,
  run: (tf: Tf, inputs: Some<tfjs.Tensor>) => tfjs.Tensor,
  lower: (onnx: OnnxBuilder, inputs: Some<Value>) => Value,
): Op =>
  libraryOp({
    name,
    shape: broadcast,
    run: (tf, inputs, _, __, site) =>
      run(
        tf,
        each(inputs, (x, at) => {
          const axes = spread(site, at);
          return axes ? tf.reshape(x, axes) : x;
        }),
      ),
    lower: (onnx, inputs, _, __, site) =>
      lower(
        onnx,
        each(inputs, (x, at) => {
          const axes = spread(site, at);
          return axes ? onnx.Reshape(x, axes) : x;
        }),
      ),
  });
