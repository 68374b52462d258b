/** The arrays in which numbers are collected. */
const KINDS = { Float64Array, Int32Array, Uint8Array };

/** Collects numbers one by one in an array of this kind that grows. */
export class Growing<K extends keyof typeof KINDS = 'Float64Array'> {
  readonly #kind: K;
  #data: InstanceType<(typeof KINDS)[K]>;
  #length = 0;

  constructor(kind: K, room = 1024) {
    this.#kind = kind;
    this.#data = this.#array(room);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#data.length) {
      const larger = this.#array(2 * this.#length);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.#length++] = value;
  }

  /** Returns all of them: a view, not a copy. */
  values(): InstanceType<(typeof KINDS)[K]> {
    // A part of an array is of its kind.
    return this.#data.subarray(0, this.#length) as InstanceType<(typeof KINDS)[K]>;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#data = this.#array(1024);
    this.#length = 0;
  }

  #array(room: number): InstanceType<(typeof KINDS)[K]> {
    // The class of this kind makes arrays of it.
    return new KINDS[this.#kind](room) as InstanceType<(typeof KINDS)[K]>;
  }
}
