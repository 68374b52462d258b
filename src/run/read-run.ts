import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pixels } from '../data/images/pixels.ts';
import { decodePng } from '../data/png.ts';
import { InvalidFile } from '../errors.ts';
import { reason } from '../files/whole.ts';
import { fileWithin } from '../files/within.ts';
import { line, type Ending, type Epoch } from '../formats/epoch.ts';
import { snapshot, sheetSize, type ImagesSnapshot, type Snapshot } from '../formats/snapshot.ts';
import { attempt, readText } from '../formats/read.ts';
import { record, type RunRecord } from '../formats/run.ts';
import type { TypeOf } from '../formats/schema.ts';

/** The settings of a run. */
export const RUN_FILE = 'run.json';
/** One line of JSON per epoch, written during the run, with the result as the last line. */
export const METRICS_FILE = 'metrics.jsonl';
/** The text of the definition at the start. */
export const DEFINITION_FILE = 'definition.ts';
/** The folder of snapshots, of what the model drew during training. It has been `looks` since the first version, whose runs still open. */
export const SNAPSHOTS = 'looks';
/** In that folder: plots of what the model draws, if that is no image. */
export const FIGURE_FILE = 'draws.svg';
/** The page about the run. */
export const REPORT_FILE = 'report.html';

/** The content of a run's folder, as far as it exists. */
export interface Run {
  readonly record: RunRecord;
  readonly definition?: string;
  readonly epochs: readonly Epoch[];
  readonly ending?: Ending;
  /** What could not be created during the run, one line each. */
  readonly warnings: readonly string[];
  readonly snapshots: readonly Snapshot[];
  /**
   * Returns the picture of a snapshot, in four channels. @throws InvalidFile if it is not in the folder of snapshots, or is another
   * picture.
   */
  picture(snapshot: ImagesSnapshot): Promise<Pixels>;
  /** Returns the bytes of the PNG file of a snapshot. @throws InvalidFile as `picture` does. */
  png(snapshot: ImagesSnapshot): Promise<Uint8Array>;
  /** Returns the bytes of the SVG file of plots, if the run has one: earlier versions wrote none. */
  figure(): Promise<Uint8Array | undefined>;
}

/** Reads a run's folder, also during the run. @throws InvalidFile if there is no run. */
export async function readRun(folder: string): Promise<Run> {
  const file = join(folder, RUN_FILE);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InvalidFile(
      `${file}: expected a run, got ${reason(error)}; give the folder of the run, as given to train --out`,
    );
  });
  const what = 'what a run was started with, as JSON';
  const found = readText(record, text, { where: file, what, remedy: 'copy the folder again, or train again' });
  const definition = await readFile(join(folder, DEFINITION_FILE), 'utf8').catch(() => undefined);
  const lines = await readLines(join(folder, METRICS_FILE));
  const ending = lines.findLast((line): line is Ending => 'stopped' in line);
  return {
    record: found,
    ...(definition !== undefined && { definition }),
    epochs: lines.filter((line): line is Epoch => 'phase' in line),
    ...(ending && { ending }),
    warnings: lines.flatMap((line) => ('warning' in line ? [line.warning] : [])),
    snapshots: await readSnapshots(join(folder, SNAPSHOTS)),
    picture: async (found) => (await readPicture(join(folder, SNAPSHOTS), found)).pixels,
    png: async (found) => (await readPicture(join(folder, SNAPSHOTS), found)).bytes,
    figure: () => readFile(join(folder, SNAPSHOTS, FIGURE_FILE)).catch(() => undefined),
  };
}

/** Reads the lines of a run's metrics so far; none if nothing is written yet. */
const readLines = async (file: string): Promise<readonly TypeOf<typeof line>[]> => {
  const texts = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  // A line that was being written when the process was killed is ignored.
  const last = texts.pop() ?? '';
  const whole = attempt(line, last) ? [...texts, last] : texts;
  const what = 'an epoch, a warning or how the run ended, as JSON';
  return whole.map((text, i) =>
    readText(line, text, { where: `${file}, line ${i + 1}`, what, remedy: 'remove the line, or copy the file again' }),
  );
};

/** Reads the picture that a snapshot names: only a file in its folder, and nothing else that could be read from here. */
const readPicture = async (
  snapshots: string,
  { file, rows, columns, cell }: ImagesSnapshot,
): Promise<{ readonly pixels: Pixels; readonly bytes: Uint8Array }> => {
  const path = await fileWithin(snapshots, file);
  const refuse = (got: string): never => {
    throw new InvalidFile(
      `${join(snapshots, file)}: expected a picture in ${snapshots}, got ${got}; remove the snapshot that names it, or train again`,
    );
  };
  const bytes =
    path === undefined ? refuse('none there') : await readFile(path).catch((error: unknown) => refuse(reason(error)));
  const pixels = await decodePng(file, bytes, 4).catch(() => refuse('one that cannot be read'));
  const [height, width] = sheetSize(rows.length, columns.length, cell);
  if (pixels.shape[0] !== height || pixels.shape[1] !== width || pixels.depth !== 8)
    refuse(`one of ${pixels.shape.slice(0, 2).join(' × ')} pixels, where its snapshot says ${height} × ${width}`);
  return { pixels, bytes };
};

/** Reads all snapshots in their order. */
const readSnapshots = async (folder: string): Promise<readonly Snapshot[]> => {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => {
      const where = join(folder, name);
      const remedy = 'remove it, or copy the folder again';
      const text = await readFile(where, 'utf8').catch((error: unknown) => {
        throw new InvalidFile(`${where}: expected a snapshot, got ${reason(error)}; ${remedy}`);
      });
      return readText(snapshot, text, { where, what: 'what a model drew, as JSON', remedy });
    }),
  );
};
