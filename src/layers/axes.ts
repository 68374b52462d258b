import { layer } from '../dsl/check-arguments.ts';
import { apply, describe, type Tensor } from '../dsl/tensor.ts';
import { upcoming } from '../dsl/trace.ts';
import { InvalidModel, ShapeMismatch } from '../errors.ts';
import { libraryOp, type Op, type OpContext } from '../graph/op.ts';
import type { Sub } from '../shape/arithmetic.ts';
import type {
  AllButFirst,
  HasAxis,
  HasEntry,
  IsOrder,
  Permuted,
  Reaches,
  WithAxis,
  WithoutAxis,
} from '../shape/axes.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { dimensions, refusal, whole, wholeFrom0 } from '../values/rules.ts';

const AXIS = wholeFrom0('give an axis, counted from 0; the batch axis does not count');

/** Returns the position of an axis of an example in the tensor that has the batch axis in front. */
export const placed = ({ leads: [lead] }: OpContext, axis: number): number => (lead > 0 ? axis + 1 : axis);

/** Checks the axis that a layer is created with. @throws InvalidModel */
export const checkAxisArgument = (name: string, axis: unknown): void => {
  const sentence = refusal(AXIS, axis, describe);
  if (sentence !== undefined) throw new InvalidModel(`${upcoming(name)}: ${sentence}`);
};

/** Checks that a shape has an axis. */
export const checkAxis = (x: Shape, axis: number): void => {
  if (axis >= x.length)
    throw new ShapeMismatch(`expected an axis of ${show(x)}, counted from 0, got ${axis}; choose one that it has`);
};

const expanded: Op<{ to: Shape }> = libraryOp({
  name: 'expand',
  shape: ([x], { to }) => [...to, ...x],
  run: (tf, [x], { to }, _, { shapes: [shape], shape: whole, leads: [lead] }) =>
    // Tiles rows of numbers, since TensorFlow.js has the gradient of tile for up to four axes only.
    tf.reshape(tf.tile(tf.reshape(x, [-1, 1, size(shape)]), [1, size(to), 1]), lead > 0 ? [-1, ...whole] : [...whole]),
  lower: (onnx, [x], { to }, _, { shapes: [shape], shape: whole, leads: [lead] }) =>
    lead > 0 ? onnx.Expand(onnx.Reshape(x, [-1, ...to.map(() => 1), ...shape]), [1, ...whole]) : onnx.Expand(x, whole),
});

/**
 * Repeats each value along new first axes: a vector at every pixel of a map, a latent at every step of a sequence.
 * PyTorch: `x.expand(h, w, -1)`; Keras: `RepeatVector` for one axis.
 *
 * @example
 * ```ts
 * import { constant, expand } from 'cvae-compile';
 *
 * console.log(constant([6], 0).pipe(expand(128, 128)).shape); // [128, 128, 6]
 * ```
 */
export const expand = layer(
  'expand',
  { rest: dimensions },
  <const L extends Shape>(...to: L) =>
    <S extends Shape>(x: Tensor<S>): Tensor<[...L, ...S]> =>
      apply(expanded, [x], { to }),
);

export const range: Op<{ axis: number; begin: number; end: number }> = libraryOp({
  name: 'sliceAt',
  shape: (inputs, { axis, begin, end }) => {
    const [x] = inputs;
    checkAxis(x, axis);
    const length = x[axis] ?? 0;
    if (end <= begin || end > length)
      throw new ShapeMismatch(
        `expected 0 ≤ begin < end ≤ ${length}, axis ${axis} of ${show(x)}, got ${begin} and ${end}; choose others`,
      );
    return x.with(axis, end - begin);
  },
  run: (tf, [x], { axis, begin, end }, _, site) => {
    const at = placed(site, axis);
    return tf.slice(
      x,
      x.shape.map((__, i) => (i === at ? begin : 0)),
      x.shape.with(at, end - begin),
    );
  },
  lower: (onnx, [x], { axis, begin, end }, _, site) => onnx.Slice(x, [begin], [end], [placed(site, axis)]),
});

/**
 * Takes the entries from `begin` up to but not including `end` of an axis, counted from 0 without the batch axis:
 * `sliceAt(0)(2, 5)` takes three steps of a sequence. `slice` does so on the last axis.
 *
 * @example
 * ```ts
 * import { constant, sliceAt } from 'cvae-compile';
 *
 * console.log(constant([40, 30], 0).pipe(sliceAt(0)(2, 5)).shape); // [3, 30]
 * ```
 */
export const sliceAt = <A extends number>(axis: A) =>
  layer(
    'sliceAt',
    { args: [wholeFrom0('give the first entry, counted from 0'), whole('as end', 'give the entry after the last')] },
    <B extends number, E extends number>(begin: B, end: E) =>
      <S extends Shape>(
        x: Tensor<S> & HasAxis<S, A, 'sliceAt'> & Reaches<S, A, E>,
      ): Tensor<WithAxis<S, A, Sub<E, B>>> => {
        checkAxisArgument('sliceAt', axis);
        return apply(range, [x], { axis, begin, end });
      },
  );

export const entry: Op<{ index: number }> = libraryOp({
  name: 'at',
  shape: ([x], { index }) => {
    const [first, ...rest] = x;
    if (first === undefined) throw new ShapeMismatch('expected at least one axis, got []; leave it out');
    if (index >= first)
      throw new ShapeMismatch(
        `expected an index below ${first}, the first axis of ${show(x)}, got ${index}; choose a smaller one`,
      );
    return rest;
  },
  run: (tf, [x], { index }, _, site) => {
    const at = placed(site, 0);
    const one = tf.slice(
      x,
      x.shape.map((__, i) => (i === at ? index : 0)),
      x.shape.with(at, 1),
    );
    return tf.squeeze(one, [at]);
  },
  lower: (onnx, [x], { index }, _, site) => {
    const at = placed(site, 0);
    return onnx.Squeeze(onnx.Slice(x, [index], [index + 1], [at]), [at]);
  },
});

/**
 * One entry of the first axis: a step of a sequence, a row of an image. Entries are counted from 0.
 *
 * @example
 * ```ts
 * import { at, constant } from 'cvae-compile';
 *
 * console.log(constant([40, 30], 0).pipe(at(39)).shape); // [30]
 * ```
 */
export const at = layer(
  'at',
  { args: [wholeFrom0('give the index of an entry, counted from 0')] },
  <I extends number>(index: I) =>
    <S extends Shape>(x: Tensor<S> & HasEntry<S, I>): Tensor<AllButFirst<S>> =>
      apply(entry, [x], { index }),
);

const permuted: Op<{ axes: readonly number[] }> = libraryOp({
  name: 'permute',
  shape: ([x], { axes }) => {
    if (axes.length !== x.length)
      throw new ShapeMismatch(
        `expected ${x.length} axes, as in ${show(x)}, got ${axes.join(', ')}; name each from 0 once`,
      );
    if (x.some((_, axis) => !axes.includes(axis)))
      throw new ShapeMismatch(`expected each axis of ${show(x)} once, got ${axes.join(', ')}; name each from 0 once`);
    return axes.map((axis) => x[axis] ?? 0);
  },
  run: (tf, [x], { axes }, _, site) => tf.transpose(x, order(site, axes)),
  lower: (onnx, [x], { axes }, _, site) => onnx.Transpose(x, order(site, axes)),
});

/** Returns the order of all axes, including the batch axis, which stays first. */
const order = (site: OpContext, axes: readonly number[]): number[] => [
  ...(placed(site, 0) > 0 ? [0] : []),
  ...axes.map((axis) => placed(site, axis)),
];

/**
 * Puts the axes in this order, counted from 0 without the batch axis. PyTorch: `x.permute(0, 2, 1)`, which counts the
 * batch axis; Keras: `Permute((2, 1))`, which counts from 1.
 *
 * @example
 * ```ts
 * import { constant, permute } from 'cvae-compile';
 *
 * console.log(constant([40, 8, 16], 0).pipe(permute(1, 0, 2)).shape); // [8, 40, 16]
 * ```
 */
export const permute = layer(
  'permute',
  { rest: AXIS },
  <const P extends Shape>(...axes: P) =>
    <S extends Shape>(x: Tensor<S> & IsOrder<S, P>): Tensor<Permuted<S, P>> =>
      apply(permuted, [x], { axes }),
);

type Kind = 'reduceMax' | 'reduceMean' | 'reduceSum';

const reduction = (
  name: Kind,
  run: Op<{ axis: number }>['run'],
  lower: Op<{ axis: number }>['lower'],
): Op<{ axis: number }> =>
  libraryOp({
    name,
    shape: ([x], { axis }) => {
      checkAxis(x, axis);
      return x.toSpliced(axis, 1);
    },
    run,
    lower,
  });

const largest = reduction(
  'reduceMax',
  (tf, [x], { axis }, _, site) => tf.max(x, placed(site, axis)),
  (onnx, [x], { axis }, _, site) => onnx.ReduceMax(x, [placed(site, axis)], { keepdims: 0 }),
);
const average = reduction(
  'reduceMean',
  (tf, [x], { axis }, _, site) => tf.mean(x, placed(site, axis)),
  (onnx, [x], { axis }, _, site) => onnx.ReduceMean(x, [placed(site, axis)], { keepdims: 0 }),
);
const total = reduction(
  'reduceSum',
  (tf, [x], { axis }, _, site) => tf.sum(x, placed(site, axis)),
  (onnx, [x], { axis }, _, site) => onnx.ReduceSum(x, [placed(site, axis)], { keepdims: 0 }),
);

const reducing = <K extends Kind>(name: K, op: Op<{ axis: number }>) =>
  layer(
    name,
    { args: [AXIS] },
    <A extends number>(axis: A) =>
      <S extends Shape>(x: Tensor<S> & HasAxis<S, A, K>): Tensor<WithoutAxis<S, A>> =>
        apply(op, [x], { axis }),
  );

/**
 * The maximum along an axis, counted from 0 without the batch axis: `reduceMax(0)` over the steps of a sequence or the
 * points of a cloud. Elements that are equally large share no gradient: each receives it.
 *
 * @example
 * ```ts
 * import { constant, reduceMax } from 'cvae-compile';
 *
 * console.log(constant([1024, 64], 0).pipe(reduceMax(0)).shape); // [64]
 * ```
 */
export const reduceMax = reducing('reduceMax', largest);

/**
 * The mean along an axis, counted from 0 without the batch axis.
 *
 * @example
 * ```ts
 * import { constant, reduceMean } from 'cvae-compile';
 *
 * console.log(constant([60, 256], 0).pipe(reduceMean(0)).shape); // [256]
 * ```
 */
export const reduceMean = reducing('reduceMean', average);

/** The sum along an axis, counted from 0 without the batch axis. */
export const reduceSum = reducing('reduceSum', total);
