import { layer } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { InvalidModel, ShapeMismatch } from '../errors.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { whole } from '../values/rules.ts';
import { ofExamples } from './lead.ts';

const repeated: Op<{ k: number }> = libraryOp({
  name: 'repeat',
  rows: 'repeat',
  shape: ([x]) => x,
  lead: ([lead], { k }) => lead * k,
  run: (tf, [x], { k }, _, { shape, lead }) =>
    lead === 0
      ? tf.clone(x)
      : // Tiles rows of numbers, since TensorFlow.js has the gradient of tile for up to four axes only.
        tf.reshape(tf.tile(tf.reshape(x, [-1, 1, size(shape)]), [1, k, 1]), [-1, ...shape]),
  lower: (onnx, [x], { k }, _, { shape, lead }) =>
    lead === 0
      ? onnx.Identity(x)
      : onnx.Reshape(onnx.Tile(onnx.Unsqueeze(x, [1]), [1, k, ...shape.map(() => 1)]), [-1, ...shape]),
});

/** Repeats each example k times in succession: N examples become N·k. A value without a batch axis is unchanged. */
export const repeat = layer(
  'repeat',
  { args: [whole('of times', 'give how often each example is there')] },
  (k: number) =>
    <S extends Shape>(x: Tensor<S>): Tensor<S> =>
      apply(repeated, [x], { k }),
);

const SAMPLES = whole('of samples', 'give how many there are of each example');

const grouped: Op<{ k: number }> = libraryOp({
  name: 'group',
  shape: ([x], { k }) => [k, ...x],
  lead: ([lead], { k }) => {
    if (lead % k !== 0 || lead === 0)
      throw new InvalidModel(`expected ${k} samples for each example, got ${lead}; repeat(${k}) what comes before`);
    return lead / k;
  },
  run: (tf, [x], _, __, { shape }) => tf.reshape(x, [-1, ...shape]),
  lower: (onnx, [x], _, __, { shape }) => onnx.Reshape(x, [-1, ...shape]),
});

/** Gathers the k samples of each example along a new first axis: N·k values of shape S become N of shape [k, …S]. */
export const group = layer(
  'group',
  { args: [SAMPLES] },
  <K extends number>(k: K) =>
    <S extends Shape>(x: Tensor<S>): Tensor<[K, ...S]> =>
      apply(grouped, [x], { k }),
);

const ungrouped: Op<{ k: number }> = libraryOp({
  name: 'ungroup',
  shape: ([x], { k }) => {
    const [first, ...rest] = x;
    if (first !== k)
      throw new ShapeMismatch(`expected a first axis of ${k} samples, got ${show(x)}; give as many as there are`);
    return rest;
  },
  lead: ([lead], { k }) => ofExamples([lead]) * k,
  run: (tf, [x], _, __, { shape }) => tf.reshape(x, [-1, ...shape]),
  lower: (onnx, [x], _, __, { shape }) => onnx.Reshape(x, [-1, ...shape]),
});

/**
 * The inverse of `group`: the elements along the first axis of each example become its samples, so that N values of
 * shape [k, …S] become N·k of shape S.
 */
export const ungroup = layer(
  'ungroup',
  { args: [SAMPLES] },
  <K extends number>(k: K) =>
    <S extends Shape>(x: Tensor<readonly [K, ...S]>): Tensor<S> =>
      apply(ungrouped, [x], { k }),
);
