import type { Numbers } from './engine.ts';

/** Running means of named numbers, weighted by how many examples each is of. */
export class Means {
  readonly #sums: Map<string, number>;
  count: number;

  /** From nothing, or from where `state` left off. */
  constructor({ sums = {}, count = 0 }: Partial<MeansState> = {}) {
    this.#sums = new Map(Object.entries(sums));
    this.count = count;
  }

  add(numbers: Numbers, count: number): void {
    for (const [name, value] of Object.entries(numbers))
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + value * count);
    this.count += count;
  }

  values(): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.count]));
  }

  state(): MeansState {
    return { sums: Object.fromEntries(this.#sums), count: this.count };
  }
}

/** What means are made of so far. */
export interface MeansState {
  readonly sums: Numbers;
  readonly count: number;
}
