import { i32, type Expr } from './code/expression.ts';
import type { Code, Local } from './code/function.ts';
import { isOne, sameLength, times, valueOf, type Length } from './length.ts';

/** A tensor that is walked over: where it begins, and by how many elements an axis moves on. */
export interface Walked {
  readonly at: Expr<'i32'>;
  readonly strides: readonly Length[];
}

/** Axes, outermost first, and how each tensor moves along them. */
export interface Axes {
  readonly dims: readonly Length[];
  readonly strides: readonly (readonly Length[])[];
}

/** Leaves out axes of length 1, and makes one of adjacent axes along which all tensors move on evenly. */
export const collapse = (where: string, { dims, strides }: Axes): Axes => {
  const kept: { dim: Length; strides: readonly Length[] }[] = [];
  dims.forEach((dim, axis) => {
    if (isOne(dim)) return;
    const own = strides.map((all) => all[axis] ?? dim);
    const last = kept.at(-1);
    const isEven = last?.strides.every((outer, i) => {
      const inner = own[i] ?? dim;
      return !(inner.batched && dim.batched) && sameLength(outer, times(where, inner, dim));
    });
    if (last && isEven && !(last.dim.batched && dim.batched)) {
      last.dim = times(where, last.dim, dim);
      last.strides = own;
    } else kept.push({ dim, strides: own });
  });
  return {
    dims: kept.map(({ dim }) => dim),
    strides: strides.map((_, i) => kept.map((one) => one.strides[i] ?? one.dim)),
  };
};

/** Runs `body` for every place of these axes, with the address of each tensor's element there. */
export const walk = (
  code: Code,
  rows: Expr<'i32'>,
  dims: readonly Length[],
  tensors: readonly Walked[],
  body: (...at: readonly Local<'i32'>[]) => void,
): void => {
  const level = (axis: number, at: readonly Local<'i32'>[]): void => {
    const dim = dims[axis];
    if (!dim) return body(...at);
    const own = at.map((one) => code.int(one));
    code.range(0, valueOf(dim, rows), 1, () => {
      level(axis + 1, own);
      own.forEach((one, i) => {
        const stride = tensors[i]?.strides[axis];
        if (stride && stride.scale !== 0) code.set(one, i32.add(one, valueOf(stride, rows, 4)));
      });
    });
  };
  level(
    0,
    tensors.map(({ at }) => code.int(at)),
  );
};
