import type { MeansState } from '../formats/checkpoint.ts';
import type { Spread } from '../formats/epoch.ts';
import type { Numbers } from './engine.ts';

/** Running means of named numbers, weighted by how many examples each is of. */
export class Means {
  readonly #sums: Map<string, number>;
  #squares: number;
  #first: number | undefined;
  count: number;

  /** From nothing, or from where `state` left off. */
  constructor({ sums = {}, count = 0, squares = 0, first }: Partial<MeansState> = {}) {
    this.#sums = new Map(Object.entries(sums));
    this.#squares = squares;
    this.#first = first;
    this.count = count;
  }

  add(numbers: Numbers, count: number): void {
    const { loss } = numbers;
    this.#first ??= loss;
    this.#squares += (loss ?? NaN) ** 2 * count;
    for (const [name, value] of Object.entries(numbers))
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + value * count);
    this.count += count;
  }

  values(): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.count]));
  }

  /** Of `loss`: the first that was added, and the standard deviation of all. */
  spread(): Spread | undefined {
    if (this.#first === undefined) return undefined;
    const mean = (this.#sums.get('loss') ?? NaN) / this.count;
    return { first: this.#first, deviation: Math.sqrt(Math.max(0, this.#squares / this.count - mean ** 2)) };
  }

  state(): MeansState {
    const first = this.#first;
    const sums = Object.fromEntries(this.#sums);
    return { sums, count: this.count, squares: this.#squares, ...(first !== undefined && { first }) };
  }
}
