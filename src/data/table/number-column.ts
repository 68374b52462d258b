import { size } from '../../shape/size.ts';
import type { Column } from '../dataset.ts';
import { toFloat32 } from '../precision.ts';
import { RoundingLoss } from '../rounding-loss.ts';
import { scratchFile, type ScratchFile } from '../stored-file.ts';
import { Growing } from './growing.ts';

/** The number of numbers that are written at once. */
const BLOCK = 2 ** 16;

/**
 * Collects the numbers of a variable, row by row; those that are missing are NaN. From `memory` bytes on, they are kept in a file, as
 * float32.
 */
export class NumberColumn {
  readonly #shape: readonly number[];
  readonly #called: (place: number) => string;
  readonly #most: number;
  readonly #kept = new Growing('Float64Array');
  readonly #losses: readonly RoundingLoss[];
  #file: ScratchFile | undefined;

  constructor(shape: readonly number[], memory: number, called: (place: number) => string) {
    this.#shape = shape;
    this.#called = called;
    // Whole rows are written, at least one.
    const width = size(shape);
    this.#most = width * Math.max(1, Math.floor(memory / 8 / width));
    this.#losses = Array.from({ length: width }, () => new RoundingLoss());
  }

  push(value: number): void {
    this.#kept.push(value);
    const { length } = this.#kept;
    if (length >= this.#most || (this.#file && length >= BLOCK && length % size(this.#shape) === 0)) this.#write();
  }

  /** Returns the column, with 0 for what is missing, and a remark about it, if any. @throws InvalidData as `toFloat32` does */
  column(): { readonly column: Column; readonly notice?: string } {
    const shape = this.#shape;
    const width = size(shape);
    if (!this.#file) {
      const { data, notice } = toFloat32(this.#kept.values(), width, this.#called);
      const numbers = data.map((value) => (Number.isNaN(value) ? 0 : value));
      return { column: { shape, data: numbers, scale: 1 }, ...(notice !== undefined && { notice }) };
    }
    this.#write();
    const notices = this.#losses.flatMap((loss, place) => loss.notice(this.#called(place)) ?? []);
    const stored = this.#file.finish('Float32Array', width);
    const column = { shape, data: new Float32Array(), stored, scale: 1 };
    return { column, ...(notices.length > 0 && { notice: notices.join('; ') }) };
  }

  #write(): void {
    this.#file ??= scratchFile();
    const values = this.#kept.values();
    const width = size(this.#shape);
    for (let i = 0; i < values.length; i++) this.#losses[i % width]?.take(values[i] ?? NaN);
    this.#file.append(Float32Array.from(values, (value) => (Number.isNaN(value) ? 0 : value)));
    this.#kept.clear();
  }
}
