import { layer } from '../dsl/check-arguments.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { block, here } from '../dsl/trace.ts';
import { ShapeMismatch } from '../errors.ts';
import type { Image, Vector } from '../shape/axes.ts';
import type { Shape } from '../shape/shape.ts';
import { between, callable, isWhole, rule, whole } from '../values/rules.ts';
import { relu, silu } from './activations.ts';
import { conv2d } from './conv.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import type { Elementwise } from './elementwise.ts';
import { groupNorm } from './group-norm.ts';
import { upsample2d } from './pool.ts';
import { flatten, reshape } from './reshape.ts';
import { residual } from './residual.ts';

/** The last of a list of numbers. */
export type Last<U extends Shape> = U extends readonly [...Shape, infer L extends number] ? L : number;

/** Options of `mlp`. */
export interface MlpOptions {
  /** What follows each dense layer: `relu` by default. */
  readonly activation?: Elementwise;
  /** The rate of the dropout that follows each activation; none by default. */
  readonly dropout?: number;
}

const WIDTHS = rule(
  'a list of positive whole numbers',
  (value) => Array.isArray(value) && value.length > 0 && value.every((n) => isWhole(n)),
  'give the units of each layer: [200, 100]',
);
const ACTIVATION = callable('a layer that keeps the shape', 'give one such as relu or silu');

/**
 * A multilayer perceptron: for each number of units a dense layer and an activation. It is only these layers, one after
 * another, so that it can be replaced by them to change one.
 *
 * @example
 * ```ts
 * import { constant, mlp } from 'cvae-compile';
 *
 * console.log(constant([784], 0).pipe(mlp([200, 100])).shape); // [100]
 * ```
 */
export const mlp = layer(
  'mlp',
  {
    args: [WIDTHS],
    options: {
      activation: ACTIVATION,
      dropout: between('a rate from 0 up to 1', [0, 1], 'give the share to drop', 'first'),
    },
  },
  <const U extends Shape>(units: U, { activation = relu, dropout: rate }: MlpOptions = {}) =>
    <S extends Shape>(x: Tensor<S> & Vector<S, 'mlp'>): Tensor<[Last<U>]> =>
      block('mlp', () => {
        // If it is no vector, `dense` says so.
        const vector = x as Tensor as Tensor<[number]>;
        const result = units.reduce<Tensor<[number]>>((h, count) => {
          const next = activation(dense(count)(h));
          return rate === undefined ? next : dropout(rate)(next);
        }, vector);
        // Of the last layer's units.
        return result as Tensor as Tensor<[Last<U>]>;
      }),
);

/** Options of `convEncoder` and `convDecoder`. */
export interface ConvPresetOptions {
  /** The channels of each resolution, from the largest to the smallest in an encoder, and back in a decoder. */
  readonly channels?: readonly number[];
  /** The groups of the normalisation, which divide all channels: 8 by default. */
  readonly groups?: number;
}

/** Options of `convEncoder`. */
export interface ConvEncoderOptions<U extends number> extends ConvPresetOptions {
  /** The units of the dense layer at the end: 256 by default. */
  readonly units?: U;
}

const CHANNELS = { ...WIDTHS, remedy: 'give the channels of each resolution: [32, 64, 128]' };

/** Two convolutions added to their input, each after a normalisation and an activation (He and others 2016). */
const residualBlock =
  (channels: number, groups: number) =>
  (x: Tensor<[number, number, number]>): Tensor<[number, number, number]> =>
    residual((h: Tensor<[number, number, number]>): Tensor<[number, number, number]> =>
      h.pipe(groupNorm(groups), silu, conv2d(channels), groupNorm(groups), silu, conv2d(channels)),
    )(x);

/**
 * An encoder of images of 28 × 28 to 64 × 64 pixels: for each number of channels a convolution that halves the image
 * and a residual block with group normalisation, then a dense layer. It is only these layers, and prints as them.
 *
 * @throws ShapeMismatch if the groups do not divide a number of channels.
 *
 * @example
 * ```ts
 * import { constant, convEncoder } from 'cvae-compile';
 *
 * console.log(constant([64, 64, 3], 0).pipe(convEncoder({ channels: [32, 64, 128], units: 200 })).shape); // [200]
 * ```
 */
export const convEncoder = layer(
  'convEncoder',
  { options: { channels: CHANNELS, groups: whole('of groups'), units: whole('of units') } },
  <U extends number = 256>({
    channels = [32, 64, 128],
    groups = 8,
    units = 256 as U, // The default of the type parameter.
  }: ConvEncoderOptions<U> = {}) =>
    <S extends Shape>(x: Tensor<S> & Image<S, 'convEncoder'>): Tensor<[U]> =>
      block('convEncoder', () =>
        channels
          .reduce<Tensor<[number, number, number]>>(
            (h, count) => h.pipe(conv2d(count, { stride: 2 }), residualBlock(count, groups)),
            x as Tensor as Tensor<[number, number, number]>, // if it is no image, `conv2d` says so
          )
          .pipe(groupNorm(groups), silu, flatten, dense(units), silu),
      ),
);

/** Returns what to do about sides that cannot be halved as often as there are channels. */
const remedy = (height: number, width: number, channels: readonly number[]): string => {
  const levels = channels.filter((_, i) => height % 2 ** (i + 1) === 0 && width % 2 ** (i + 1) === 0).length;
  if (levels > 0) return `give fewer channels, such as channels: [${channels.slice(-levels).join(', ')}]`;
  const scale = 2 ** channels.length;
  const [rows, columns] = [Math.ceil(height / scale) * scale, Math.ceil(width / scale) * scale];
  return `decode ${rows} × ${columns}, and put resize2d(${height}, ${width}) or crop2d behind it`;
};

/**
 * The reverse of `convEncoder`: a dense layer, then for each number of channels a residual block and an enlargement to
 * twice the size, and a convolution to the image's channels.
 *
 * @throws ShapeMismatch if the image cannot be halved as often as there are channels, or if the groups do not divide a
 * number of channels.
 *
 * @example
 * ```ts
 * import { constant, convDecoder } from 'cvae-compile';
 *
 * console.log(constant([20], 0).pipe(convDecoder(28, 28, 1, { channels: [64, 32] })).shape); // [28, 28, 1]
 * ```
 */
export const convDecoder = layer(
  'convDecoder',
  {
    args: [whole('as height'), whole('as width'), whole('of channels')],
    options: { channels: CHANNELS, groups: whole('of groups') },
  },
  <H extends number, W extends number, C extends number>(
    height: H,
    width: W,
    colours: C,
    { channels = [128, 64, 32], groups = 8 }: ConvPresetOptions = {},
  ) =>
    <S extends Shape>(x: Tensor<S> & Vector<S, 'convDecoder', 'put flatten before it'>): Tensor<[H, W, C]> => {
      const [first = 0, scale] = [channels[0], 2 ** channels.length];
      if (height % scale !== 0 || width % scale !== 0)
        throw new ShapeMismatch(
          `${here('convDecoder')}: expected sides that ${scale} divides, for ${channels.length} resolutions, got ${height} × ${width}; ${remedy(height, width, channels)}`,
        );
      const [rows, columns] = [height / scale, width / scale];
      return block('convDecoder', () => {
        // If it is no vector, `dense` says so.
        const vector = x as Tensor as Tensor<[number]>;
        const start: Tensor<[number, number, number]> = reshape(
          rows,
          columns,
          first,
        )(dense<number>(rows * columns * first)(vector));
        const result = channels.reduce<Tensor<[number, number, number]>>((h, count, level) => {
          const next = channels[level + 1] ?? count;
          return residualBlock(count, groups)(h).pipe(upsample2d(), conv2d(next));
        }, start);
        // Enlarged as often as the sides were divided by 2.
        return result.pipe(groupNorm(groups), silu, conv2d(colours)) as Tensor as Tensor<[H, W, C]>;
      });
    },
);
