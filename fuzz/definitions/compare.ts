import { same } from '../../src/shape/same.ts';
import type { Values, Verdict } from '../judge/judge.ts';

/** How what was computed relates to what is right. */
export interface Comparison {
  /** What is wrong, in words; nothing where all is right. */
  readonly wrong?: string;
  /** How many outputs are so sensitive to rounding that float32 says nothing about them. */
  readonly unstable: number;
  /** The largest share of any output that small roundings move. */
  readonly wobble: number;
}

/** How far numbers may be from what is right: of float32, and of the float64 reference, whose constants are float32's. */
export interface Tolerance {
  /** Relative to the largest number of the output. */
  readonly scale: number;
  /** Relative to each number. */
  readonly own: number;
  /** How many times as far as small roundings move it. */
  readonly wobble: number;
}
export const FLOAT32: Tolerance = { scale: 2e-5, own: 1e-4, wobble: 40 };
export const FLOAT64: Tolerance = { scale: 1e-7, own: 1e-7, wobble: 2 };

/** Beyond this share of the largest number, float32 has no digits left to judge by. */
const UNSTABLE = 1e-2;

/** float32 ends at 3.4e38, and gradients are squared: what is larger than its root, or correspondingly small, has no digits. */
const [HUGE, TINY] = [1e15, 1e-30];

/** float64 cannot hold the square of a larger number: of two equivalent formulas, one may give a number and the other none. */
const FAR = 1e150;

/** The largest magnitude; NaN if any of them is not a number. */
const largest = (numbers: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < numbers.length; i++) most = Math.max(most, Math.abs(numbers[i] ?? NaN));
  return most;
};

/** Compares what was found with what is right; @param wanted the names that both must have. */
export const compare = (
  found: Values,
  { values, wobble }: Verdict,
  tolerance: Tolerance,
  wanted: readonly string[] = Object.keys(values),
): Comparison => {
  let [unstable, wobbling] = [0, 0];
  const end = (wrong?: string): Comparison => ({ ...(wrong !== undefined && { wrong }), unstable, wobble: wobbling });
  for (const name of wanted) {
    const [a, b] = [found[name], values[name]];
    if (!a) return end(`${name} is missing`);
    if (!b) return end(`${name} is given, which the judge does not know`);
    if (!same(a.shape, b.shape))
      return end(`${name} has the shape [${a.shape.join(', ')}], and [${b.shape.join(', ')}] is right`);
    const scale = largest(b.data);
    const moved = largest(wobble[name] ?? []);
    // A judge that has no number where the product has one is wrong itself, unless float32 has left its range on the way.
    const odd =
      tolerance === FLOAT32
        ? -1
        : Array.from(b.data).findIndex((y, i) => !Number.isFinite(y) && Math.abs(a.data[i] ?? NaN) < FAR);
    if (odd >= 0) return end(`${name}[${odd}] is ${a.data[odd]}, and ${b.data[odd]} is right`);
    const isJudged = scale < HUGE && moved <= Math.max(UNSTABLE * scale, TINY);
    if (!isJudged) unstable++;
    wobbling = Math.max(wobbling, isJudged ? moved / (scale || 1) : Infinity);
    if (!isJudged) continue;
    for (let i = 0; i < b.data.length; i++) {
      const [x, y] = [a.data[i] ?? NaN, b.data[i] ?? NaN];
      const allowed = tolerance.scale * scale + tolerance.own * Math.abs(y) + tolerance.wobble * moved + TINY;
      if (x !== y && !(Math.abs(x - y) <= allowed))
        return end(`${name}[${i}] is ${x}, and ${y} is right (${allowed.toPrecision(2)} apart is allowed)`);
    }
  }
  return end();
};
