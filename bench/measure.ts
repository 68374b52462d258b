/** How often, and for how long, things are timed, and what of a thing's times is told: the median unless said. */
export interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
  readonly by?: (times: readonly number[]) => number;
}

/** The least of several times: what a machine that also does other work tells of the thing itself. */
export const least = (times: readonly number[]): number => Math.min(...times);

/** How long things take, side by side: in turn, round after round, so that a machine's drift meets all alike. */
export async function alternate(
  candidates: Readonly<Record<string, () => unknown>>,
  { rounds, seconds, by = median }: Rounds,
): Promise<Record<string, number>> {
  const times = new Map<string, number[]>(Object.keys(candidates).map((name) => [name, []]));
  const repeats = new Map<string, number>();
  for (const [name, f] of Object.entries(candidates)) {
    const started = performance.now();
    let count = 0;
    // A warm-up, which also says how often fits into a round.
    for (; performance.now() - started < seconds * 1000; count++) await f();
    repeats.set(name, Math.max(1, count));
  }
  for (let round = 0; round < rounds; round++)
    for (const [name, f] of Object.entries(candidates)) {
      const n = repeats.get(name) ?? 1;
      const started = performance.now();
      for (let i = 0; i < n; i++) await f();
      times.get(name)?.push((performance.now() - started) / n);
    }
  return Object.fromEntries([...times].map(([name, ms]) => [name, by(ms)]));
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Rows as a table in Markdown, which a terminal shows as well as a page does. */
export function table(
  rows: readonly Readonly<Record<string, string | number>>[],
  say = (line: string) => console.log(line),
): void {
  const columns = Object.keys(rows[0] ?? {});
  const width = (c: string) => Math.max(c.length, ...rows.map((row) => String(row[c]).length));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(width(columns[i] ?? ''))).join(' | ')} |`;
  say(line(columns));
  say(line(columns.map((c) => '-'.repeat(width(c)))));
  for (const row of rows) say(line(columns.map((c) => String(row[c]))));
}
