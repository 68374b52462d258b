import { i32, type Expr, type Int } from './code/expression.ts';
import type { Bytes } from './plan.ts';

/** A piece of the memory that a part computes in: where it begins, and how long it is, from the beginning of that memory. */
export interface Region {
  readonly at: Bytes;
  readonly size: Bytes;
}

/** Kernels write whole vectors, so that up to three numbers behind a region are written too. */
const BEYOND = 16;

/**
 * Divides the memory of a part into regions, which are used again once their values are needed by nobody. Where a region begins
 * is known for every number of rows.
 */
export class Arena {
  #end: { fixed: number; perRow: number } = { fixed: 0, perRow: 0 };
  #free: Region[] = [];

  /** Returns a region of at least this size: the smallest free one that is large enough for every batch, or a new one. */
  take(size: Bytes): Region {
    const needed = { fixed: round(size.fixed) + BEYOND, perRow: round(size.perRow) };
    const fits = this.#free.filter((one) => one.size.fixed >= needed.fixed && one.size.perRow >= needed.perRow);
    const best = fits.reduce<Region | undefined>((a, b) => (a && cost(a) <= cost(b) ? a : b), undefined);
    if (best) {
      this.#free = this.#free.filter((one) => one !== best);
      return best;
    }
    const at = { ...this.#end };
    this.#end = { fixed: at.fixed + needed.fixed, perRow: at.perRow + needed.perRow };
    return { at, size: needed };
  }

  /** Allows a region to be used again. */
  free(region: Region): void {
    this.#free.push(region);
  }

  /** The bytes of all regions. */
  get size(): Bytes {
    return this.#end;
  }
}

const round = (bytes: number): number => Math.ceil(bytes / 16) * 16;
const cost = ({ size }: Region): number => size.fixed + 16 * size.perRow;

/** Returns the address of a place, given where the memory of the part begins and the number of rows. */
export const addressOf = ({ fixed, perRow }: Bytes, base: Expr<'i32'>, rows: Int): Expr<'i32'> =>
  i32.add(perRow === 0 ? base : i32.add(base, i32.mul(rows, perRow)), fixed);
