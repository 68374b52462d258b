import { layer, TENSOR } from '../dsl/check-arguments.ts';
import { constant } from '../dsl/leaves.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { block, upcoming } from '../dsl/trace.ts';
import { InvalidModel, ShapeMismatch } from '../errors.ts';
import type { Counts, Divides } from '../shape/require.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { between, flag, whole, type Rule } from '../values/rules.ts';
import { softmax } from './activations.ts';
import { mul } from './arithmetic.ts';
import { permute } from './axes.ts';
import { denseAs } from './dense.ts';
import { dropout } from './dropout.ts';
import { each } from './each.ts';
import { matMul } from './mat-mul.ts';
import { reshape } from './reshape.ts';
import { where } from './where.ts';

/** A sequence of unknown lengths. */
type Sequence = Tensor<[number, number]>;

/** Options of `attention`. */
export interface AttentionOptions<H extends number = number, M extends number = number, K extends number = number> {
  /** The number of heads, which divides the channels; 1 if omitted. */
  readonly heads?: H;
  /** Whether a step sees only itself and the steps before it. */
  readonly causal?: boolean;
  /** Another sequence, [steps, channels], whose steps are seen instead of x's own. */
  readonly of?: Tensor<[K, number]>;
  /** 1 for each step that can be seen, 0 for one that does not exist, whatever it holds. No gradient flows to it. */
  readonly mask?: Tensor<[M]>;
  /** The share of weights that is dropped in training; 0 if omitted. */
  readonly dropout?: number;
}

/** The share that dropout drops. */
export const RATE: Rule = between('a rate from 0 up to 1', [0, 1], 'give the share to drop', 'first');
/** The number of heads. */
export const HEADS: Rule = whole('of heads', 'give one that divides the channels');

/** What takes the place of a product with a key that is not seen: the exponential of it is 0. */
const UNSEEN = -1e9;

/** Checks that a shape is that of a sequence. @throws ShapeMismatch */
export const checkSequence = (where: string, x: Shape, as?: string): void => {
  if (x.length !== 2)
    throw new ShapeMismatch(
      `${where}: expected [steps, channels]${as === undefined ? '' : ` as ${as}`}, got ${show(x)}; reshape it`,
    );
};

/** Checks that there is a number for each step of a sequence. @throws ShapeMismatch */
export const checkMask = (where: string, steps: number, mask: Tensor | undefined, as = 'mask'): void => {
  if (mask && (mask.shape.length !== 1 || mask.shape[0] !== steps))
    throw new ShapeMismatch(
      `${where}: expected [${steps}] as ${as}, got ${show(mask.shape)}; give a number for each step that can be seen`,
    );
};

/** Checks that heads have equally many channels. @throws ShapeMismatch */
export const checkHeads = (where: string, channels: number, heads: number): void => {
  if (channels % heads !== 0)
    throw new ShapeMismatch(
      `${where}: expected channels that ${heads} heads divide, got ${channels}; change one of them`,
    );
};

/** Sets steps that do not exist to 0, since they may hold anything, such as a file's number for missing values. */
export const withoutMissing = <T extends number, C extends number>(
  x: Tensor<[T, C]>,
  mask: Tensor<[number]> | undefined,
): Tensor<[T, C]> => {
  if (!mask) return x;
  const [steps, channels] = x.shape;
  const isPresent = matMul(mask.pipe(reshape(steps, 1)), constant([1, channels], 1));
  return where<[T, C], [T, C]>(isPresent, x, 0);
};

/** Whether a step, the row, sees another, the column: itself and those before it, or itself alone. */
const EARLIER = (row: number, column: number): number => (column <= row ? 1 : 0);
const ITSELF = (row: number, column: number): number => (column === row ? 1 : 0);
/** A constant of such numbers, [steps, steps]. */
const square = (steps: number, entry: (row: number, column: number) => number): Sequence =>
  constant(
    [steps, steps],
    Float32Array.from({ length: steps * steps }, (_, i) => entry(Math.floor(i / steps), i % steps)),
  );

/** Replaces products with keys that are not seen. */
const seen = (
  products: Tensor<[number, number, number]>,
  { causal = false, mask }: AttentionOptions,
): Tensor<[number, number, number]> => {
  const steps = products.shape[2];
  if (!causal) return mask ? where(mask, products, UNSEEN) : products;
  const earlier = square(steps, EARLIER);
  // A step that does not exist sees itself, so that it sees something, and nothing after it.
  return where(mask ? where(mask, earlier, square(steps, ITSELF)) : earlier, products, UNSEEN);
};

/** Attention without checks, which takes steps that do not exist to hold numbers. */
export const attend = <T extends number, C extends number>(
  x: Tensor<[T, C]>,
  { heads = 1, of = x, dropout: rate = 0, ...visible }: AttentionOptions,
): Tensor<[T, C]> =>
  block('attention', () => {
    const [steps, channels] = x.shape;
    const width = channels / heads;
    const [ofKeys] = of.shape;
    const q = mul(x.pipe(each(denseAs('q')(channels))), 1 / Math.sqrt(width)).pipe(
      reshape(steps, heads, width),
      permute(1, 0, 2),
    );
    const k = of.pipe(each(denseAs('k')(channels)), reshape(ofKeys, heads, width), permute(1, 2, 0));
    const v = of.pipe(each(denseAs('v')(channels)), reshape(ofKeys, heads, width), permute(1, 0, 2));
    const weights = softmax(seen(matMul(q, k), visible));
    const kept = rate > 0 ? weights.pipe(dropout(rate)) : weights;
    return matMul(kept, v).pipe(permute(1, 0, 2), reshape(steps, channels), each(denseAs('out')(channels)));
  });

/**
 * Multi-head scaled dot-product attention (Vaswani et al., 2017) over the steps of a sequence, [steps, channels]: each
 * head computes softmax(Q·Kᵀ/√d)·V of d = channels / heads channels, and a dense layer follows. Queries are of x, keys
 * and values too, or of the sequence `of`, which may have other channels and another number of steps. PyTorch:
 * `nn.MultiheadAttention(C, heads, batch_first=True)`, whose `key_padding_mask` is 1 where ours is 0; Keras:
 * `MultiHeadAttention`. The dense layers are `q`, `k`, `v` and `out`, each [channels, channels] with a bias.
 *
 * What steps of x that do not exist receive is finite and of no use. If no step can be seen at all, zeros are seen.
 *
 * @throws ShapeMismatch unless heads divide the channels and a mask has a number for each step; InvalidModel for
 * `causal` together with `of`.
 *
 * @example
 * ```ts
 * import { attention, constant } from 'cvae-compile';
 *
 * const [x, text] = [constant([60, 256], 0), constant([12, 300], 0)]; // as in a network's body
 * console.log(x.pipe(attention({ heads: 8, causal: true })).shape); // [60, 256]
 * console.log(x.pipe(attention({ heads: 8, of: text })).shape); // [60, 256]
 * ```
 */
export const attention = layer(
  'attention',
  { options: { heads: HEADS, causal: flag, of: TENSOR, mask: TENSOR, dropout: RATE } },
  <H extends number = 1, M extends number = number, K extends number = never>(
    options: AttentionOptions<H, M, K> = {},
  ) =>
    <T extends number, C extends number>(
      x: Tensor<[T, C]> &
        Divides<C, H, `attention: expected channels that ${H} heads divide, got ${C}; change one of them`> &
        Counts<
          [K] extends [never] ? T : K,
          M,
          `attention: expected [${[K] extends [never] ? T : K}] as mask, got [${M}]; give a number for each step that can be seen`
        >,
    ): Tensor<[T, C]> => {
      const where = upcoming('attention');
      const { heads = 1, causal = false, of, mask } = options;
      checkSequence(where, x.shape);
      if (of) checkSequence(where, of.shape, 'of');
      if (of && causal)
        throw new InvalidModel(`${where}: expected causal among x's own steps, got of as well; leave one of them out`);
      const [steps] = (of ?? x).shape;
      checkHeads(where, x.shape[1], heads);
      checkMask(where, steps, mask);
      if (of) return attend(x, { ...options, of: withoutMissing(of, mask) });
      return attend<T, C>(withoutMissing<T, C>(x, mask), options);
    },
);
