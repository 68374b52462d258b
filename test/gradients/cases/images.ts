import type { Value } from '../../../src/onnx/builder.ts';
import type { Attributes } from '../../../src/onnx/schema.ts';
import type { Case } from '../numeric.ts';

const none: Value = { name: '' };

const conv = (
  name: string,
  x: readonly number[],
  w: readonly number[],
  attributes: Attributes<'Conv'>,
  bias = true,
): Case => ({
  name,
  inputs: bias ? [x, w, [w[0] ?? 1]] : [x, w],
  write: (onnx, x = none, w = none, b?: Value) => onnx.Conv(x, w, b, attributes),
});

/** Strides, pads, dilations, odd and even lengths, whether or not windows reach the end. */
export const convolutions: readonly Case[] = [
  conv('3 × 3, same size', [-2, 2, 4, 5], [3, 2, 3, 3], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
  conv('without pads', [-2, 2, 4, 4], [3, 2, 3, 3], { kernel_shape: [3, 3] }, false),
  conv('1 × 1', [-2, 3, 2, 2], [2, 3, 1, 1], { kernel_shape: [1, 1] }),
  conv('a batch of 1', [-1, 1, 3, 3], [1, 1, 2, 2], { kernel_shape: [2, 2], pads: [0, 0, 1, 1] }),
  conv('halved, even', [-2, 2, 4, 6], [2, 2, 3, 3], { kernel_shape: [3, 3], strides: [2, 2], pads: [0, 0, 1, 1] }),
  conv('halved, odd', [-2, 1, 5, 7], [2, 1, 3, 3], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  conv('halved without pads, an end that no window reaches', [-2, 1, 6, 6], [2, 1, 3, 3], {
    kernel_shape: [3, 3],
    strides: [2, 2],
  }),
  conv('pads that no window reaches', [-2, 1, 4, 4], [2, 1, 3, 3], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  conv('a stride over the kernel', [-2, 1, 7, 7], [2, 1, 2, 2], { kernel_shape: [2, 2], strides: [3, 3] }),
  conv('dilated', [-2, 1, 6, 6], [2, 1, 2, 3], { kernel_shape: [2, 3], dilations: [2, 2], pads: [1, 1, 1, 2] }),
  conv('dilated and halved', [-2, 1, 8, 8], [2, 1, 2, 2], {
    kernel_shape: [2, 2],
    dilations: [2, 2],
    strides: [2, 2],
    pads: [0, 1, 0, 1],
  }),
  conv('dilated and a stride of 3, an end that no window reaches', [-2, 1, 8, 8], [2, 1, 2, 2], {
    kernel_shape: [2, 2],
    dilations: [2, 2],
    strides: [3, 3],
  }),
  conv('4 × 4 halved', [-2, 2, 6, 6], [2, 2, 4, 4], { kernel_shape: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1] }),
  conv('a row', [-2, 2, 5], [3, 2, 3], { kernel_shape: [3], pads: [1, 1] }),
  conv('in groups', [-2, 4, 3, 3], [6, 2, 2, 2], { kernel_shape: [2, 2], group: 2 }),
  conv('depthwise, dilated, halved', [-2, 3, 5, 4], [6, 1, 2, 2], {
    kernel_shape: [2, 2],
    group: 3,
    dilations: [2, 1],
    strides: [2, 1],
    pads: [0, 0, 1, 1],
  }),
];

const transposed = (
  name: string,
  x: readonly number[],
  w: readonly number[],
  attributes: Attributes<'ConvTranspose'>,
): Case => ({
  name,
  inputs: [x, w, [(w[1] ?? 1) * (attributes.group ?? 1)]],
  write: (onnx, x = none, w = none, b?: Value) => onnx.ConvTranspose(x, w, b, attributes),
});

/** The same for transposed ones, with what is added at the end. */
export const transposedConvolutions: readonly Case[] = [
  transposed('3 × 3, same size', [-2, 2, 4, 3], [2, 3, 3, 3], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
  transposed('doubled', [-2, 2, 3, 2], [2, 2, 3, 3], { kernel_shape: [3, 3], strides: [2, 2], pads: [0, 0, 1, 1] }),
  transposed('doubled, 4 × 4', [-2, 1, 3, 3], [1, 2, 4, 4], {
    kernel_shape: [4, 4],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  transposed('doubled without pads', [-2, 1, 3, 3], [1, 2, 3, 3], { kernel_shape: [3, 3], strides: [2, 2] }),
  transposed('doubled, 1 × 1, with what is added', [-2, 1, 3, 3], [1, 2, 1, 1], {
    kernel_shape: [1, 1],
    strides: [2, 2],
    output_padding: [1, 1],
  }),
  transposed('doubled, with what is added', [-1, 2, 2, 3], [2, 1, 3, 3], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    output_padding: [1, 1],
  }),
  transposed('dilated', [-2, 1, 3, 3], [1, 2, 2, 2], { kernel_shape: [2, 2], dilations: [2, 2] }),
  transposed('doubled, in groups', [-2, 4, 2, 3], [4, 3, 2, 2], { kernel_shape: [2, 2], strides: [2, 2], group: 2 }),
];

const maxPool = (name: string, x: readonly number[], attributes: Attributes<'MaxPool'>): Case => ({
  name,
  inputs: [x],
  write: (onnx, x = none) => onnx.MaxPool(x, attributes),
});

/** Windows side by side, overlapping and padded. */
export const maxPools: readonly Case[] = [
  maxPool('2 × 2', [-2, 2, 4, 4], { kernel_shape: [2, 2], strides: [2, 2] }),
  maxPool('2 × 2, an end that no window reaches', [-2, 2, 5, 5], { kernel_shape: [2, 2], strides: [2, 2] }),
  maxPool('overlapping, padded', [-2, 1, 5, 4], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  maxPool('in steps of 1', [-1, 2, 4, 4], { kernel_shape: [2, 2], strides: [1, 1] }),
  maxPool('dilated', [-2, 1, 5, 5], { kernel_shape: [2, 2], strides: [2, 2], dilations: [2, 2] }),
];

const averagePool = (name: string, x: readonly number[], attributes: Attributes<'AveragePool'>): Case => ({
  name,
  inputs: [x],
  write: (onnx, x = none) => onnx.AveragePool(x, attributes),
});

/** As for maxima, and with padding that counts. */
export const averagePools: readonly Case[] = [
  averagePool('2 × 2', [-2, 2, 4, 4], { kernel_shape: [2, 2], strides: [2, 2] }),
  averagePool('an end that no window reaches', [-2, 2, 5, 5], { kernel_shape: [2, 2], strides: [2, 2] }),
  averagePool('overlapping, padded', [-2, 2, 5, 4], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  averagePool('padded on one side', [-2, 1, 3, 3], { kernel_shape: [2, 2], strides: [1, 1], pads: [0, 0, 1, 1] }),
  averagePool('padding that counts', [-2, 1, 3, 3], {
    kernel_shape: [3, 3],
    strides: [1, 1],
    pads: [1, 1, 1, 1],
    count_include_pad: 1,
  }),
];

/** Pixels repeated a whole number of times. */
export const resizes: readonly Case[] = [
  {
    name: 'doubled',
    inputs: [[-2, 2, 3, 2]],
    write: (onnx, x = none) =>
      onnx.Resize(
        x,
        { scales: [1, 1, 2, 2] },
        { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      ),
  },
  {
    name: 'three times as high, by its sizes',
    inputs: [[1, 2, 3, 2]],
    write: (onnx, x = none) => onnx.Resize(x, { sizes: [1, 2, 9, 2] }, { mode: 'nearest' }),
  },
];
