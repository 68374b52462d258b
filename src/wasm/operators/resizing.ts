import { axisOf, numbers } from '../../onnx/attributes.ts';
import { mixed } from '../../onnx/operators/resizing.ts';
import { f32, i32, int, type Expr } from '../code/expression.ts';
import { length, stridesOf, times, valueOf, type Length } from '../length.ts';
import { bytesOf, fixed, type Context, type Lowering, type Tensor } from '../lowering.ts';
import { walk } from '../walk.ts';
import { move } from './moves.ts';

/** An axis that becomes longer or shorter: the elements, with their weights, that make up each new one. */
interface Change {
  readonly axis: number;
  readonly own: number;
  readonly made: ReturnType<typeof mixed>;
}

/** An image in another size, along one axis after the other, or by one copy where each element is only repeated. */
const resize = (context: Context): void => {
  const { node, has, input, scratch, numbers: known } = context;
  const [x, out] = [input(0), context.output()];
  const scales = has(2) ? known(2) : undefined;
  const axes = numbers(node, 'axes') ?? x.dims.map((_, i) => i);
  const changes = axes.flatMap((given, i): readonly Change[] => {
    const axis = axisOf(node, given, x.dims.length);
    const [from = length(1), to = length(1)] = [x.dims[axis], out.dims[axis]];
    // A batch keeps its rows.
    if ((scales?.[i] ?? to.scale / from.scale) === 1 && from.batched === to.batched) return [];
    const [own = 1, whole = 1] = fixed(node, [from, to]);
    return [{ axis, own, made: mixed(node, { scale: scales?.[i] ?? whole / own, length: whole }, own) }];
  });
  if (changes.every(isRepeated)) return repeat(context, changes);
  let { dims, at }: Pick<Tensor, 'dims' | 'at'> = x;
  changes.forEach(({ axis, made }, i) => {
    const next = dims.map((dim, j) => (j === axis ? length(made.length) : dim));
    const into = i === changes.length - 1 ? out.at : scratch(bytesOf(next));
    along(context, axis, made, { dims, at }, { dims: next, at: into });
    [dims, at] = [next, into];
  });
};

const isRepeated = ({ own, made }: Change): boolean =>
  made.every((parts, i) => parts.length === 1 && parts[0]?.[0] === Math.floor((i * own) / made.length)) &&
  made.length % own === 0;

/** Copies with every element side by side with itself: each axis as two, of which the inner one does not move in the input. */
const repeat = (context: Context, changes: readonly Change[]): void => {
  const { node, input } = context;
  const [{ dims, at }, out] = [input(0), context.output()];
  const [from, to] = [stridesOf(node.name, dims), stridesOf(node.name, out.dims)];
  const axes = dims.flatMap((dim, axis) => {
    const { own = 1, made } = changes.find((change) => change.axis === axis) ?? {};
    const copies = length((made?.length ?? own) / own);
    const step = to[axis] ?? length(1);
    return [
      { dim, to: times(node.name, step, copies), from: from[axis] ?? length(1) },
      { dim: copies, to: step, from: length(0) },
    ];
  });
  move(
    context,
    axes.map((one) => one.dim),
    { at: out.at, strides: axes.map((one) => one.to) },
    { at, strides: axes.map((one) => one.from) },
  );
};

/** Resizes along one axis, by a table of places, and of the share of the second of two. */
const along = (
  { node, code, rows, place }: Context,
  axis: number,
  made: Change['made'],
  x: Pick<Tensor, 'dims' | 'at'>,
  y: Pick<Tensor, 'dims' | 'at'>,
): void => {
  const [from, to] = [stridesOf(node.name, x.dims), stridesOf(node.name, y.dims)];
  const without = (list: readonly Length[]): readonly Length[] => list.filter((_, i) => i !== axis);
  const isBlend = made[0]?.length === 2;
  const table = place(
    Float32Array.from(
      made.flatMap(([[low = 0] = [], [high = 0, share = 0] = []]) => (isBlend ? [low, high, share] : low)),
    ),
    'float32',
  );
  const [step, stride] = [to, from].map((strides) => valueOf(strides[axis] ?? length(1), rows, 4));
  if (!step || !stride) return;
  walk(
    code,
    rows,
    without(x.dims),
    [
      { at: x.at, strides: without(from) },
      { at: y.at, strides: without(to) },
    ],
    (source, target) => {
      const [read, into] = [code.int(int(table)), code.int(target)];
      const element = (offset: number): Expr<'f32'> =>
        f32.load(i32.add(source, i32.mul(i32.truncate(f32.load(read, offset)), stride)));
      code.range(0, made.length, 1, () => {
        const share = f32.load(read, 8);
        const blended = (): Expr<'f32'> =>
          f32.add(f32.mul(f32.sub(f32.of(1), share), element(0)), f32.mul(share, element(4)));
        code.storeNumber(into, isBlend ? blended() : element(0));
        code.increase(read, isBlend ? 12 : 4);
        code.set(into, i32.add(into, step));
      });
    },
  );
};

/** Images in another size. */
export const RESIZING: Readonly<Record<string, Lowering>> = {
  Resize: { kind: 'kernel', reads: [0], emit: resize },
};
