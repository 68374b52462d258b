import { number } from '../../onnx/attributes.ts';
import type { Axis } from '../../onnx/window.ts';
import { size } from '../../shape/size.ts';
import { i32, int, type Expr } from '../code/expression.ts';
import { convolve, panelOf, tableOf, type Lay, type Three } from '../kernels/convolve.ts';
import { length } from '../length.ts';
import { fixed, unable, type Context, type Lowering } from '../lowering.ts';
import { bytesOfImage, eachImage, imageOf, padding, stepsOf, windowIn, type Image } from './images.ts';
import { move } from './moves.ts';

const map3 = <T, R>([z, y, x]: Three<T>, f: (value: T, axis: number) => R): Three<R> => [f(z, 0), f(y, 1), f(x, 2)];

/** Returns the bias of each feature, zeros if there is none. */
const biasOf = ({ has, input, node, place }: Context, features: number): Expr<'i32'> => {
  if (!has(2)) return int(place(new Float32Array(features), 'float32'));
  return input(2).constant ? input(2).at : unable(node, 'with a constant bias', 'one that is computed');
};

/** Writes one convolution of one image, in groups of channels. */
const group = (
  { code, module }: Context,
  lay: Lay,
  given: {
    readonly image: Expr<'i32'>;
    readonly weights: Expr<'i32'>;
    readonly bias: Expr<'i32'>;
    readonly out: Expr<'i32'>;
    readonly panel: Expr<'i32'>;
    readonly table: number;
    readonly features: number;
    readonly groups: number;
  },
): void => {
  const { taps, positions, steps, channels, channel } = lay;
  const { image, weights, bias, out, panel, table, features, groups } = given;
  const own = features / groups;
  const k = channels * size(taps);
  const call = (...at: readonly Expr<'i32'>[]): void =>
    code.call(convolve(module), ...at, panel, own, k, table, ...positions, ...steps);
  if (groups === 1) return call(image, weights, bias, out);
  const at = [image, weights, bias, out].map((address) => code.int(address));
  const moved = [channels * channel, 4 * own * k, 4 * own, 4 * own * size(positions)];
  code.range(0, groups, 1, () => {
    call(...at);
    at.forEach((address, i) => code.increase(address, moved[i] ?? 0));
  });
};

const conv = (context: Context): void => {
  const { node, input, scratch } = context;
  const [x, w, y] = [input(0), input(1), context.output()];
  if (!w.constant) return unable(node, 'with a constant kernel', 'one that is computed');
  const [features = 0, perGroup = 0, ...kernel] = fixed(node, w.dims);
  const [from, to] = [imageOf(node, x.dims), imageOf(node, y.dims)];
  const window = windowIn(node, kernel);
  const padded = {
    axes: map3(from.axes, (size, axis) => size + (window[axis]?.before ?? 0) + (window[axis]?.after ?? 0)),
    before: map3(window, ({ before }) => before),
  };
  const inner = stepsOf(padded.axes);
  const lay: Lay = {
    taps: map3(window, (axis) => axis.kernel),
    apart: map3(window, ({ dilation }, axis) => dilation * (inner[axis] ?? 0)),
    positions: to.axes,
    steps: map3(window, ({ stride }, axis) => stride * (inner[axis] ?? 0)),
    channels: perGroup,
    channel: bytesOfImage(1, padded.axes),
  };
  const [bias, weights] = [biasOf(context, features), w.at];
  const table = context.place(tableOf(lay), 'float32');
  const panel = scratch({ fixed: 4 * panelOf(lay), perRow: 0 });
  const inRoom = padding(context, from, padded, 0);
  const groups = number(node, 'group');
  eachImage(
    context,
    from.rows,
    [x.at, bytesOfImage(from.channels, from.axes)],
    [y.at, bytesOfImage(features, to.axes)],
    (image, out) => group(context, lay, { image: inRoom(image), weights, bias, out, panel, table, features, groups }),
  );
};

/**
 * One of the phases of a transposed convolution along an axis: the outputs at `first`, `first` + stride, …, which read the input as an
 * ordinary convolution does, with every stride-th element of the kernel, in reverse.
 */
interface Phase {
  readonly first: number;
  readonly positions: number;
  /** The kernel's elements, in the order of the inputs that they meet. */
  readonly taps: readonly number[];
  /** The first input that the first output reads, which may lie before the image. */
  readonly start: number;
  readonly apart: number;
}

/** Returns the phases of one axis. */
const phasesOf = (
  node: Context['node'],
  { kernel, stride, dilation, before }: Axis,
  size: number,
): readonly Phase[] => {
  if (dilation > 1 && stride > 1) return unable(node, 'with a stride or a dilation', 'both');
  return Array.from({ length: Math.min(stride, size) }, (_, first) => {
    const lead = (first + before) % stride;
    const taps: number[] = [];
    for (let k = dilation > 1 ? 0 : lead; k < kernel; k += dilation > 1 ? 1 : stride) taps.unshift(k);
    const apart = dilation > 1 ? dilation : 1;
    const start = (first + before - (taps[0] ?? lead) * dilation) / stride;
    return { first, positions: Math.ceil((size - first) / stride), taps, start, apart };
  });
};

/** Returns the room that phases need before and behind an axis of this length. */
const roomOf = (phases: readonly Phase[], size: number): { readonly before: number; readonly after: number } => {
  const used = phases.filter(({ taps }) => taps.length > 0);
  const before = Math.max(0, ...used.map(({ start }) => -start));
  const ends = used.map(({ start, positions, taps, apart }) => start + positions - 1 + (taps.length - 1) * apart);
  return { before, after: Math.max(0, ...ends.map((end) => end - (size - 1))) };
};

const convTranspose = (context: Context): void => {
  const { node, code, rows, module, input, scratch, place } = context;
  const [x, w, y] = [input(0), input(1), context.output()];
  const { constant } = w;
  if (!constant) return unable(node, 'with a constant kernel', 'one that is computed');
  const [channels = 0, perGroup = 0, ...kernel] = fixed(node, w.dims);
  const groups = number(node, 'group');
  const [from, to] = [imageOf(node, x.dims), imageOf(node, y.dims)];
  const window = windowIn(node, kernel);
  const phases = map3(window, (axis, i) => phasesOf(node, axis, to.axes[i] ?? 1));
  const room = map3(phases, (all, i) => roomOf(all, from.axes[i] ?? 1));
  const padded = {
    axes: map3(from.axes, (size, axis) => size + (room[axis]?.before ?? 0) + (room[axis]?.after ?? 0)),
    before: map3(room, ({ before }) => before),
  };
  const inner = stepsOf(padded.axes);
  const own = channels / groups;
  const kernelSteps = map3(stepsOf(map3(window, (axis) => axis.kernel)), (step) => step / 4);
  const elements = size(map3(window, (axis) => axis.kernel));
  const bias = biasOf(context, to.channels);
  const all = phases[0].flatMap((z) => phases[1].flatMap((yy) => phases[2].map((xx): Three<Phase> => [z, yy, xx])));
  const parts = all.map((phase) => {
    const lay: Lay = {
      taps: map3(phase, ({ taps }) => taps.length),
      apart: map3(phase, ({ apart }, axis) => apart * (inner[axis] ?? 0)),
      positions: map3(phase, ({ positions }) => positions),
      steps: inner,
      channels: own,
      channel: bytesOfImage(1, padded.axes),
    };
    const places: number[] = [];
    for (let feature = 0; feature < to.channels; feature++)
      for (let channel = 0; channel < own; channel++) {
        const first = (Math.floor(feature / perGroup) * own + channel) * perGroup + (feature % perGroup);
        for (const z of phase[0].taps)
          for (const yy of phase[1].taps)
            for (const xx of phase[2].taps)
              places.push(first * elements + z * kernelSteps[0] + yy * kernelSteps[1] + xx * kernelSteps[2]);
      }
    const weights = Float32Array.from(places, (at) => constant.data[at] ?? 0);
    const scales = constant.scales && Float32Array.from(places, (at) => constant.scales?.[at] ?? 1);
    const start = phase.reduce(
      (sum, one, axis) => sum + (one.taps.length > 0 ? one.start + (padded.before[axis] ?? 0) : 0) * (inner[axis] ?? 0),
      0,
    );
    const table = place(tableOf(lay), 'float32');
    return { phase, lay, start, table, weights: int(place(weights, constant.stored, scales)) };
  });
  const panel = scratch({ fixed: 4 * Math.max(...parts.map(({ lay }) => panelOf(lay))), perRow: 0 });
  // A single phase is the whole output, in order.
  const single = parts.length === 1;
  const most = Math.max(...parts.map(({ lay }) => bytesOfImage(to.channels, lay.positions)));
  const between = single ? panel : scratch({ fixed: most, perRow: 0 });
  const inRoom = padding(context, from, padded, 0);
  eachImage(
    context,
    from.rows,
    [x.at, bytesOfImage(from.channels, from.axes)],
    [y.at, bytesOfImage(to.channels, to.axes)],
    (source, out) => {
      const image = inRoom(source);
      for (const { phase, lay, start, table, weights } of parts) {
        const target = single ? out : between;
        const features = to.channels;
        const given = { weights, bias, out: target, panel, table, features, groups };
        group(context, lay, { ...given, image: i32.add(image, start) });
        if (!single) spread({ node, code, rows, module }, { phase, to, window, out, between });
      }
    },
  );
};

/** Writes the numbers of one phase to their places in the output. */
const spread = (
  context: Pick<Context, 'node' | 'code' | 'rows' | 'module'>,
  given: {
    readonly phase: Three<Phase>;
    readonly to: Image;
    readonly window: Three<Axis>;
    readonly out: Expr<'i32'>;
    readonly between: Expr<'i32'>;
  },
): void => {
  const { phase, to, window, out, between } = given;
  const positions = map3(phase, (one) => one.positions);
  const [outer, inner] = [stepsOf(to.axes), stepsOf(positions)];
  const first = phase.reduce((sum, one, axis) => sum + one.first * (outer[axis] ?? 0), 0);
  move(
    context,
    [to.channels, ...positions].map(length),
    {
      at: i32.add(out, first),
      strides: [size(to.axes), ...outer.map((step, axis) => ((window[axis]?.stride ?? 1) * step) / 4)].map(length),
    },
    { at: between, strides: [size(positions), ...inner.map((step) => step / 4)].map(length) },
  );
};

/** Convolutions and transposed ones. */
export const CONVOLUTION: Readonly<Record<string, Lowering>> = {
  Conv: { kind: 'kernel', emit: conv },
  ConvTranspose: { kind: 'kernel', emit: convTranspose },
};
