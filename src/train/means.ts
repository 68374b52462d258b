import type { MeansState } from '../formats/checkpoint.ts';
import type { Spread } from '../formats/epoch.ts';
import type { Scalars } from './engine.ts';

/** Running means of named numbers, weighted by the number of examples behind each. */
export class Means {
  readonly #sums: Map<string, number>;
  #first: number | undefined;
  /** Σ (loss − first)², which preserves differences that are small compared with the loss itself. */
  #around: number;
  count: number;

  /** Starts empty, or from a saved `state`. */
  constructor({ sums = {}, count = 0, squares, around, first }: Partial<MeansState> = {}) {
    this.#sums = new Map(Object.entries(sums));
    this.#first = first;
    this.count = count;
    const before = first === undefined || squares === undefined ? 0 : moved(squares, sums['loss'] ?? 0, count, first);
    this.#around = around ?? before;
  }

  add(numbers: Scalars, count: number): void {
    const { loss = NaN } = numbers;
    this.#first ??= loss;
    this.#around += (loss - this.#first) ** 2 * count;
    for (const [name, value] of Object.entries(numbers))
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + value * count);
    this.count += count;
  }

  values(): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.count]));
  }

  /** Returns the first `loss` that was added and the standard deviation of all of them. */
  spread(): Spread | undefined {
    if (this.#first === undefined) return undefined;
    const away = (this.#sums.get('loss') ?? NaN) / this.count - this.#first;
    return { first: this.#first, deviation: Math.sqrt(Math.max(0, this.#around / this.count - away ** 2)) };
  }

  state(): MeansState {
    const first = this.#first;
    const sums = Object.fromEntries(this.#sums);
    return { sums, count: this.count, around: this.#around, ...(first !== undefined && { first }) };
  }
}

/** Returns Σ (x − from)², computed from Σ x² and Σ x. */
const moved = (squares: number, sum: number, count: number, from: number): number =>
  Math.max(0, squares - 2 * from * sum + from * from * count);
