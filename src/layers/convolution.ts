import { ShapeMismatch } from '../errors.ts';
import { glorot, zeros } from '../graph/init.ts';
import { exampleOp } from '../graph/lift.ts';
import { type Op, type Param } from '../graph/op.ts';
import { size } from '../shape/size.ts';
import { convolvedInGroups, paintedInGroups } from './tfjs-groups.ts';
import {
  axesOf,
  channelsFirst,
  channelsLast,
  grown,
  grownPads,
  imageOf,
  kernelFirst,
  shrunk,
  shrunkPads,
  windowAttributes,
  type Axis,
  type Rank,
  type Window,
} from './window.ts';

/** A convolution's window, its features and its groups. */
export interface Attrs extends Window {
  readonly filters: number;
  /** The number of groups of channels; 1 by default. */
  readonly groups?: number;
}

/**
 * Returns TensorFlow's kernel [...sides, …channels] and a bias; the number of inputs and outputs per element determines
 * the initial values.
 */
const weights = (axes: readonly Axis[], takes: number, gives: number, channels: readonly number[], filters: number) => {
  const sides = axes.map(({ kernel }) => kernel);
  const kernel: Param = { shape: [...sides, ...channels], init: glorot(size(sides) * takes, size(sides) * gives) };
  return { kernel, bias: { shape: [filters], init: zeros } };
};

/** Returns the channels and the filters of a group. @throws ShapeMismatch unless the groups divide both. */
const groupOf = (channels: number, filters: number, groups: number): readonly [channels: number, filters: number] => {
  for (const [what, count] of [
    ['channels', channels],
    ['filters', filters],
  ] as const)
    if (count % groups !== 0)
      throw new ShapeMismatch(`expected ${what} that ${groups} groups divide, got ${count}; change one of them`);
  return [channels / groups, filters / groups];
};

const inGroups = ({ groups = 1 }: Attrs) => groups > 1 && { group: groups };

/** A convolution over `rank` spatial axes: `filters` features of each neighbourhood. */
export const convolution = (rank: Rank): Op<Attrs, 'kernel' | 'bias'> =>
  exampleOp({
    name: `conv${rank}d`,

    shape: ([x], attrs) => {
      const { sides, channels } = imageOf(rank, x);
      groupOf(channels, attrs.filters, attrs.groups ?? 1);
      return [...shrunk(rank, sides, axesOf(rank, attrs)), attrs.filters];
    },

    params: ([x], attrs) => {
      const { filters, groups = 1 } = attrs;
      const [takes, gives] = groupOf(imageOf(rank, x).channels, filters, groups);
      return weights(axesOf(rank, attrs), takes, gives, [takes, filters], filters);
    },

    run: (tf, [x], attrs, { kernel, bias }) =>
      tf.add(convolvedInGroups(tf, x, kernel, axesOf(rank, attrs), attrs.groups ?? 1), bias),

    lower: (onnx, [x], attrs, { kernel, bias }, { shapes }) => {
      const axes = axesOf(rank, attrs);
      const attributes = {
        ...windowAttributes(axes, shrunkPads(imageOf(rank, shapes[0]).sides, axes)),
        ...inGroups(attrs),
      };
      const own = onnx.Transpose(kernel, kernelFirst(rank));
      return onnx.Transpose(
        onnx.Conv(onnx.Transpose(x, channelsFirst(rank)), own, bias, attributes),
        channelsLast(rank),
      );
    },
  });

/** A transposed convolution over `rank` spatial axes: each element adds to a neighbourhood of `filters` features. */
export const transposedConvolution = (rank: Rank): Op<Attrs, 'kernel' | 'bias'> =>
  exampleOp({
    name: `convTranspose${rank}d`,

    shape: ([x], attrs) => {
      const { sides, channels } = imageOf(rank, x);
      groupOf(channels, attrs.filters, attrs.groups ?? 1);
      return [...grown(sides, axesOf(rank, attrs)), attrs.filters];
    },

    params: ([x], attrs) => {
      const { filters, groups = 1 } = attrs;
      const { channels } = imageOf(rank, x);
      const [takes, gives] = groupOf(channels, filters, groups);
      return weights(axesOf(rank, attrs), takes, gives, [gives, channels], filters);
    },

    run: (tf, [x], attrs, { kernel, bias }) =>
      tf.add(paintedInGroups(tf, x, kernel, axesOf(rank, attrs), attrs.groups ?? 1), bias),

    lower: (onnx, [x], attrs, { kernel, bias }) => {
      const axes = axesOf(rank, attrs);
      const { added, ...pads } = grownPads(axes);
      const attributes = {
        ...windowAttributes(axes, pads),
        ...inGroups(attrs),
        ...(added.some((count) => count > 0) && { output_padding: added }),
      };
      const own = onnx.Transpose(kernel, kernelFirst(rank));
      return onnx.Transpose(
        onnx.ConvTranspose(onnx.Transpose(x, channelsFirst(rank)), own, bias, attributes),
        channelsLast(rank),
      );
    },
  });
