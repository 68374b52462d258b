import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../files/whole.ts';
import { warning, type Warning } from '../formats/epoch.ts';
import { attempt } from '../formats/read.ts';
import { METRICS_FILE } from './read-run.ts';

/** The metrics of a run: a line of JSON for each epoch, each warning and the ending. */
export interface Metrics {
  /** Starts the file with these lines. */
  begin(lines: readonly object[]): Promise<void>;
  /** Appends a line, after those that are being appended. One that cannot be written is written with the next. */
  add(line: object): Promise<void>;
}

/** Returns the metrics in a run's folder. */
export const metricsIn = (folder: string): Metrics => {
  const file = join(folder, METRICS_FILE);
  let lines: object[] = [];
  let isBehind = false;
  let last: Promise<void> = Promise.resolve();
  const write = (): Promise<void> => writeWhole(file, lines.map(text).join(''));
  const add = async (line: object): Promise<void> => {
    lines.push(line);
    const wasBehind = isBehind;
    isBehind = true;
    await (wasBehind ? write() : appendFile(file, text(line)));
    isBehind = false;
  };
  return {
    begin: (all) => {
      lines = [...all];
      return write();
    },
    add: (line) => {
      last = last.catch(() => undefined).then(() => add(line));
      return last;
    },
  };
};

const text = (line: object): string => `${JSON.stringify(line)}\n`;

/** Returns the warnings among lines of metrics. */
export const warningsIn = (metrics: string): readonly Warning[] =>
  metrics.split('\n').flatMap((line) => attempt(warning, line) ?? []);
