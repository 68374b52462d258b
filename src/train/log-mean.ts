/** Accumulates log Σᵢ e^xᵢ without overflow, in double precision. */
export class LogSum {
  #largest = -Infinity;
  #sum = 0;
  count = 0;

  /** Adds e^x for each x. */
  add(values: Iterable<number>): void {
    for (const x of values) {
      this.count += 1;
      if (x <= this.#largest) this.#sum += Math.exp(x - this.#largest);
      else if (x > this.#largest) {
        this.#sum = this.#sum * Math.exp(this.#largest - x) + 1;
        this.#largest = x;
      } else this.#sum = NaN;
    }
  }

  /** log Σᵢ e^xᵢ; −∞ if nothing was added. */
  get value(): number {
    return this.#largest === -Infinity && !Number.isNaN(this.#sum) ? -Infinity : this.#largest + Math.log(this.#sum);
  }
}

/** Returns log (1/n)·Σᵢ e^xᵢ. */
export const logMeanExp = (sum: LogSum): number => sum.value - Math.log(sum.count);

/** Mean and variance of numbers that arrive one at a time (Welford 1962). */
export class Moments {
  #mean = 0;
  #squares = 0;
  count = 0;

  add(x: number): void {
    this.count += 1;
    const before = x - this.#mean;
    this.#mean += before / this.count;
    this.#squares += before * (x - this.#mean);
  }

  get mean(): number {
    return this.count > 0 ? this.#mean : NaN;
  }

  /** The population variance. */
  get variance(): number {
    return this.#squares / this.count;
  }

  /** The standard error of the mean, √(s²/n); 0 for a single number. */
  get error(): number {
    return this.count > 1 ? Math.sqrt(this.#squares / (this.count - 1) / this.count) : 0;
  }
}
