// SHA-256 in plain JavaScript, as the library asks Node for it: a page's own computes only asynchronously.

/** The first 32 bits of the fractional parts of the square roots and the cube roots of primes: FIPS 180-4, 4.2.2 and 5.3.3. */
const fractions = (root: number, count: number): readonly number[] => {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes.map((prime) => Math.floor((prime ** (1 / root) % 1) * 2 ** 32));
};

const ROUNDS = fractions(3, 64);
const FIRST = fractions(2, 8);

class Sha256 {
  readonly #state = Uint32Array.from(FIRST);
  readonly #block = new Uint8Array(64);
  readonly #words = new Uint32Array(64);
  #length = 0;

  update(data: string | Uint8Array): this {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    let at = this.#length % 64;
    for (const byte of bytes) {
      this.#block[at++] = byte;
      if (at < 64) continue;
      this.#mix();
      at = 0;
    }
    this.#length += bytes.length;
    return this;
  }

  digest(_encoding: 'hex'): string {
    const bits = this.#length * 8;
    // A mark, zeros, and the length in 64 bits, up to the end of a block.
    const end = new Uint8Array(1 + ((119 - (this.#length % 64)) % 64) + 8);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(end.length - 4, bits % 2 ** 32);
    this.update(end);
    return [...this.#state].map((word) => word.toString(16).padStart(8, '0')).join('');
  }

  #mix(): void {
    const words = this.#words;
    const view = new DataView(this.#block.buffer);
    const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by));
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(4 * i);
    const word = (i: number): number => words[i] ?? 0;
    for (let i = 16; i < 64; i++) {
      const [x, y] = [word(i - 15), word(i - 2)];
      const small = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
      const large = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
      words[i] = word(i - 16) + small + word(i - 7) + large;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = this.#state;
    for (let i = 0; i < 64; i++) {
      const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + (ROUNDS[i] ?? 0) + word(i);
      const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (this.#state[i] = (this.#state[i] ?? 0) + value));
  }
}

/** The only hash that the library uses. */
export const createHash = (_name: 'sha256'): Sha256 => new Sha256();
