import { array, gather, map, scatter, sizeOf, stretched, zip, type NdArray } from './array.ts';
import { current, drawnAs, labelOf, paramOf } from './scope.ts';

/** A value of a definition that is being computed: for each example, for each of k samples of each, or for none. */
export class Tensor {
  /** Of one example. */
  readonly shape: readonly number[];
  /** 0, nothing; 1, the examples; k, k samples for each. */
  readonly lead: number;
  readonly value: NdArray;

  constructor(value: NdArray, lead: number) {
    this.value = value;
    this.lead = lead;
    this.shape = lead > 0 ? value.shape.slice(1) : value.shape;
  }

  pipe(...layers: readonly ((x: Tensor) => unknown)[]): unknown {
    // Each layer takes what the one before it gives.
    return layers.reduce<unknown>((x, layer) => layer(x as Tensor), this);
  }
}

export type Operand = Tensor | number;
/** What makes a tensor of one. */
export type Layer = (x: Tensor) => Tensor;
export type Tensors = Readonly<Record<string, Tensor>>;

export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

export const numbered = (shape: readonly number[], data: number | ArrayLike<number>): Tensor =>
  new Tensor(array(shape, typeof data === 'number' ? new Float64Array(sizeOf(shape)).fill(data) : data), 0);

/** float32, as the product keeps constants. */
export const constant = (shape: readonly number[], data: number | ArrayLike<number>): Tensor =>
  numbered(shape, typeof data === 'number' ? Math.fround(data) : Float32Array.from(data));

const tensor = (x: Operand): Tensor => (isTensor(x) ? x : constant([], x));

/** The rows of a value. */
export const rowsOf = ({ lead }: Tensor): readonly number[] => (lead > 0 ? [lead * current().count] : []);

/** The same numbers with the rows and as many axes as others have. */
const lifted = (x: Tensor, axes: number): NdArray => {
  if (x.lead === 0) return x.value;
  const between = Array.from({ length: axes - x.shape.length }, () => 1);
  return gather(x.value, [...rowsOf(x), ...between, ...x.shape], (i) => i);
};

export const leadOf = (...xs: readonly Tensor[]): number => {
  const some = [...new Set(xs.map(({ lead }) => lead).filter((lead) => lead > 0))];
  if (some.length > 1) throw new Error(`judge: leads ${some.join(' and ')} do not fit`);
  return some[0] ?? 0;
};

const binary =
  (f: (a: number, b: number) => number, slopes: (a: number, b: number) => readonly [number, number]) =>
  (one: Operand, two: Operand): Tensor => {
    const [a, b] = [tensor(one), tensor(two)];
    const axes = Math.max(a.shape.length, b.shape.length);
    return new Tensor(zip(lifted(a, axes), lifted(b, axes), f, slopes), leadOf(a, b));
  };

export const add = binary(
  (a, b) => a + b,
  () => [1, 1],
);
export const sub = binary(
  (a, b) => a - b,
  () => [1, -1],
);
export const mul = binary(
  (a, b) => a * b,
  (a, b) => [b, a],
);
export const div = binary(
  (a, b) => a / b,
  (a, b) => [1 / b, -a / (b * b)],
);
/** The larger of two; at ties the second. */
export const max = binary(
  (a, b) => Math.max(a, b),
  (a, b) => (a > b ? [1, 0] : [0, 1]),
);

export const elementwise =
  (f: (x: number) => number, slope: (x: number, y: number) => number, slack?: (x: number) => number) =>
  (x: Tensor): Tensor =>
    new Tensor(map(x.value, f, slope, slack), x.lead);

/** Other numbers for each row, of which element i of a row's result is element `at(i)` of the row. */
export const rearranged = (x: Tensor, shape: readonly number[], at: (i: number) => number): Tensor => {
  const [from, to] = [sizeOf(x.shape), sizeOf(shape)];
  return new Tensor(
    gather(x.value, [...rowsOf(x), ...shape], (i) => Math.floor(i / to) * from + at(i % to)),
    x.lead,
  );
};

/** Sums for each row, to which element i of a row adds at `to(i)`, times a factor. */
export const summed = (
  x: Tensor,
  shape: readonly number[],
  to: (i: number) => number,
  factor: (i: number) => number = () => 1,
): Tensor => {
  const [own, size] = [sizeOf(x.shape), sizeOf(shape)];
  const value = scatter(
    x.value,
    [...rowsOf(x), ...shape],
    (i) => Math.floor(i / own) * size + to(i % own),
    (i) => factor(i % own),
  );
  return new Tensor(value, x.lead);
};

/** A value for each row of others, where it has none. */
export const forRows = (x: Tensor, lead: number): Tensor => {
  if (x.lead === lead) return x;
  const rows = lead * current().count;
  const size = sizeOf(x.shape);
  return new Tensor(
    gather(x.value, [rows, ...x.shape], (i) => i % size),
    lead,
  );
};

/** The mean over all rows, which has none. */
export const batchMean = (x: Tensor): Tensor => {
  if (x.lead === 0) return x;
  const size = sizeOf(x.shape);
  const [rows = 1] = rowsOf(x);
  return new Tensor(
    scatter(
      x.value,
      x.shape,
      (i) => i % size,
      () => 1 / rows,
    ),
    0,
  );
};

export const parameter = (label: string, shape: readonly number[]): Tensor => {
  const value = paramOf(`${labelOf('parameter')}/${label}`);
  return new Tensor(
    value.data.length === sizeOf(shape) ? value : array(shape, new Float64Array(sizeOf(shape)).fill(NaN)),
    0,
  );
};

export const noise = (label: string, _: string, like: Tensor, shape: readonly number[]): Tensor =>
  new Tensor(drawnAs(label, rowsOf(like), shape), like.lead);

export { stretched };
