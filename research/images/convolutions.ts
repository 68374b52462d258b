import { conv2d, convTranspose2d, dense, relu, reshape, residual, silu } from 'cvae-compile';
import type { Tensor } from 'cvae-compile';

/** Channels at 14 × 14 and at 7 × 7, and residual blocks at each. */
export interface Convolutions {
  readonly channels: readonly [number, number];
  readonly blocks: number;
}

type Maps = Tensor<[number, number, number]>;

/** A number of residual blocks of two convolutions, of 3 × 3 and then of 1 × 1 elements. */
const blocksOf =
  (count: number, channels: number) =>
  (x: Maps): Maps =>
    Array.from({ length: count }).reduce<Maps>(
      (h) =>
        residual((inner: Maps): Maps => inner.pipe(silu, conv2d(channels), silu, conv2d(channels, { kernel: 1 })))(h),
      x,
    );

/** Images of 28 × 28 as maps of 7 × 7: twice a convolution of stride 2 and residual blocks. */
export const starting =
  ({ channels: [wide, narrow], blocks }: Convolutions) =>
  (y: Maps): Maps =>
    y.pipe(
      conv2d(wide, { kernel: 5, stride: 2 }),
      blocksOf(blocks, wide),
      silu,
      conv2d(narrow, { stride: 2 }),
      blocksOf(blocks, narrow),
      silu,
    );

/** The reverse: units as maps of 7 × 7, enlarged to the logits of 28 × 28 pixels. */
export const ending =
  ({ channels: [wide, narrow], blocks }: Convolutions) =>
  (units: Tensor<[number]>): Tensor<[28, 28, 1]> =>
    units.pipe(
      dense(7 * 7 * narrow),
      relu,
      reshape(7, 7, narrow),
      blocksOf(blocks, narrow),
      silu,
      convTranspose2d(wide, { stride: 2 }),
      blocksOf(blocks, wide),
      silu,
      convTranspose2d(1, { kernel: 5, stride: 2 }),
      reshape(28, 28, 1),
    );
