import { readFile, writeFile } from 'node:fs/promises';

/** How often, and for how long, things are timed, and which of a thing's times is reported: the median unless stated. */
export interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
  readonly by?: (times: readonly number[]) => number;
}

/** The least of several times: the best estimate on a machine that also does other work. */
export const least = (times: readonly number[]): number => Math.min(...times);

/** How long things take when timed in turn, round after round, so that a machine's drift affects all of them equally. */
export async function alternate(
  candidates: Readonly<Record<string, () => unknown>>,
  { rounds, seconds, by = median }: Rounds,
): Promise<Record<string, number>> {
  const times = new Map<string, number[]>(Object.keys(candidates).map((name) => [name, []]));
  const repeats = new Map<string, number>();
  for (const [name, f] of Object.entries(candidates)) {
    const started = performance.now();
    let count = 0;
    // A warm-up, which also shows how many calls fit into a round.
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
  for (const line of markdown(rows).split('\n')) say(line);
}

/** The same as text. */
export function markdown(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const width = (c: string) => Math.max(c.length, ...rows.map((row) => String(row[c]).length));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(width(columns[i] ?? ''))).join(' | ')} |`;
  return [
    line(columns),
    line(columns.map((c) => '-'.repeat(width(c)))),
    ...rows.map((row) => line(columns.map((c) => String(row[c])))),
  ].join('\n');
}

/** The times of single calls, in milliseconds. */
export interface Calls {
  /** The 10th percentile: what a call takes when nothing else needs the machine. */
  readonly quick: number;
  readonly median: number;
  readonly p95: number;
  readonly count: number;
  /** The median of the processor's time, if there is a clock for it. */
  readonly processor: number;
}

/**
 * Calls taken in turn, one of each, for a number of seconds: what slows the machine down affects all of them equally. Each comes first as
 * often as the others, since what precedes a call matters. It uses nothing outside itself, so that its source can run in a page too.
 */
export async function inTurn(
  candidates: Readonly<Record<string, () => unknown>>,
  seconds: number,
  processor: () => number = () => NaN,
): Promise<Record<string, Calls>> {
  const all = Object.entries(candidates).map(([name, f]) => ({
    name,
    f,
    times: [] as number[],
    spent: [] as number[],
  }));
  for (let i = 0; i < 10; i++) for (const { f } of all) await f();
  const end = performance.now() + seconds * 1000;
  for (let round = 0; performance.now() < end || round < 20; round++)
    for (const { f, times, spent } of round % 2 === 0 ? all : all.toReversed()) {
      const [before, started] = [processor(), performance.now()];
      await f();
      times.push(performance.now() - started);
      spent.push(processor() - before);
    }
  return Object.fromEntries(
    all.map(({ name, times, spent }) => {
      for (const list of [times, spent]) list.sort((a, b) => a - b);
      const at = (share: number, of = times) => of[Math.floor(share * of.length)] ?? NaN;
      const [quick, median, p95] = [at(0.1), at(0.5), at(0.95)];
      return [name, { quick, median, p95, count: times.length, processor: at(0.5, spent) }];
    }),
  );
}

/** Puts the report of a benchmark between its marks in a document. */
export const writeFigures = async (document: URL, bench: string, report: string): Promise<void> => {
  const marked = new RegExp(`(<!-- measured by npm run bench -- ${bench} --write -->)[^]*?(<!-- end -->)`);
  const text = await readFile(document, 'utf8');
  await writeFile(
    document,
    text.replace(marked, (_, begin: string, end: string) => `${begin}\n\n${report}\n\n${end}`),
  );
};
