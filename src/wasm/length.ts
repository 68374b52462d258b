import { InvalidGraph } from '../errors.ts';
import type { Dim } from '../onnx/graph.ts';
import { size } from '../shape/size.ts';
import { i32, int, type Expr } from './code/expression.ts';

/** A number of elements: `scale`, or `scale` times the number of rows of the batch. */
export interface Length {
  readonly scale: number;
  readonly batched: boolean;
}

export const length = (scale: number): Length => ({ scale, batched: false });
export const ONE = length(1);
export const ZERO = length(0);

/** Returns a dimension of a checked graph as a length. @throws InvalidGraph for one that is no multiple of the batch. */
export const lengthOf = (where: string, dim: Dim): Length => {
  if (typeof dim === 'number') return length(dim);
  const [, factor = '1'] = /^(?:(\d+)\*)?N$/.exec(dim) ?? refused(where, String(dim));
  return { scale: Number(factor), batched: true };
};

export const isOne = ({ scale, batched }: Length): boolean => scale === 1 && !batched;
export const isZero = ({ scale }: Length): boolean => scale === 0;
export const sameLength = (a: Length, b: Length): boolean =>
  a.scale === b.scale && (a.batched === b.batched || a.scale === 0);

/** Returns a product of lengths. @throws InvalidGraph for one that grows with the square of the batch. */
export const times = (where: string, ...lengths: readonly Length[]): Length => {
  const scale = size(lengths.map((one) => one.scale));
  const batches = lengths.filter(({ batched }) => batched).length;
  if (batches > 1 && scale !== 0) return refused(where, 'one that grows with the square of the batch');
  return { scale, batched: batches > 0 && scale !== 0 };
};

/** Returns the strides of a contiguous tensor, in elements. */
export const stridesOf = (where: string, dims: readonly Length[]): readonly Length[] =>
  dims.map((_, axis) => times(where, ...dims.slice(axis + 1)));

/** Returns a length as an expression, given the number of rows. */
export const valueOf = ({ scale, batched }: Length, rows: Expr<'i32'>, factor = 1): Expr<'i32'> =>
  batched ? i32.mul(rows, scale * factor) : int(scale * factor);

const refused = (where: string, got: string): never => {
  throw new InvalidGraph(
    `${where}: expected lengths that are fixed or a multiple of the batch for WebAssembly, got ${got}; export it without the target wasm`,
  );
};
