/**
 * Random numbers from a random seed, the same on every platform to the bit. The generator is counter-based: a number is a pure
 * function of a stream and a position, so there is no state to carry, and noise i does not depend on how many others were drawn.
 *
 * Only + − × ÷ √ and 32-bit integer operations are used, each of which IEEE 754 or ECMAScript fixes to the last bit; `Math.log`,
 * `Math.cos` and similar functions differ between engines.
 */

/** The key of a stream of numbers: 64 bits, as two 32-bit words. Created by `stream`. */
export type Key = readonly [number, number];

/**
 * Returns the stream of a random seed and a path, such as `stream(1, 'order', epoch)`. Different paths give independent streams;
 * use one stream for one purpose. The seed and numbers in the path are integers from 0 to 2⁵³ − 1, otherwise a RangeError is
 * thrown.
 */
export const stream = (seed: number, ...path: readonly (string | number)[]): Key => {
  let key: Key = wordsOf(seed);
  for (const part of path) {
    if (typeof part === 'number') {
      key = bits(key, ...wordsOf(part));
      continue;
    }
    // The upper half of the second word is free (2⁵³ / 2³² = 2²¹): its top bits distinguish text, and the end of text, from
    // numbers.
    for (let i = 0; i < part.length; i++) key = bits(key, part.charCodeAt(i), 0x8000_0000 | i);
    key = bits(key, part.length, 0xc000_0000);
  }
  return key;
};

/** Returns 64 random bits as two unsigned words: the block of a stream at a counter of two words. */
export const bits = (key: Key, counter0: number, counter1 = 0): Key => {
  const block = new Uint32Array(2);
  threefry(block, key[0], key[1], counter0, counter1);
  return [block[0] ?? 0, block[1] ?? 0];
};

/** Returns number `index` (0 to 2⁵³ − 1) of a stream, uniform in [0, 1) with 53 random bits. */
export const uniform = (key: Key, index: number): number => {
  const [a, b] = bits(key, ...wordsOf(index));
  return ((a >>> 5) * 0x400_0000 + (b >>> 6)) / 0x20_0000_0000_0000;
};

/**
 * Fills `out`, rows of `length` numbers, with uniforms in [0, 1) of 24 bits each, exact in float32. Row r belongs to sample
 * `first + r` and is a function of the stream and that index only. Samples are counted from 0 to 2³² − 1.
 */
export const fillUniforms = (out: Float32Array, key: Key, length = out.length, first = 0): Float32Array =>
  fill(out, key, length, first, unitOf);

/**
 * Fills `out`, rows of `length` numbers, with standard normals, rounded to float32. Row r belongs to sample `first + r` and
 * is a function of the stream and that index only. Samples are counted from 0 to 2³² − 1.
 */
export const fillNormals = (out: Float32Array, key: Key, length = out.length, first = 0): Float32Array =>
  fill(out, key, length, first, normalOf);

/** Returns uniforms in [0, 1) of samples `first`, `first + 1`, …, as an array of shape [count, length]. */
export const uniforms = (key: Key, count: number, length: number, first = 0): Float32Array =>
  fillUniforms(new Float32Array(count * length), key, length, first);

/** Returns standard normals of samples `first`, `first + 1`, …, as an array of shape [count, length]. */
export const normals = (key: Key, count: number, length: number, first = 0): Float32Array =>
  fillNormals(new Float32Array(count * length), key, length, first);

/** Returns the integers from 0 to n − 1 in an order drawn from the stream (Fisher and Yates, in Durstenfeld's form). */
export const permutation = (n: number, key: Key): Int32Array => {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniform(key, i) * (i + 1));
    const moved = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = moved;
  }
  return order;
};

/**
 * Returns the quantile of the standard normal: z such that a standard normal is below z with probability p, for p from 2⁻³³ to 1
 * − 2⁻³³. Relative error about 1e-16: M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution",
 * Applied Statistics 37 (1988) 477–484, routine PPND16, without its piece for the far tails, below 1.4e-11, which 32 bits never
 * reach.
 */
export const inverseNormal = (p: number): number => {
  const q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const z = ratio(TAIL, Math.sqrt(-log(q < 0 ? p : 1 - p)) - 1.6);
  return q < 0 ? -z : z;
};

/** Eight coefficients, from the constant term up. */
type Polynomial = readonly [number, number, number, number, number, number, number, number];
type Ratio = readonly [Polynomial, Polynomial];

// The coefficients of PPND16, rounded to doubles.
const CENTRE: Ratio = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
];
const TAIL: Ratio = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
];
const ratio = ([above, below]: Ratio, x: number): number => polynomial(above, x) / polynomial(below, x);

// Without a loop, which would take twice as long.
const polynomial = (c: Polynomial, x: number): number =>
  ((((((c[7] * x + c[6]) * x + c[5]) * x + c[4]) * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0];

/** Returns ln x for 0 < x ≤ 1, as k·ln 2 + 2·artanh s with x = 2ᵏ·m, ½√2 ≤ m < √2 and s = (m − 1)/(m + 1); the series to s²³. */
const log = (x: number): number => {
  let m = x;
  let k = 0;
  while (m < 0.7071067811865476) {
    m *= 2;
    k -= 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let series = 1 / 23;
  for (let n = 21; n > 0; n -= 2) series = series * z + 1 / n;
  return k * 0.6931471805599453 + 2 * s * series;
};

/** Returns the quantile of the middle of interval `word` of the 2³² into which (0, 1) is divided: never infinite. */
const normalOf = (word: number): number => inverseNormal((word + 0.5) / 0x1_0000_0000);

const unitOf = (word: number): number => (word >>> 8) / 0x100_0000;

/** Writes number j of row r from word j mod 2 of block (⌊j / 2⌋, first + r). */
const fill = (
  out: Float32Array,
  key: Key,
  length: number,
  first: number,
  valueOf: (word: number) => number,
): Float32Array => {
  if (out.length === 0) return out;
  const rows = out.length / length;
  if (!Number.isInteger(rows)) throw new RangeError(`${out.length} numbers are not rows of ${length}`);
  if (!Number.isInteger(first) || first < 0 || first + rows > 0x1_0000_0000)
    throw new RangeError(`sample ${first}: beyond 2^32`);
  const block = new Uint32Array(2);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let j = 0; j < length; j++, at++) {
      if ((j & 1) === 0) threefry(block, key[0], key[1], j >>> 1, first + row);
      out[at] = valueOf(block[j & 1] ?? 0);
    }
  }
  return out;
};

const wordsOf = (integer: number): [number, number] => {
  if (!Number.isSafeInteger(integer) || integer < 0)
    throw new RangeError(`expected a whole number from 0, got ${integer}`);
  return [integer >>> 0, Math.floor(integer / 0x1_0000_0000)];
};

/**
 * Threefry-2x32 of 20 rounds: J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel Random Numbers: As Easy as 1, 2,
 * 3", SC 2011. A keyed bijection of two words, unrolled because it is the inner loop of all drawing.
 */
const threefry = (out: Uint32Array, key0: number, key1: number, counter0: number, counter1: number): void => {
  let x = key1 | 0;
  let y = 0x1bd1_1bda ^ key0 ^ key1;
  let next = key0 | 0;
  let a = (counter0 + key0) | 0;
  let b = (counter1 + key1) | 0;
  for (let group = 1; group <= 5; group++) {
    if ((group & 1) === 1) {
      a = (a + b) | 0;
      b = a ^ ((b << 13) | (b >>> 19));
      a = (a + b) | 0;
      b = a ^ ((b << 15) | (b >>> 17));
      a = (a + b) | 0;
      b = a ^ ((b << 26) | (b >>> 6));
      a = (a + b) | 0;
      b = a ^ ((b << 6) | (b >>> 26));
    } else {
      a = (a + b) | 0;
      b = a ^ ((b << 17) | (b >>> 15));
      a = (a + b) | 0;
      b = a ^ ((b << 29) | (b >>> 3));
      a = (a + b) | 0;
      b = a ^ ((b << 16) | (b >>> 16));
      a = (a + b) | 0;
      b = a ^ ((b << 24) | (b >>> 8));
    }
    // The three key words are used in rotation: (1, 2), (2, 0), (0, 1), …
    a = (a + x) | 0;
    b = (b + y + group) | 0;
    const used = x;
    x = y;
    y = next;
    next = used;
  }
  out[0] = a;
  out[1] = b;
};
