import { number, numbers } from '../../onnx/attributes.ts';
import { size } from '../../shape/size.ts';
import { f32, i32, v128, type Expr } from '../code/expression.ts';
import type { Local } from '../code/function.ts';
import { broadcastStrides } from '../elements.ts';
import { exp, log } from '../kernels/functions.ts';
import { maxOf, momentsOf, overRow, softmax as softmaxOf, sumOf } from '../kernels/rows.ts';
import { length, stridesOf, times, valueOf, type Length } from '../length.ts';
import { bytesOf, fixed, unable, type Context, type Lowering, type Tensor } from '../lowering.ts';
import { move } from './moves.ts';

/** A tensor whose last axes are those that an operator works along: rows of `length` numbers. */
interface Rows {
  readonly at: Expr<'i32'>;
  readonly count: Length;
  readonly length: Length;
  /** The lengths in the order in which they lie, and the axes that they are of. */
  readonly dims: readonly Length[];
  readonly order: readonly number[];
}

/** Returns a tensor with some axes moved to its end: itself if they are there. */
const withLast = (context: Context, { dims, at }: Pick<Tensor, 'dims' | 'at'>, axes: readonly number[]): Rows => {
  const { node, scratch } = context;
  const kept = dims.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const pick = (list: readonly Length[]): readonly Length[] => order.map((axis) => list[axis] ?? length(1));
  const moved = pick(dims);
  const count = times(node.name, ...moved.slice(0, kept.length));
  const own = times(node.name, ...moved.slice(kept.length));
  const about = { count, length: own, dims: moved, order };
  // Axes of one element may be anywhere.
  const long = order.filter((axis) => dims[axis]?.scale !== 1 || dims[axis]?.batched);
  if (long.every((axis, i) => i === 0 || axis > (long[i - 1] ?? 0))) return { ...about, at };
  const to = scratch(bytesOf(dims));
  move(
    context,
    moved,
    { at: to, strides: stridesOf(node.name, moved) },
    { at, strides: pick(stridesOf(node.name, dims)) },
  );
  return { ...about, at: to };
};

/** Runs `body` for each row, with its address, and that of a number or a row of the result. */
const eachRow = (
  { code, rows }: Context,
  { at, count, length: own }: Rows,
  to: Expr<'i32'>,
  step: Length,
  body: (row: Local<'i32'>, into: Local<'i32'>) => void,
): void => {
  const [row, into] = [code.int(at), code.int(to)];
  code.range(0, valueOf(count, rows), 1, () => {
    body(row, into);
    code.set(row, i32.add(row, valueOf(own, rows, 4)));
    code.set(into, i32.add(into, valueOf(step, rows, 4)));
  });
};

const axisFromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Returns the axes that a reduction is over: of its input since opset 18, of its attribute before; all if there are none. */
const reducedAxes = ({ node, has, numbers: known, input }: Context): readonly number[] => {
  const rank = input(0).dims.length;
  const given = has(1) ? known(1) : (numbers(node, 'axes') ?? []);
  if (given.length > 0) return given.map((axis) => axisFromFront(axis, rank)).sort((a, b) => a - b);
  return node.attributes['noop_with_empty_axes'] === 1 ? [] : Array.from({ length: rank }, (_, i) => i);
};

type Reduce = (context: Context, row: Local<'i32'>, count: Expr<'i32'>) => Expr<'f32'>;

const reduction = (reduce: Reduce): Lowering => ({
  kind: 'kernel',
  reads: [0],
  emit: (context) => {
    const { code, rows, input, node } = context;
    if (input(0).isWhole) return unable(node, 'of floats', 'whole numbers');
    const all = withLast(context, input(0), reducedAxes(context));
    const count = code.int(valueOf(all.length, rows));
    eachRow(context, all, context.output().at, length(1), (row, into) =>
      code.storeNumber(into, reduce(context, row, count)),
    );
  },
});

const logSumExp: Reduce = ({ module, code }, row, count) => {
  const most = code.local('f32', maxOf(module, row, count));
  const sum = code.local('f32', f32.of(0));
  const at = code.int(row);
  code.range(0, count, 1, () => {
    code.set(sum, f32.add(sum, f32.first(exp(module, v128.splat(f32.sub(f32.load(at), most))))));
    code.increase(at, 4);
  });
  return f32.add(f32.first(log(module, v128.splat(sum))), most);
};

const softmax = (context: Context): void => {
  const { node, code, rows, module, input, scratch } = context;
  const [x, y] = [input(0), context.output()];
  const axis = axisFromFront(number(node, 'axis'), x.dims.length);
  const all = withLast(context, x, [axis]);
  const isMoved = all.at !== x.at;
  const to = isMoved ? scratch(bytesOf(x.dims)) : y.at;
  const count = code.int(valueOf(all.length, rows));
  eachRow(context, all, to, all.length, (row, into) => code.call(softmaxOf(module), into, row, count));
  if (!isMoved) return;
  const strides = stridesOf(node.name, y.dims);
  const back = all.order.map((one) => strides[one] ?? length(1));
  move(context, all.dims, { at: y.at, strides: back }, { at: to, strides: stridesOf(node.name, all.dims) });
};

/** Returns a constant's numbers for each element of a shape that it broadcasts to. */
const spread = (node: Context['node'], { constant, dims }: Tensor, within: readonly Length[]): Float32Array => {
  if (!constant) return unable(node, 'with a constant scale and shift', 'one that is computed');
  const lengths = fixed(node, within);
  const strides = broadcastStrides(node.name, dims, within).map(({ scale }) => scale);
  const count = size(lengths);
  return Float32Array.from({ length: count }, (_, i) => {
    let rest = i;
    let at = 0;
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      const size = lengths[axis] ?? 1;
      at += (rest % size) * (strides[axis] ?? 0);
      rest = Math.floor(rest / size);
    }
    return constant.data[at] ?? 0;
  });
};

const layerNormalization = (context: Context): void => {
  const { node, code, rows, module, input, has, place, isUsed } = context;
  if (isUsed(1) || isUsed(2)) return unable(node, 'of which only the first output is read', 'another');
  const [x, y] = [input(0), context.output()];
  const axis = axisFromFront(number(node, 'axis'), x.dims.length);
  const normalized = x.dims.slice(axis);
  const scale = place(spread(node, input(1), normalized), 'float32');
  const shift = has(2) ? place(spread(node, input(2), normalized), 'float32') : undefined;
  const all = withLast(
    context,
    x,
    normalized.map((_, i) => axis + i),
  );
  const count = code.int(valueOf(all.length, rows));
  eachRow(context, all, y.at, all.length, (row, into) => {
    const [mean, inverse] = momentsOf(module, code, row, count, number(node, 'epsilon'));
    const [middle, factor] = [code.local('v128', v128.splat(mean)), code.local('v128', v128.splat(inverse))];
    overRow(code, count, [into, row, scale, shift ?? scale], (to = into, at = row, by = row, add = row) => {
      const own = v128.mul(v128.mul(v128.sub(v128.load(at), middle), factor), v128.load(by));
      code.store(to, shift === undefined ? own : v128.add(own, v128.load(add)));
    });
  });
};

/** Writes x · factor + term for rows of channels, each of which has its own. */
const perChannel = (
  context: Context,
  coefficients: (row: Local<'i32'>, count: Local<'i32'>, channel: Local<'i32'>) => readonly [Expr<'f32'>, Expr<'f32'>],
): void => {
  const { node, code, rows, input } = context;
  const [x, y] = [input(0), context.output()];
  const [batch = length(1), channels = length(1), ...image] = x.dims;
  const size = times(node.name, ...image);
  const count = code.int(valueOf(size, rows));
  const [row, into] = [code.int(x.at), code.int(y.at)];
  code.range(0, valueOf(batch, rows), 1, () => {
    code.range(0, valueOf(channels, rows), 1, (channel) => {
      const [factor, term] = coefficients(row, count, channel).map((one) => code.local('v128', v128.splat(one)));
      overRow(code, count, [into, row], (to = into, at = row) => {
        if (factor && term) code.store(to, v128.add(v128.mul(v128.load(at), factor), term));
      });
      code.set(row, i32.add(row, i32.mul(count, 4)));
      code.set(into, i32.add(into, i32.mul(count, 4)));
    });
  });
};

const instanceNormalization = (context: Context): void => {
  const { node, code, module, input } = context;
  const [scale, shift] = [input(1).at, input(2).at];
  perChannel(context, (row, count, channel) => {
    const [mean, inverse] = momentsOf(module, code, row, count, number(node, 'epsilon'));
    const own = i32.mul(channel, 4);
    const factor = code.local('f32', f32.mul(inverse, f32.load(i32.add(scale, own))));
    return [factor, f32.sub(f32.load(i32.add(shift, own)), f32.mul(mean, factor))];
  });
};

const batchNormalization = (context: Context): void => {
  const { node, numbers: known, place } = context;
  const [scale = [], shift = [], mean = [], variance = []] = [1, 2, 3, 4].map(known);
  const factors = scale.map((value, i) => value / Math.sqrt((variance[i] ?? 0) + number(node, 'epsilon')));
  const factor = place(Float32Array.from(factors), 'float32');
  const term = place(
    Float32Array.from(shift, (value, i) => value - (mean[i] ?? 0) * (factors[i] ?? 0)),
    'float32',
  );
  perChannel(context, (_row, _count, channel) => [
    f32.load(i32.add(factor, i32.mul(channel, 4))),
    f32.load(i32.add(term, i32.mul(channel, 4))),
  ]);
};

const globalAveragePool = (context: Context): void => {
  const { code, rows, module, input } = context;
  const x = input(0);
  const all = withLast(
    context,
    x,
    x.dims.slice(2).map((_, i) => i + 2),
  );
  const count = code.int(valueOf(all.length, rows));
  eachRow(context, all, context.output().at, length(1), (row, into) =>
    code.storeNumber(into, f32.div(sumOf(module, row, count), f32.from(count))),
  );
};

/** The first of the largest elements along an axis: its place. */
const argMax = (context: Context): void => {
  const { node, code, rows, input } = context;
  const x = input(0);
  if (number(node, 'select_last_index') !== 0) return unable(node, 'of which the first largest counts', 'the last');
  const all = withLast(context, x, [axisFromFront(number(node, 'axis'), x.dims.length)]);
  eachRow(context, all, context.output().at, length(1), (row, into) => {
    const [most, best] = [code.local('f32', f32.load(row)), code.int(0)];
    code.range(0, valueOf(all.length, rows), 1, (i) => {
      const value = code.local('f32', f32.load(i32.add(row, i32.mul(i, 4))));
      code.if(f32.gt(value, most), () => {
        code.set(most, value);
        code.set(best, i);
      });
    });
    code.storeNumber(into, f32.from(best));
  });
};

const kernel = (emit: (context: Context) => void, reads?: readonly number[]): Lowering => ({
  kind: 'kernel',
  emit,
  ...(reads && { reads }),
});

/** What works along rows: reductions, normalization, softmax. */
export const ROWS: Readonly<Record<string, Lowering>> = {
  ReduceSum: reduction(({ module }, row, count) => sumOf(module, row, count)),
  ReduceMean: reduction(({ module }, row, count) => f32.div(sumOf(module, row, count), f32.from(count))),
  ReduceMax: reduction(({ module }, row, count) => maxOf(module, row, count)),
  ReduceLogSumExp: reduction(logSumExp),
  Softmax: kernel(softmax),
  LayerNormalization: kernel(layerNormalization),
  InstanceNormalization: kernel(instanceNormalization),
  BatchNormalization: kernel(batchNormalization, [0]),
  GlobalAveragePool: kernel(globalAveragePool),
  ArgMax: kernel(argMax),
};
