import { number, numbers } from '../../onnx/attributes.ts';
import { f32, i32, int, type Expr } from '../code/expression.ts';
import type { Local } from '../code/function.ts';
import type { ModuleBuilder } from '../code/module.ts';
import { broadcastStrides } from '../elements.ts';
import { isOne, length, stridesOf, times, valueOf, type Length } from '../length.ts';
import { fixed, unable, type Context, type Lowering } from '../lowering.ts';
import { collapse, walk, type Walked } from '../walk.ts';

/** Rows of at least this many numbers are copied as a whole. */
const LONG = 16;

/** The axes that a function copies along: four are nearly all that there are once those that move evenly are one. */
const AXES = 4;

/**
 * A copy along four axes: where to and from, the lengths of the axes, and the bytes between neighbours in both. If the numbers of the
 * last axis lie side by side, `bytes` are copied at once in its place.
 */
const mover = (module: ModuleBuilder, isRow: boolean) =>
  module.kernel(isRow ? 'move rows' : 'move', MOVE, undefined, (code, ...given) => {
    const [to, from, bytes, ...axes] = given;
    if (!to || !from || !bytes) return;
    const level = (axis: number, at: Local<'i32'>, source: Local<'i32'>): void => {
      const [size, step, stride] = [axes[axis], axes[AXES + axis], axes[2 * AXES + axis]];
      if (!size || !step || !stride) {
        if (isRow) code.copy(at, source, bytes);
        else code.storeNumber(at, f32.load(source));
        return;
      }
      const [own, other] = [code.int(at), code.int(source)];
      code.range(0, size, 1, () => {
        level(axis + 1, own, other);
        code.set(own, i32.add(own, step));
        code.set(other, i32.add(other, stride));
      });
    };
    level(0, to, from);
  });
const MOVE = Array.from({ length: 3 + 3 * AXES }, () => 'i32' as const);

/** Writes a copy of elements, along axes that move evenly in both tensors. */
export const move = (
  { node, code, rows, module }: Pick<Context, 'node' | 'code' | 'rows' | 'module'>,
  given: readonly Length[],
  to: Walked,
  from: Walked,
): void => {
  const { dims, strides } = collapse(node.name, { dims: given, strides: [to.strides, from.strides] });
  const [out = [], source = []] = strides;
  const inner = dims.at(-1);
  const isRow = [out, source].every((all) => isOne(all.at(-1) ?? length(0)));
  const row = inner && isRow && (inner.batched || inner.scale >= LONG) ? inner : undefined;
  const axes = row ? dims.length - 1 : dims.length;
  const bytes = row ? valueOf(row, rows, 4) : int(4);
  if (axes === 0 && row) return code.copy(to.at, from.at, bytes);
  if (axes > AXES) {
    const tensors = [
      { at: to.at, strides: out },
      { at: from.at, strides: source },
    ];
    return walk(code, rows, dims, tensors, (into, of) => code.storeNumber(into, f32.load(of)));
  }
  const filled = (list: readonly Length[], missing: Length, factor: number): readonly Expr<'i32'>[] =>
    [...Array.from({ length: AXES - axes }, () => missing), ...list.slice(0, axes)].map((one) =>
      valueOf(one, rows, factor),
    );
  const all = [...filled(dims, length(1), 1), ...filled(out, length(0), 4), ...filled(source, length(0), 4)];
  code.call(mover(module, row !== undefined), to.at, from.at, bytes, ...all);
};

const offset = (at: Expr<'i32'>, by: Length, rows: Expr<'i32'>): Expr<'i32'> => i32.add(at, valueOf(by, rows, 4));

const transpose = (context: Context): void => {
  const { node, input } = context;
  const { dims, at } = input(0);
  const order = numbers(node, 'perm') ?? dims.map((_, i) => dims.length - 1 - i);
  const strides = stridesOf(node.name, dims);
  const out = context.output();
  const moved = order.map((axis) => strides[axis] ?? length(1));
  move(context, out.dims, { at: out.at, strides: stridesOf(node.name, out.dims) }, { at, strides: moved });
};

const axisIn = (node: Context['node'], rank: number): number => {
  const axis = number(node, 'axis');
  return axis < 0 ? axis + rank : axis;
};

const concat = (context: Context): void => {
  const { node, rows, input } = context;
  const out = context.output();
  const axis = axisIn(node, out.dims.length);
  const strides = stridesOf(node.name, out.dims);
  const stride = strides[axis] ?? length(1);
  let at = out.at;
  node.inputs.forEach((_, i) => {
    const { dims, at: from } = input(i);
    move(context, dims, { at, strides }, { at: from, strides: stridesOf(node.name, dims) });
    at = offset(at, times(node.name, stride, dims[axis] ?? length(1)), rows);
  });
};

const split = (context: Context): void => {
  const { node, rows, input, isUsed } = context;
  const { dims, at } = input(0);
  const axis = axisIn(node, dims.length);
  const strides = stridesOf(node.name, dims);
  let from = at;
  node.outputs.forEach((_, i) => {
    if (!isUsed(i)) return unable(node, 'whose outputs are all read', `one whose output ${i} is not`);
    const out = context.output(i);
    move(context, out.dims, { at: out.at, strides: stridesOf(node.name, out.dims) }, { at: from, strides });
    from = offset(from, times(node.name, strides[axis] ?? length(1), out.dims[axis] ?? length(1)), rows);
  });
};

const slice = (context: Context): void => {
  const { node, rows, has, input, numbers: known } = context;
  const { dims, at } = input(0);
  const starts = known(1);
  const axes = has(3) ? known(3) : starts.map((_, i) => i);
  const steps = has(4) ? known(4) : starts.map(() => 1);
  const strides = [...stridesOf(node.name, dims)];
  let from = at;
  axes.forEach((given, i) => {
    const axis = given < 0 ? given + dims.length : given;
    const [start = 0, step = 1] = [starts[i], steps[i]];
    const stride = strides[axis] ?? length(1);
    const whole = dims[axis] ?? length(1);
    strides[axis] = { ...stride, scale: stride.scale * step };
    // An axis of the batch is cut only from its beginning, or not at all.
    if (whole.batched && start !== 0) return unable(node, 'that leaves the batch as it is', `a start of ${start}`);
    const [most = 0] = whole.batched ? [0] : fixed(node, [whole]);
    const first = Math.min(Math.max(start < 0 ? start + most : start, 0), step < 0 ? most - 1 : most);
    if (first > 0) from = offset(from, { ...stride, scale: stride.scale * first }, rows);
  });
  const out = context.output();
  move(context, out.dims, { at: out.at, strides: stridesOf(node.name, out.dims) }, { at: from, strides });
};

const expand = (context: Context): void => {
  const { node, input } = context;
  const [{ dims, at }, out] = [input(0), context.output()];
  move(
    context,
    out.dims,
    { at: out.at, strides: stridesOf(node.name, out.dims) },
    { at, strides: broadcastStrides(node.name, dims, out.dims) },
  );
};

/** Copies side by side: each axis as two, of which the outer one does not move in the input. */
const tile = (context: Context): void => {
  const { node, input } = context;
  const [{ dims, at }, out] = [input(0), context.output()];
  const [from, to] = [stridesOf(node.name, dims), stridesOf(node.name, out.dims)];
  const axes = dims.flatMap((dim, axis) => {
    const whole = out.dims[axis] ?? dim;
    const own = to[axis] ?? length(1);
    // A batch that is repeated may be one row, or rows.
    const copies = { scale: whole.scale / dim.scale, batched: whole.batched && !dim.batched };
    return [
      { dim: copies, to: times(node.name, own, dim), from: length(0) },
      { dim, to: own, from: from[axis] ?? length(1) },
    ];
  });
  move(
    context,
    axes.map(({ dim }) => dim),
    { at: out.at, strides: axes.map((one) => one.to) },
    { at, strides: axes.map((one) => one.from) },
  );
};

/** Elements at computed places of an axis, counted from its end if they are negative. */
const gather = (context: Context): void => {
  const { node, code, rows, input } = context;
  const [data, indices, out] = [input(0), input(1), context.output()];
  const axis = axisIn(node, data.dims.length);
  const inner = times(node.name, ...data.dims.slice(axis + 1));
  const count = valueOf(data.dims[axis] ?? length(1), rows);
  const outer = times(node.name, ...data.dims.slice(0, axis));
  const picked = times(node.name, ...indices.dims);
  const to = code.int(out.at);
  const from = code.int(data.at);
  const bytes = code.int(valueOf(inner, rows, 4));
  code.range(0, valueOf(outer, rows), 1, () => {
    const at = code.int(indices.at);
    code.range(0, valueOf(picked, rows), 1, () => {
      const index = code.int(i32.truncate(f32.load(at)));
      code.if(i32.ltSigned(index, 0), () => code.increase(index, count));
      code.copy(to, i32.add(from, i32.mul(index, bytes)), bytes);
      code.set(to, i32.add(to, bytes));
      code.increase(at, 4);
    });
    code.set(from, i32.add(from, i32.mul(count, bytes)));
  });
};

const pad = (context: Context): void => {
  const { node, code, rows, has, input, numbers: known } = context;
  if (node.attributes['mode'] !== 'constant') return unable(node, 'of constants', String(node.attributes['mode']));
  const [{ dims, at }, out] = [input(0), context.output()];
  const pads = known(1);
  const axes = has(3) ? known(3).map((axis) => (axis < 0 ? axis + dims.length : axis)) : dims.map((_, i) => i);
  if (pads.some((count) => count < 0)) return unable(node, 'that adds elements', 'a negative number');
  const strides = stridesOf(node.name, out.dims);
  const value = has(2) ? f32.load(input(2).at) : f32.of(0);
  const filling = code.local('f32', value);
  const count = times(node.name, ...out.dims);
  const to = code.int(out.at);
  code.range(0, valueOf(count, rows), 1, () => {
    code.storeNumber(to, filling);
    code.increase(to, 4);
  });
  let into = out.at;
  axes.forEach((axis, i) => {
    const stride = strides[axis] ?? length(1);
    into = offset(into, { ...stride, scale: stride.scale * (pads[i] ?? 0) }, rows);
  });
  move(context, dims, { at: into, strides }, { at, strides: stridesOf(node.name, dims) });
};

/** Running sums along an axis. */
const cumSum = (context: Context): void => {
  const { node, code, rows, input, numbers: known } = context;
  if (number(node, 'exclusive') !== 0 || number(node, 'reverse') !== 0)
    return unable(node, 'from the front, of each element and those before', 'another');
  const [{ dims, at }, out] = [input(0), context.output()];
  const [given = 0] = known(1);
  const axis = given < 0 ? given + dims.length : given;
  const strides = stridesOf(node.name, dims);
  const stride = strides[axis] ?? length(1);
  const without = <T>(list: readonly T[]): readonly T[] => list.filter((_, i) => i !== axis);
  const own = without(strides);
  walk(
    code,
    rows,
    without(dims),
    [
      { at, strides: own },
      { at: out.at, strides: own },
    ],
    (from, to) => {
      const sum = code.local('f32', f32.of(0));
      const [source, into] = [code.int(from), code.int(to)];
      code.range(0, valueOf(dims[axis] ?? length(1), rows), 1, () => {
        code.set(sum, f32.add(sum, f32.load(source)));
        code.storeNumber(into, sum);
        code.set(source, i32.add(source, valueOf(stride, rows, 4)));
        code.set(into, i32.add(into, valueOf(stride, rows, 4)));
      });
    },
  );
};

const constantOfShape = (context: Context): void => {
  const { node, code, rows } = context;
  const value = node.attributes['value'];
  const filled = typeof value === 'object' && 'data' in value ? Number(value.data[0] ?? 0) : 0;
  const out = context.output();
  const to = code.int(out.at);
  code.range(0, valueOf(times(node.name, ...out.dims), rows), 1, () => {
    code.storeNumber(to, f32.of(filled));
    code.increase(to, 4);
  });
};

/** Copies of elements: what is joined, cut, repeated, turned and looked up. */
export const MOVES: Readonly<Record<string, Lowering>> = {
  Reshape: { kind: 'view' },
  Flatten: { kind: 'view' },
  Squeeze: { kind: 'view' },
  Unsqueeze: { kind: 'view' },
  Transpose: { kind: 'kernel', emit: transpose },
  Concat: { kind: 'kernel', emit: concat },
  Split: { kind: 'kernel', reads: [0], emit: split },
  Slice: { kind: 'kernel', reads: [0], emit: slice },
  Expand: { kind: 'kernel', reads: [0], emit: expand },
  Tile: { kind: 'kernel', reads: [0], emit: tile },
  Gather: { kind: 'kernel', emit: gather },
  Pad: { kind: 'kernel', reads: [0, 2], emit: pad },
  CumSum: { kind: 'kernel', reads: [0], emit: cumSum },
  ConstantOfShape: { kind: 'kernel', reads: [], emit: constantOfShape },
};
