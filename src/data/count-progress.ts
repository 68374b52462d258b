import type { SingleBar } from 'cli-progress';
import type { Screen } from './progress.ts';

/** Reports how far long work is. */
export interface CountProgress {
  /** How many are done by now. */
  readonly at: (done: number) => void;
  readonly end: () => void;
}

/** The time that work may take before anything is shown, and between two lines, in milliseconds. */
const [SILENT, BETWEEN] = [1500, 10_000];

const BAR = {
  barsize: 24,
  barCompleteChar: '█',
  barIncompleteChar: '░',
  clearOnComplete: true,
  hideCursor: true,
  // Ctrl-C is the command's.
  gracefulExit: false,
};

/**
 * Shows on standard error how far the reading or writing of a file or folder is, if it takes longer than a second and a half: on a terminal a
 * bar, or a count where the total is unknown; elsewhere a line every ten seconds.
 */
export const showCount = (
  what: string,
  unit: string,
  total?: number,
  stream: Screen = process.stderr,
): CountProgress => {
  let next = performance.now() + SILENT;
  let bar: SingleBar | undefined;
  let loading = false;
  let over = false;
  const count = (done: number): string => done.toLocaleString('en-US');
  const of = total === undefined ? '' : ` of ${count(total)}`;
  const shape = total === undefined ? '' : ' {bar} {percentage}%';
  const open = async (done: number): Promise<void> => {
    loading = true;
    const { SingleBar } = (await import('cli-progress')).default;
    if (over) return;
    bar = new SingleBar({ ...BAR, stream, format: `${what}:${shape} {done}${of} ${unit}` });
    bar.start(total ?? 1, Math.min(done, total ?? 0), { done: count(done) });
  };
  return {
    at: (done) => {
      if (bar) return void bar.update(Math.min(done, total ?? 0), { done: count(done) });
      if (performance.now() < next) return;
      next = performance.now() + BETWEEN;
      if (!stream.isTTY) stream.write(`${what}: ${count(done)}${of} ${unit}\n`);
      else if (!loading) void open(done);
    },
    end: () => {
      over = true;
      bar?.stop();
    },
  };
};
