import { same } from '../shape/same.ts';
import { show } from '../shape/show.ts';

/** A tensor: its numbers in row-major order, and its shape. */
export interface TestTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Tensors by name: of inputs, parameters or outputs. */
export type Values = Readonly<Record<string, TestTensor>>;

/** One engine's result, and its name in messages. */
export interface Answer {
  readonly engine: string;
  readonly values: Values;
}

/**
 * Returns the largest difference between two answers, relative to numbers that are above 1.
 *
 * @throws Error, with the first number that differs, if the difference is more than `tolerance`, or if a shape differs.
 */
export function agree(where: string, found: Answer, expected: Answer, tolerance: number): number {
  let largest = 0;
  for (const [name, b] of Object.entries(expected.values)) {
    const a = found.values[name];
    const subject = `${where}: ${found.engine} gives ${name}`;
    if (!a) throw new Error(`${where}: ${found.engine} does not give ${name}, which ${expected.engine} does`);
    if (!same(a.shape, b.shape))
      throw new Error(`${subject} of shape ${show(a.shape)}, and ${expected.engine} ${show(b.shape)}`);
    for (let i = 0; i < b.data.length; i++) {
      const [x, y] = [a.data[i] ?? NaN, b.data[i] ?? NaN];
      const apart = Object.is(x, y) || x === y ? 0 : Math.abs(x - y);
      if (!(apart <= tolerance * Math.max(1, Math.abs(y))))
        throw new Error(
          `${subject} as ${x} at ${show(position(i, b.shape))}, and ${expected.engine} ${y}: ${apart} apart, more than ${tolerance}`,
        );
      largest = Math.max(largest, apart / Math.max(1, Math.abs(y)));
    }
  }
  return largest;
}

/** Returns the position of element `index` in a shape. */
const position = (index: number, shape: readonly number[]): number[] => {
  const at: number[] = [];
  let rest = index;
  for (const length of shape.toReversed()) {
    at.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return at;
};
