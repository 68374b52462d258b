/** An increasing distribution function of x and its derivative. */
interface Increasing {
  below(x: number): number;
  density(x: number): number;
}

/**
 * Returns the x between `low` and `high` at which `below` is u: Newton's method, or half of what is left where that would
 * leave it. At most 100 steps.
 */
export const solve = ({ below, density }: Increasing, u: number, low: number, high: number, start: number): number => {
  let [from, to, x] = [low, high, Math.min(Math.max(start, low), high)];
  for (let i = 0; i < 100; i++) {
    const over = below(x) - u;
    if (over > 0) to = x;
    else from = x;
    const next = x - over / density(x);
    const kept = next > from && next < to ? next : (from + to) / 2;
    if (Math.abs(kept - x) <= 1e-10 * Math.max(1, Math.abs(x))) return kept;
    x = kept;
  }
  return x;
};

/** Keeps uniform noise, of 24 bits, away from 0. */
export const open = (noise: number): number => Math.max(noise, 2 ** -25);

/** The smallest positive number that a draw is: float32's smallest normal one. */
export const LEAST = 2 ** -126;
