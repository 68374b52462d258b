import type { Feeds } from './sessions.ts';

type Values = Feeds[string];

/** Puts the rows of batches one after another, into arrays of their own. */
export const joined = (batches: readonly Feeds[], rows: number): Feeds =>
  changed(batches[0] ?? {}, ({ shape: [, ...shape] }, name) => {
    const all = batches.map((batch) => batch[name]?.data ?? new Float32Array());
    const data = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const own of all) {
      data.set(own, at);
      at += own.length;
    }
    return { data, shape: [rows, ...shape] };
  });

/** Returns some of the rows of a batch of `all`, without a copy. */
export const rowsOf = (outputs: Feeds, from: number, rows: number, all: number): Feeds =>
  rows === all
    ? outputs
    : changed(outputs, ({ data, shape: [, ...shape] }) => {
        const length = data.length / all;
        return { data: data.subarray(from * length, (from + rows) * length), shape: [rows, ...shape] };
      });

const changed = (feeds: Feeds, change: (values: Values, name: string) => Values): Feeds =>
  Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, change(values, name)]));
