import type { Encoded } from './variable.ts';

/** Returns rows `from` to `to` of encoded values. */
export const sliced = ({ values }: Encoded, from: number, to: number): Encoded => ({
  rows: to - from,
  values: Object.fromEntries(
    Object.entries(values).map(([name, { rows, size, data }]) => [
      name,
      rows === 1 ? { rows, size, data } : { rows: to - from, size, data: data.subarray(from * size, to * size) },
    ]),
  ),
});
