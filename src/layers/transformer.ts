import { layer, TENSOR } from '../dsl/check-arguments.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { block, upcoming } from '../dsl/trace.ts';
import type { Counts, Divides } from '../shape/require.ts';
import { callable, flag, oneOf, whole, type Rules } from '../values/rules.ts';
import { relu } from './activations.ts';
import { add } from './arithmetic.ts';
import { attend, checkHeads, checkMask, checkSequence, HEADS, RATE, withoutMissing } from './attention.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { each } from './each.ts';
import type { Elementwise } from './elementwise.ts';
import { layerNorm } from './normalize.ts';

/** Options of `transformerEncoder`. */
export interface TransformerOptions<H extends number = number, M extends number = number> {
  /** The number of blocks. */
  readonly layers: number;
  /** The number of heads, which divides the channels. */
  readonly heads: H;
  /** The number of units between the two dense layers of a block; 4 times the channels if omitted. */
  readonly feed?: number;
  /** The layer between these two; `relu` if omitted. */
  readonly activation?: Elementwise;
  /** Where a block normalises: after each sum, by default, or before each part, and once more behind the last block. */
  readonly norm?: 'after' | 'before';
  /** The share that is dropped in training, of weights and of what each part adds; 0 if omitted. */
  readonly dropout?: number;
  /** Whether a step sees only itself and the steps before it. */
  readonly causal?: boolean;
  /** 1 for each step that exists, 0 for others, whatever they hold. No gradient flows to it. */
  readonly mask?: Tensor<[M]>;
}

/** Options of `transformerDecoder`. */
export interface TransformerDecoderOptions<
  H extends number = number,
  M extends number = number,
  K extends number = number,
> extends TransformerOptions<H, M> {
  /** The sequence that is attended to, [steps, channels]: what an encoder gives. */
  readonly of: Tensor<[K, number]>;
  /** 1 for each step of `of` that exists, 0 for others, whatever they hold. No gradient flows to it. */
  readonly ofMask?: Tensor<[NoInfer<K>]>;
}

type Part = <T extends number, C extends number>(x: Tensor<[T, C]>) => Tensor<[T, C]>;

/** Adds what a part computes to its input, and normalises before or after. */
const added = <T extends number, C extends number>(
  x: Tensor<[T, C]>,
  part: Part,
  { norm = 'after', dropout: rate = 0 }: TransformerOptions,
): Tensor<[T, C]> => {
  const change = part(norm === 'before' ? layerNorm(x) : x);
  const sum = add<[T, C], [T, C]>(x, rate > 0 ? change.pipe(dropout(rate)) : change);
  return norm === 'after' ? layerNorm(sum) : sum;
};

/** Two dense layers at each step. */
const feedForward =
  ({ feed, activation = relu, dropout: rate = 0 }: TransformerOptions): Part =>
  (x) => {
    const channels = x.shape[1];
    const units = feed ?? 4 * channels;
    return rate > 0
      ? x.pipe(each(dense(units), activation, dropout(rate), dense(channels)))
      : x.pipe(each(dense(units), activation, dense(channels)));
  };

/** Blocks of self-attention, attention to another sequence if there is one, and dense layers. */
const blocks = <T extends number, C extends number>(
  x: Tensor<[T, C]>,
  { of, ofMask, ...options }: TransformerOptions & Partial<TransformerDecoderOptions>,
): Tensor<[T, C]> => {
  const { layers, heads, mask, causal = false, dropout: rate = 0 } = options;
  const other = of && withoutMissing(of, ofMask);
  let y = withoutMissing<T, C>(x, mask);
  for (let i = 0; i < layers; i++)
    y = block('block', () => {
      const own = { heads, causal, dropout: rate, ...(mask && { mask }) };
      let z = added<T, C>(y, (x) => attend(x, own), options);
      const across = other && { heads, of: other, dropout: rate, ...(ofMask && { mask: ofMask }) };
      if (across) z = added<T, C>(z, (x) => attend(x, across), options);
      return added<T, C>(z, feedForward(options), options);
    });
  return options.norm === 'before' ? layerNorm(y) : y;
};

const RULES: Rules = {
  layers: whole('', 'give how many blocks'),
  heads: HEADS,
  feed: whole('', 'give how many units are between the dense layers'),
  activation: callable('a layer of single elements', 'give one such as gelu'),
  norm: oneOf('after', 'before'),
  dropout: RATE,
  causal: flag,
  mask: TENSOR,
};

/**
 * The encoder of a transformer (Vaswani et al., 2017): blocks of multi-head self-attention and two dense layers at each
 * step, each added to its input and normalised. As PyTorch's `nn.TransformerEncoder` of `nn.TransformerEncoderLayer`,
 * it normalises after each sum and has `relu` between the dense layers, but drops nothing by default. With `norm:
 * 'before'` (Xiong et al., 2020; PyTorch: `norm_first=True`), deep stacks train without a warm-up of the learning rate.
 * The order of the steps has no effect: add `positions`.
 *
 * @throws ShapeMismatch unless heads divide the channels and the mask has a number for each step.
 *
 * @example
 * ```ts
 * import { add, constant, gelu, positions, transformerEncoder } from 'cvae-compile';
 *
 * const x = constant([60, 256], 0); // 60 steps of 256 channels, as in a network's body
 * const encoder = transformerEncoder({ layers: 4, heads: 8, feed: 1024, activation: gelu });
 * console.log(add(x, positions(60, 256)).pipe(encoder).shape); // [60, 256]
 * ```
 */
export const transformerEncoder = layer(
  'transformerEncoder',
  { options: RULES, required: ['layers', 'heads'] },
  <H extends number, M extends number = number>(options: TransformerOptions<H, M>) =>
    <T extends number, C extends number>(
      x: Tensor<[T, C]> &
        Divides<C, H, `transformerEncoder: expected channels that ${H} heads divide, got ${C}; change one of them`> &
        Counts<
          T,
          M,
          `transformerEncoder: expected [${T}] as mask, got [${M}]; give a number for each step that can be seen`
        >,
    ): Tensor<[T, C]> => {
      const where = upcoming('transformerEncoder');
      checkSequence(where, x.shape);
      checkHeads(where, x.shape[1], options.heads);
      checkMask(where, x.shape[0], options.mask);
      return block('transformerEncoder', () => blocks<T, C>(x, options));
    },
);

/**
 * The decoder of a transformer (Vaswani et al., 2017): blocks of self-attention, attention to another sequence, `of`,
 * and two dense layers at each step. Options as for `transformerEncoder`; `causal` and `mask` are of the decoder's own
 * steps, `ofMask` of those of `of`. PyTorch: `nn.TransformerDecoder`. Its input may be learned queries, which are the
 * same for all examples: `parameter('queries', [100, 256], glorot(100, 256))`.
 *
 * @throws ShapeMismatch unless heads divide the channels and masks have a number for each step.
 *
 * @example
 * ```ts
 * import { constant, glorot, parameter, transformerDecoder } from 'cvae-compile';
 *
 * const seen = constant([60, 256], 0); // what an encoder gives
 * const queries = parameter('queries', [100, 256], glorot(100, 256));
 * console.log(queries.pipe(transformerDecoder({ layers: 4, heads: 8, of: seen })).shape); // [100, 256]
 * ```
 */
export const transformerDecoder = layer(
  'transformerDecoder',
  { options: { ...RULES, of: TENSOR, ofMask: TENSOR }, required: ['layers', 'heads', 'of'] },
  <H extends number, K extends number, M extends number = number>(options: TransformerDecoderOptions<H, M, K>) =>
    <T extends number, C extends number>(
      x: Tensor<[T, C]> &
        Divides<C, H, `transformerDecoder: expected channels that ${H} heads divide, got ${C}; change one of them`> &
        Counts<
          T,
          M,
          `transformerDecoder: expected [${T}] as mask, got [${M}]; give a number for each step that can be seen`
        >,
    ): Tensor<[T, C]> => {
      const where = upcoming('transformerDecoder');
      const { heads, of, mask, ofMask } = options;
      checkSequence(where, x.shape);
      checkSequence(where, of.shape, 'of');
      checkHeads(where, x.shape[1], heads);
      checkMask(where, x.shape[0], mask);
      checkMask(where, of.shape[0], ofMask, 'ofMask');
      return block('transformerDecoder', () => blocks<T, C>(x, options));
    },
);
