import { InvalidData } from '../errors.ts';
import { COARSE, FINE, remedyOf, stepAt } from './precision.ts';

/** Watches what float32 loses of numbers that come one by one, of which nothing is kept. */
export class RoundingLoss {
  #isExact = true;
  #isWhole = true;
  #count = 0;
  #mean = 0;
  #square = 0;
  #least = Infinity;
  #most = -Infinity;

  take(value: number): void {
    if (Number.isNaN(value)) return; // it is missing
    this.#isExact &&= value === Math.fround(value);
    this.#isWhole &&= Number.isInteger(value);
    this.#count++;
    const before = value - this.#mean;
    this.#mean += before / this.#count;
    this.#square += before * (value - this.#mean);
    this.#least = Math.min(this.#least, value);
    this.#most = Math.max(this.#most, value);
  }

  /**
   * Returns a remark if rounding matters, as `toFloat32` judges it, but without a count of what becomes equal.
   * @throws InvalidData if too little of the numbers is left
   */
  notice(called: string): string | undefined {
    if (this.#isExact) return undefined;
    const step = stepAt(Math.max(Math.abs(this.#least), Math.abs(this.#most)));
    const coarseness = step / Math.sqrt(this.#square / this.#count);
    if (coarseness < FINE && !this.#isWhole) return undefined;
    const of = { mean: this.#mean, least: this.#least, most: this.#most, whole: this.#isWhole };
    if (coarseness >= COARSE)
      throw new InvalidData(
        `${called}: expected values that float32 can tell apart, got some that are only ${step} apart there; ${remedyOf(of)}`,
      );
    return `${called}: float32, which networks compute in, makes values equal that are less than ${step} apart; ${remedyOf(of, 'reported')}`;
  }
}
