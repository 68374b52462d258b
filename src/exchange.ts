import type { Binary, Derivation, Leaf, Run, Unary } from './formats/derivation.ts';
import type { StoredInitializer } from './formats/manifest.ts';
import { size } from './shape/size.ts';

export type { Binary, Derivation, Leaf, Run, Unary } from './formats/derivation.ts';

const UNARY: Readonly<Record<Unary, (x: number) => number>> = {
  neg: (x: number) => -x,
  abs: Math.abs,
  relu: (x: number) => (x > 0 ? x : 0),
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
};
const BINARY: Readonly<Record<Binary, (a: number, b: number) => number>> = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
};
export const isUnary = (op: string): op is Unary => Object.hasOwn(UNARY, op);

/** Numbers of a shape, row by row. */
export interface Block {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** Computes the numbers of an expression; `leafOf` returns those of its leaves. */
export const derive = <L extends { readonly op: string }>(how: Derivation<L>, leafOf: (leaf: L) => Block): Block => {
  const of = (inner: Derivation<L>): Block => derive(inner, leafOf);
  // A leaf is recognised by its operation, which is none of these.
  const node = how as Exclude<Derivation<L>, L>;
  switch (node.op) {
    case 'transpose':
      return transposed(of(node.of), node.perm);
    case 'reshape':
      return { shape: node.shape, data: of(node.of).data };
    case 'gather':
      return gathered(of(node.of), node.axis, unrolled(node.places));
    case 'sum':
      return summed(of(node.of), node.axes);
    case 'round': {
      const { shape, data } = of(node.of);
      return { shape, data: Float32Array.from(data) };
    }
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return combined(of(node.of), of(node.by), BINARY[node.op]);
    case 'neg':
    case 'abs':
    case 'relu':
    case 'sqrt':
    case 'exp':
    case 'log': {
      const { shape, data } = of(node.of);
      return { shape, data: Float64Array.from(data, UNARY[node.op]) };
    }
    default:
      return leafOf(how as L);
  }
};

/** Writes the numbers of a file's derived initializers into its bytes, each at its offset. */
export const exchange = (
  bytes: Uint8Array,
  initializers: Readonly<Record<string, StoredInitializer>>,
  leafOf: (leaf: Leaf) => Block,
): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { offset, from } of Object.values(initializers))
    derive(from, leafOf).data.forEach((value, i) => view.setFloat32(offset + 4 * i, value, true));
};

/** Returns all numbers of some runs, in order. */
export const unrolled = (runs: readonly Run[]): Int32Array => {
  const all = new Int32Array(runs.reduce((sum, { lengths }) => sum + size(lengths), 0));
  let end = 0;
  for (const { start, lengths, steps } of runs) {
    const from = end;
    walk(lengths, steps, steps, (at, value) => (all[from + at] = start + value));
    end += size(lengths);
  }
  return all;
};

/** Returns the distance between neighbours along each axis. */
const stridesOf = (shape: readonly number[]): number[] => shape.map((_, axis) => size(shape.slice(axis + 1)));

/** Visits all places of a shape in order, with two running offsets along its axes. */
const walk = (
  shape: readonly number[],
  first: readonly number[],
  second: readonly number[],
  visit: (at: number, a: number, b: number) => void,
): void => {
  const length = size(shape);
  const index = new Int32Array(shape.length);
  let [a, b] = [0, 0];
  for (let at = 0; at < length; at++) {
    visit(at, a, b);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [length = 1, stepA = 0, stepB = 0] = [shape[axis], first[axis], second[axis]];
      a += stepA;
      b += stepB;
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next < length ? next : 0;
      if (next < length) break;
      a -= stepA * length;
      b -= stepB * length;
    }
  }
};

const like = ({ data }: Block, size: number): Float32Array | Float64Array =>
  data instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);

const transposed = (x: Block, perm: readonly number[]): Block => {
  const strides = stridesOf(x.shape);
  const shape = perm.map((axis) => x.shape[axis] ?? 1);
  const data = like(x, x.data.length);
  const steps = perm.map((axis) => strides[axis] ?? 0);
  walk(shape, steps, steps, (at, from) => (data[at] = x.data[from] ?? NaN));
  return { shape, data };
};

const gathered = (x: Block, axis: number, places: Int32Array): Block => {
  const length = x.shape[axis] ?? 1;
  const shape = x.shape.map((own, i) => (i === axis ? places.length : own));
  const after = size(x.shape.slice(axis + 1));
  const data = like(x, size(shape));
  for (let row = 0; row < size(x.shape.slice(0, axis)); row++)
    places.forEach((place, i) => {
      const [from, to] = [(row * length + place) * after, (row * places.length + i) * after];
      if (after === 1) data[to] = x.data[from] ?? NaN;
      else data.set(x.data.subarray(from, from + after), to);
    });
  return { shape, data };
};

const summed = (x: Block, axes: readonly number[]): Block => {
  const shape = x.shape.filter((_, axis) => !axes.includes(axis));
  const kept = stridesOf(shape);
  const steps = x.shape.map((_, axis) => (axes.includes(axis) ? 0 : (kept.shift() ?? 0)));
  const data = new Float64Array(size(shape));
  walk(x.shape, steps, steps, (at, to) => (data[to] = (data[to] ?? 0) + (x.data[at] ?? NaN)));
  return { shape, data };
};

const combined = (x: Block, y: Block, f: (a: number, b: number) => number): Block => {
  const rank = Math.max(x.shape.length, y.shape.length);
  const [a, b] = [x, y].map(({ shape }) => [...Array<number>(rank - shape.length).fill(1), ...shape]);
  const shape = (a ?? []).map((length, axis) => (length === 1 ? (b?.[axis] ?? 1) : length));
  const stepsOf = (own: readonly number[] = []) => stridesOf(own).map((step, axis) => (own[axis] === 1 ? 0 : step));
  const data = new Float64Array(size(shape));
  walk(shape, stepsOf(a), stepsOf(b), (at, i, j) => (data[at] = f(x.data[i] ?? NaN, y.data[j] ?? NaN)));
  return { shape, data };
};
