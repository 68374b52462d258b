// Arrays of float64 and their gradients, in plain loops. The judge is written from the documentation and shares nothing with
// src/: what both get wrong alike would not be seen.

/** A value of a computation: numbers in row-major order, what they were computed from, and how a gradient flows back. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  readonly from: readonly NdArray[];
  /** Adds to the gradients of `from` what the gradient of this one, `g`, says of them. */
  readonly back: (g: Float64Array, add: (i: number, at: number, value: number) => void) => void;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/**
 * How results are rounded. To find how much rounding errors matter, a computation is run again with every result moved by up to
 * an ulp of float32: where that moves what comes out, float32 engines may be as far away.
 */
let rounding: (() => number) | undefined;
const ULP = 2 ** -23;

/** Runs a computation with every result moved a little, as drawn by `random`, from 0 to 1. */
export const perturbed = <T>(random: () => number, run: () => T): T => {
  const before = rounding;
  rounding = random;
  try {
    return run();
  } finally {
    rounding = before;
  }
};

const settle = (data: Float64Array): Float64Array => {
  if (!rounding) return data;
  for (let i = 0; i < data.length; i++) data[i] = Math.fround((data[i] ?? 0) * (1 + ULP * (2 * rounding() - 1)));
  return data;
};

const none = (): void => undefined;

/** Numbers that were given. */
export const array = (shape: readonly number[], data: ArrayLike<number>): NdArray => ({
  shape,
  data: Float64Array.from(data),
  from: [],
  back: none,
});

/** A result, of as many numbers as its shape has. */
export const made = (
  shape: readonly number[],
  data: Float64Array,
  from: readonly NdArray[],
  back: NdArray['back'],
): NdArray => ({ shape, data: settle(data), from, back });

/** The gradients of a single number by what it was computed from. */
export function gradients(of: NdArray): ReadonlyMap<NdArray, Float64Array> {
  const order: NdArray[] = [];
  const seen = new Set<NdArray>();
  const visit = (one: NdArray): void => {
    if (seen.has(one)) return;
    seen.add(one);
    for (const each of one.from) visit(each);
    order.push(one);
  };
  visit(of);
  const all = new Map<NdArray, Float64Array>([[of, Float64Array.of(1)]]);
  for (const one of order.reverse()) {
    const g = all.get(one);
    if (!g) continue;
    settle(g);
    const targets = one.from.map((each) => {
      const known = all.get(each) ?? new Float64Array(each.data.length);
      all.set(each, known);
      return known;
    });
    one.back(g, (i, at, value) => {
      const target = targets[i];
      if (target) target[at] = (target[at] ?? 0) + value;
    });
  }
  return all;
}

/**
 * Element by element: `f` of each, and its derivative from x and y. `slack` is how far float32 is from it, apart from an ulp:
 * engines compute 1 + e^x and the like, whose small results have no more digits than the 1.
 */
export const map = (
  x: NdArray,
  f: (x: number) => number,
  slope: (x: number, y: number) => number,
  slack: (x: number) => number = () => 0,
): NdArray => {
  const data = x.data.map(f);
  if (rounding)
    for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) + slack(x.data[i] ?? 0) * (2 * rounding() - 1);
  return made(x.shape, data, [x], (g, add) => {
    for (let i = 0; i < g.length; i++) add(0, i, (g[i] ?? 0) * slope(x.data[i] ?? 0, data[i] ?? 0));
  });
};

/** Where each element of an array of shape `to` lies in one of shape `of`, whose axes of length 1 are stretched. */
const spread = (of: readonly number[], to: readonly number[]): Int32Array => {
  const own = [...to.slice(0, to.length - of.length).map(() => 1), ...of];
  const steps = own.map((length, axis) => (length === 1 ? 0 : sizeOf(own.slice(axis + 1))));
  const at = new Int32Array(sizeOf(to));
  for (let i = 0; i < at.length; i++) {
    let rest = i;
    let index = 0;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const length = to[axis] ?? 1;
      index += (rest % length) * (steps[axis] ?? 0);
      rest = Math.floor(rest / length);
    }
    at[i] = index;
  }
  return at;
};

/** The shape that two are stretched to, axis by axis from the last. */
export const stretched = (a: readonly number[], b: readonly number[]): readonly number[] => {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => {
    const [m, n] = [a[a.length - length + i] ?? 1, b[b.length - length + i] ?? 1];
    if (m !== n && m !== 1 && n !== 1) throw new Error(`judge: [${a.join()}] and [${b.join()}] do not fit`);
    return m === 1 ? n : m;
  });
};

/** Two arrays, element by element. */
export const zip = (
  a: NdArray,
  b: NdArray,
  f: (a: number, b: number) => number,
  slopes: (a: number, b: number) => readonly [number, number],
): NdArray => {
  const shape = stretched(a.shape, b.shape);
  const [left, right] = [spread(a.shape, shape), spread(b.shape, shape)];
  const data = Float64Array.from(left, (at, i) => f(a.data[at] ?? 0, b.data[right[i] ?? 0] ?? 0));
  return made(shape, data, [a, b], (g, add) => {
    for (let i = 0; i < g.length; i++) {
      const [p, q] = [left[i] ?? 0, right[i] ?? 0];
      const [da, db] = slopes(a.data[p] ?? 0, b.data[q] ?? 0);
      // 0·∞ of a branch that is not taken is no NaN.
      if (da !== 0) add(0, p, (g[i] ?? 0) * da);
      if (db !== 0) add(1, q, (g[i] ?? 0) * db);
    }
  });
};

/** Elements of `x` by their places, in another shape: reshapes, slices, transposes, repeats. */
export const gather = (x: NdArray, shape: readonly number[], at: (i: number) => number): NdArray => {
  const places = Int32Array.from({ length: sizeOf(shape) }, (_, i) => at(i));
  const data = Float64Array.from(places, (p) => x.data[p] ?? NaN);
  return made(shape, data, [x], (g, add) => {
    for (let i = 0; i < g.length; i++) add(0, places[i] ?? 0, g[i] ?? 0);
  });
};

/** Sums of elements of `x`: element i belongs to the sum `to(i)`, with a factor. */
export const scatter = (
  x: NdArray,
  shape: readonly number[],
  to: (i: number) => number,
  factor: (i: number) => number = () => 1,
): NdArray => {
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < x.data.length; i++) data[to(i)] = (data[to(i)] ?? 0) + (x.data[i] ?? 0) * factor(i);
  return made(shape, data, [x], (g, add) => {
    for (let i = 0; i < x.data.length; i++) add(0, i, (g[to(i)] ?? 0) * factor(i));
  });
};

/** Terms Σ x[from]·w[by] for each place `to`: what matrices and convolutions are. */
export interface Products {
  /** Calls `term(to, from, by)` for each product. */
  readonly each: (term: (to: number, from: number, by: number) => void) => void;
}

export const contract = (x: NdArray, w: NdArray, shape: readonly number[], { each }: Products): NdArray => {
  const data = new Float64Array(sizeOf(shape));
  each((to, from, by) => {
    data[to] = (data[to] ?? 0) + (x.data[from] ?? 0) * (w.data[by] ?? NaN);
  });
  return made(shape, data, [x, w], (g, add) => {
    each((to, from, by) => {
      add(0, from, (g[to] ?? 0) * (w.data[by] ?? 0));
      add(1, by, (g[to] ?? 0) * (x.data[from] ?? 0));
    });
  });
};
