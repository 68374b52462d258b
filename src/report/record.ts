import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidFile } from '../errors.ts';
import { reason } from '../files/whole.ts';
import { fileWithin } from '../files/within.ts';
import type { Epoch } from '../train/epoch.ts';
import type { Look } from './look.ts';

/** What a run was started with. */
export const RUN_FILE = 'run.json';
/** A line of JSON an epoch, written as the run goes, and the result as the last. */
export const METRICS_FILE = 'metrics.jsonl';
/** The text of the definition as it was. */
export const DEFINITION_FILE = 'definition.ts';
/** The folder of what the model drew on the way. */
export const LOOKS = 'looks';
/** The page about the run. */
export const REPORT_FILE = 'report.html';

/** A run as it begins: what it is of, and what decides it. */
export interface RunRecord {
  readonly library: string;
  readonly node: string;
  readonly platform: string;
  readonly began: string;
  /** What the model is called, and the file that defines it as it was named. */
  readonly name: string;
  readonly definition: string;
  /** What was given on the command line. */
  readonly flags: object;
  /** All options as text, also those that were left out. */
  readonly options: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly engine: { readonly name: string; readonly version: string };
  readonly data: {
    readonly name: string;
    readonly checksum: string | null;
    readonly train: number;
    readonly validation: number;
    readonly test: number;
  };
  readonly model: {
    readonly kind: 'cvae' | 'predictor';
    readonly latent: number;
    readonly parameters: number;
    readonly fingerprint: string;
    /** As `print` shows it. */
    readonly printed: string;
  };
  readonly unit: 'nats' | 'squared error';
}

/** How a run ended, as far as a page shows it. */
export interface Ending {
  readonly stopped: 'finished' | 'early' | 'aborted' | 'diverged' | 'failed';
  readonly test?: Readonly<Record<string, number>> | null;
  readonly validation?: Readonly<Record<string, number>> | null;
  /** Why a run diverged or failed. */
  readonly reason?: string;
}

/** What is in a run's folder, as far as it has got. */
export interface Run {
  readonly record: RunRecord;
  readonly definition?: string;
  readonly epochs: readonly Epoch[];
  readonly ending?: Ending;
  /** What could not be made on the way, in a line each. */
  readonly warnings: readonly string[];
  readonly looks: readonly Look[];
  /** A picture of a look, as the bytes of a PNG file. @throws InvalidFile where it is not in the folder of looks. */
  picture(file: string): Promise<Uint8Array>;
}

/** Reads a run's folder, also while the run goes on. @throws InvalidFile where there is none. */
export async function readRun(folder: string): Promise<Run> {
  const file = join(folder, RUN_FILE);
  const record = json<RunRecord>(
    await readFile(file, 'utf8').catch((error: unknown) => {
      throw new InvalidFile(`${file}: expected a run, got ${reason(error)}; give the folder that train --out named`);
    }),
  );
  if (record?.model === undefined)
    throw new InvalidFile(
      `${file}: expected what a run was started with, got another file, or an older one; train again`,
    );
  const definition = await readFile(join(folder, DEFINITION_FILE), 'utf8').catch(() => undefined);
  const lines = (await readFile(join(folder, METRICS_FILE), 'utf8').catch(() => '')).split('\n');
  // A line that was being written when the process was killed is none.
  const read = lines.flatMap((line) => json<Epoch | Ending | { readonly warning: string }>(line) ?? []);
  const ending = read.findLast((line): line is Ending => 'stopped' in line);
  return {
    record,
    ...(definition !== undefined && { definition }),
    epochs: read.filter((line): line is Epoch => 'phase' in line),
    ...(ending && { ending }),
    warnings: read.flatMap((line) => ('warning' in line ? [line.warning] : [])),
    looks: await readLooks(folder),
    picture: (name) => readPicture(join(folder, LOOKS), name),
  };
}

/** A picture that a look names: one of its folder's, and nothing else that could be read from here. */
const readPicture = async (looks: string, name: string): Promise<Uint8Array> => {
  const path = await fileWithin(looks, name);
  const refuse = (got: string): never => {
    throw new InvalidFile(
      `${join(looks, name)}: expected a picture in ${looks}, got ${got}; remove the look that names it, or train again`,
    );
  };
  return path === undefined ? refuse('none there') : readFile(path).catch((error: unknown) => refuse(reason(error)));
};

/** All looks in their order. */
const readLooks = async (folder: string): Promise<readonly Look[]> => {
  const names = await readdir(join(folder, LOOKS)).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, LOOKS, name), 'utf8').catch(() => '')));
  return texts.flatMap((text) => json<Look>(text) ?? []);
};

/** What this library has written as JSON; nothing where it was not written to its end. */
const json = <T>(text: string): T | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
