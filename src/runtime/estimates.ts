/** Estimates of log p(y|x) from log weights that arrive in rounds, in double precision, for many examples. */
export class Estimates {
  readonly #largest: Float64Array;
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;

  constructor(rows: number) {
    this.#largest = new Float64Array(rows).fill(-Infinity);
    this.#sum = new Float64Array(rows);
    this.#squares = new Float64Array(rows);
  }

  /** Adds the first `used` of `width` log weights of each example. */
  add(logWeights: Float32Array, width: number, used: number): void {
    this.#count += used;
    for (let row = 0; row < this.#largest.length; row++)
      for (let at = row * width; at < row * width + used; at++) this.#put(row, logWeights[at] ?? NaN);
  }

  /** Weights are kept in units of the largest, so that they neither overflow nor vanish. */
  #put(row: number, logWeight: number): void {
    const largest = this.#largest[row] ?? NaN;
    if (logWeight > largest) {
      const factor = Math.exp(largest - logWeight);
      this.#largest[row] = logWeight;
      this.#sum[row] = (this.#sum[row] ?? NaN) * factor + 1;
      this.#squares[row] = (this.#squares[row] ?? NaN) * factor ** 2 + 1;
      return;
    }
    // A weight of 0, as long as no other is larger.
    const weight = logWeight === -Infinity ? 0 : Math.exp(logWeight - largest);
    this.#sum[row] = (this.#sum[row] ?? NaN) + weight;
    this.#squares[row] = (this.#squares[row] ?? NaN) + weight ** 2;
  }

  /** Returns log (1/n)·Σw, its standard error by the delta method, √(s²/n) / mean, and (Σw)² / Σw², of each example. */
  result(): Record<'values' | 'standardErrors' | 'effectiveSamples', Float64Array> {
    const n = this.#count;
    const effectiveSamples = this.#sum.map((sum, row) => (sum === 0 ? 0 : sum ** 2 / (this.#squares[row] ?? NaN)));
    return {
      values: this.#sum.map((sum, row) => (this.#largest[row] ?? NaN) + Math.log(sum / n)),
      // s²/n / mean² = (n·Σw² / (Σw)² − 1) / (n − 1); rounding may leave a little less than 0.
      standardErrors: effectiveSamples.map((own) => (n > 1 ? Math.sqrt(Math.max(0, n / own - 1) / (n - 1)) : 0)),
      effectiveSamples,
    };
  }
}
