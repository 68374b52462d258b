/** Collects numbers one by one in an array that grows. */
export class Growing {
  #data: Float64Array;
  #length = 0;

  constructor(room = 1024) {
    this.#data = new Float64Array(room);
  }

  push(value: number): void {
    if (this.#length === this.#data.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.#length++] = value;
  }

  /** Returns all of them: a view, not a copy. */
  values(): Float64Array {
    return this.#data.subarray(0, this.#length);
  }
}
