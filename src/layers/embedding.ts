import { layer } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { ShapeMismatch } from '../errors.ts';
import { glorot } from '../graph/init.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { AllButLast, Differs } from '../shape/axes.ts';
import type { If } from '../shape/require.ts';
import type { Shape, ShapeError, Show } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { whole } from '../values/rules.ts';

interface Attrs {
  readonly classes: number;
  readonly units: number;
}

const table = ({ classes, units }: Attrs) => ({
  // Exactly one of a one-hot vector's elements is 1, so that a vector of the table is all that is summed up.
  table: { shape: [classes, units], init: glorot(1, units) },
});

/** Looks up a vector for each index, which is a whole number in float32. */
const lookup: Op<Attrs, 'table'> = libraryOp({
  name: 'lookup',
  shape: (inputs, { units }) => [...inputs[0], units],
  params: (_, attrs) => table(attrs),
  run: (tf, [indices], _, { table: vectors }) => tf.gather(vectors, tf.cast(indices, 'int32')),
  lower: (onnx, [indices], _, { table: vectors }) => onnx.Gather(vectors, onnx.Cast(indices, 'int64'), { axis: 0 }),
});

const op: Op<Attrs, 'table'> = libraryOp({
  name: 'embedding',
  lookup,
  shape: ([x], { classes, units }) => {
    if (x.at(-1) !== classes)
      throw new ShapeMismatch(
        `expected ${classes} classes on the last axis, got ${show(x)}; give it a categorical(${classes}) as it is, or another number of classes`,
      );
    return [...x.slice(0, -1), units];
  },
  params: (_, attrs) => table(attrs),
  run: (tf, [x], { classes }, { table: vectors }, { shape }) =>
    tf.reshape(tf.matMul(tf.reshape(x, [-1, classes]), vectors), [...(x.rank > shape.length ? [-1] : []), ...shape]),
  lower: (onnx, [x], _, { table: vectors }) => onnx.MatMul(x, vectors),
});

/** Writes indices, whole numbers in float32, as one-hot vectors on a new last axis. */
const oneHotOp: Op<{ classes: number }> = libraryOp({
  name: 'oneHot',
  shape: ([indices], { classes }) => [...indices, classes],
  run: (tf, [indices], { classes }) => tf.cast(tf.oneHot(tf.cast(indices, 'int32'), classes), 'float32'),
  lower: (onnx, [indices], { classes }) =>
    onnx.Cast(
      onnx.Equal(onnx.Unsqueeze(indices, [-1]), onnx.constant(Array.from({ length: classes }, (_, i) => i))),
      'float32',
    ),
});

/** Classes by their indices as networks see them, one-hot on a new last axis; an embedding reads the indices instead. */
export const oneHot = (indices: Tensor, classes: number): Tensor => apply(oneHotOp, [indices], { classes });

/** Whether the last axis does not have one element for each class. */
export type Misses<S extends Shape, K extends number> = S['length'] extends 0
  ? [0]
  : number extends S['length']
    ? []
    : Differs<LastOf<S>, K>;
/** The length of the last axis. */
export type LastOf<S extends Shape> = [never, ...S][S['length']];

/** An error unless a tensor has one element for each of `K` classes on its last axis. */
export type OfClasses<S extends Shape, K extends number> = If<
  Misses<S, K>,
  ShapeError<`embedding: expected ${K} classes on the last axis, got [${Show<S>}]; give it a categorical(${K}) as it is, or another number of classes`>
>;

/**
 * Gives each of `classes` classes a vector of `units` numbers, which training learns: [K] becomes [units], and [40, K],
 * a class at each of 40 places, [40, units]. A condition that an embedding reads as it is given, `word` in
 * `word.pipe(embedding(10_000, 64))`, is held as indices: in batches and in files, whose input is then the class's
 * number, nothing is one-hot, and the vectors are looked up. Elsewhere (of a target's y, or of weights such as a
 * softmax) it is a product with the table, so that the vector of a blend is the blend of vectors. Without a bias; the
 * table is initialised with Glorot's uniform, with one input for each output. PyTorch: `nn.Embedding`, Keras:
 * `Embedding`, which take indices.
 *
 * @throws ShapeMismatch for a tensor whose last axis does not have one element for each class.
 *
 * @example
 * ```ts
 * import { categorical, constant, embedding } from 'cvae-compile';
 *
 * console.log(categorical(10_000, { at: [40] }).shape); // [40, 10000]
 * console.log(constant([40, 10_000], 0).pipe(embedding(10_000, 64)).shape); // [40, 64]
 * ```
 */
export const embedding = layer(
  'embedding',
  { args: [whole('of classes'), whole('of units', 'give how many numbers a class has')] },
  <K extends number, U extends number>(classes: K, units: U) =>
    <S extends Shape>(x: Tensor<S> & OfClasses<S, K>): Tensor<[...AllButLast<S>, U]> =>
      apply(op, [x], { classes, units }),
);
