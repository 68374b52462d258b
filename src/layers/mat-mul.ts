import type * as tfjs from '@tensorflow/tfjs-core';
import { apply, describe, isTensor, type Tensor } from '../dsl/tensor.ts';
import { upcoming } from '../dsl/trace.ts';
import { InvalidModel, ShapeMismatch } from '../errors.ts';
import { libraryOp, type Op, type OpContext, type Tf } from '../graph/op.ts';
import type { Matrices, Multiplies } from '../shape/axes.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { moreThan } from '../values/rules.ts';
import { spreadTo } from '../graph/rows.ts';

/** Returns the shape to give to a factor that has a batch axis and fewer axes than the other. */
const aligned = ({ shapes: [a, b = a], leads }: OpContext, index: 0 | 1): number[] | undefined => {
  const [own, other] = index === 0 ? [a, b] : [b, a];
  const missing = other.length - own.length;
  if (missing <= 0 || (leads[index] ?? 0) === 0) return undefined;
  return [-1, ...Array.from({ length: missing }, () => 1), ...own];
};

/**
 * TensorFlow.js has no gradient of a product that broadcasts: one matrix for all is a single product of all rows, and
 * otherwise a factor is repeated for each matrix of the other.
 */
const multiply = (tf: Tf, a: tfjs.Tensor, b: tfjs.Tensor): tfjs.Tensor => {
  if (b.rank === 2) {
    const [rows, columns] = [a.shape.slice(0, -1), b.shape[1] ?? 0];
    return tf.reshape(tf.matMul(tf.reshape(a, [-1, a.shape.at(-1) ?? 0]), b), [...rows, columns]);
  }
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const repeated = (x: tfjs.Tensor) => spreadTo(tf, x, [...batch, ...x.shape.slice(-2)]);
  return tf.matMul(repeated(a), repeated(b));
};

const op: Op = libraryOp({
  name: 'matMul',
  shape: ([a, b = []]) => {
    const [rows, shared] = a.slice(-2);
    const [length, columns] = b.slice(-2);
    const [before, ofB] = [a.slice(0, -2), b.slice(0, -2)];
    const fits = shared === length && (ofB.length === 0 || same(before, ofB));
    if (rows === undefined || shared === undefined || columns === undefined || !fits)
      throw new ShapeMismatch(
        `expected […, m, k] and […, k, n], got ${show(a)} and ${show(b)}; permute or reshape one of them`,
      );
    return [...before, rows, columns];
  },
  run: (tf, [a, b = a], _, __, site) => {
    const [toA, toB] = [aligned(site, 0), aligned(site, 1)];
    return multiply(tf, toA ? tf.reshape(a, toA) : a, toB ? tf.reshape(b, toB) : b);
  },
  lower: (onnx, [a, b = a], _, __, site) => {
    const [toA, toB] = [aligned(site, 0), aligned(site, 1)];
    return onnx.MatMul(toA ? onnx.Reshape(a, toA) : a, toB ? onnx.Reshape(b, toB) : b);
  },
});

/**
 * The product of matrices: a of shape […, m, k] with b of shape […, k, n], for each of the axes before the last two,
 * which are equal; b may also be one matrix for all.
 *
 * @throws InvalidModel unless it is given two tensors; ShapeMismatch if they do not multiply.
 *
 * @example
 * ```ts
 * import { constant, matMul } from 'cvae-compile';
 *
 * console.log(matMul(constant([8, 40, 16], 0), constant([8, 16, 40], 0)).shape); // [8, 40, 40]
 * ```
 */
export function matMul<A extends Shape, B extends Shape>(
  a: Tensor<A>,
  b: Tensor<B> & Multiplies<A, B>,
): Tensor<[...Matrices<A>[0], Matrices<A>[1], Matrices<B>[2]]> {
  const given: readonly unknown[] = [...arguments];
  const refuse = (sentence: string): never => {
    throw new InvalidModel(`${upcoming('matMul')}: ${sentence}`);
  };
  const wrong = [0, 1].find((i) => !isTensor(given[i]));
  if (wrong !== undefined) refuse(`expected two tensors, got ${describe(given[wrong])}; give what layers give`);
  if (given.length > 2) refuse(moreThan(2, given, describe));
  return apply(op, [a, b], {});
}
