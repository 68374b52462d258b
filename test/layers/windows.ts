import { apply, type Tensor } from '../../src/dsl/tensor.ts';
import type { Op } from '../../src/graph/op.ts';
import { convolution, transposedConvolution } from '../../src/layers/convolution.ts';
import { averagePooling, maxPooling } from '../../src/layers/pool.ts';
import type { Rank, Window } from '../../src/layers/window.ts';
import type { LayerCase } from './case.ts';

/** A window, and the sides of an image for it. */
export type OnImage = Window & { readonly sides: readonly number[] };

/** Windows that are not the same along all axes, on images whose sides all differ. */
export const WINDOWS: Readonly<Record<Rank, readonly OnImage[]>> = {
  1: [
    { sides: [9], kernel: 3, stride: 1, padding: 'same' },
    { sides: [10], kernel: 4, stride: 3, padding: 'same' },
    { sides: [9], kernel: [3], stride: [2], padding: ['valid'] },
    { sides: [11], kernel: 3, stride: 1, padding: 'same', dilation: 2 },
    { sides: [12], kernel: 3, stride: 2, padding: 'valid', dilation: 3 },
    { sides: [5], kernel: 1, stride: 3, padding: 'same' },
  ],
  2: [
    { sides: [7, 6], kernel: [3, 2], stride: [1, 2], padding: 'same' },
    { sides: [7, 6], kernel: [2, 5], stride: 2, padding: ['valid', 'same'] },
    { sides: [8, 7], kernel: 3, stride: [2, 1], padding: 'same', dilation: [1, 2] },
    { sides: [8, 9], kernel: [3, 2], stride: [2, 3], padding: ['same', 'valid'], dilation: [2, 3] },
    { sides: [4, 5], kernel: [1, 2], stride: [3, 1], padding: 'same' },
  ],
  3: [
    { sides: [4, 3, 5], kernel: 2, stride: 1, padding: 'same' },
    { sides: [4, 5, 3], kernel: [3, 2, 1], stride: [1, 2, 1], padding: 'same' },
    { sides: [3, 4, 5], kernel: 2, stride: 2, padding: ['valid', 'same', 'valid'] },
    { sides: [5, 3, 4], kernel: [2, 2, 3], stride: 1, padding: 'valid', dilation: [2, 1, 1] },
    { sides: [2, 3, 2], kernel: [1, 2, 2], stride: [2, 3, 1], padding: 'same' },
  ],
};

export const RANKS: readonly Rank[] = [1, 2, 3];

export const windowName = (window: OnImage): string => JSON.stringify(window).replaceAll('"', '').replaceAll(',', ', ');

const casesOf = <A extends object, P extends string>(
  op: Op<A, P>,
  windows: readonly OnImage[],
  attrsOf: (window: Window) => A,
): readonly LayerCase[] =>
  windows.map(({ sides, ...window }) => ({
    name: windowName({ sides, ...window }),
    inputs: [[...sides, 2]],
    layer: (x): Tensor => {
      if (!x) throw new Error('no image');
      return apply(op, [x], attrsOf(window));
    },
  }));

/** The ops of layers with a window, which take more than the layers do as yet: axes, gaps, one number for each axis. */
export const WINDOW_OPS: Readonly<Record<string, readonly LayerCase[]>> = Object.fromEntries(
  RANKS.flatMap((rank) => {
    const all = WINDOWS[rank];
    // Pooling has no gaps.
    const whole = all.filter(({ dilation }) => dilation === undefined);
    const [conv, transposed] = [convolution(rank), transposedConvolution(rank)];
    const [largest, mean] = [maxPooling(rank), averagePooling(rank)];
    const filtered = (window: Window) => ({ filters: 3, ...window });
    const asItIs = (window: Window) => window;
    return [
      [`the op ${conv.name}`, casesOf(conv, all, filtered)],
      [`the op ${transposed.name}`, casesOf(transposed, all, filtered)],
      [`the op ${largest.name}`, casesOf(largest, whole, asItIs)],
      [`the op ${mean.name}`, casesOf(mean, whole, asItIs)],
    ];
  }),
);
