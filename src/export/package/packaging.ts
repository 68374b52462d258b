import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Compiled } from '../compile.ts';
import { fingerprintsOf } from '../../train/fingerprints.ts';
import { print } from '../../dsl/print.ts';
import type { Model } from '../../dsl/model.ts';
import type { Trained } from './card-facts.ts';
import type { Packaging } from '../options.ts';
import { packageFiles } from './files.ts';
import { WEIGHTS_FILE } from '../../weights/file.ts';
import { readRun, RUN_FILE } from '../../run/read-run.ts';

/** The folder that becomes a package, and that of the run that the weights come from. */
interface Place extends Packaging {
  readonly out: string;
  readonly run: string | undefined;
}

/**
 * Returns a compiled model with the files that turn its folder into a package. @throws Unavailable if the runtime has not been
 * built.
 */
export const withPackage = async (
  { others = [], manifest, ...compiled }: Compiled,
  model: Model,
  { out, run, license }: Place,
): Promise<Compiled> => {
  const definition = print(model);
  const files = await packageFiles({
    manifest,
    folder: basename(resolve(out)),
    license,
    trained: run === undefined ? undefined : await trainedIn(run, fingerprintsOf(model)),
    definition,
  });
  return {
    ...compiled,
    others: [...others, ...files],
    manifest: { ...manifest, package: files.map(({ file }) => file) },
  };
};

/** Reads how the weights were trained from the folder of their run, if they come from one and it is of this definition. */
const trainedIn = async (from: string, definitions: readonly string[]): Promise<Trained | undefined> => {
  const folder = basename(from) === WEIGHTS_FILE ? dirname(from) : from;
  // A run that exists but cannot be read is an error: the card must not omit it silently.
  const run = existsSync(join(folder, RUN_FILE)) ? await readRun(folder) : undefined;
  if (!run || !definitions.includes(run.record.model.fingerprint)) return undefined;
  const { record, ending, epochs } = run;
  const { data, unit, seed, engine } = record;
  const { test, validation } = ending ?? {};
  const snapshots = run.snapshots.filter((snapshot) => snapshot.kind === 'images');
  const plots = snapshots.length === 0 ? await run.figure() : undefined;
  const last = snapshots.findLast(({ kept }) => kept) ?? snapshots.at(-1);
  return {
    data,
    unit,
    seed,
    engine,
    epochs: epochs.filter(({ phase }) => phase === 'model').length,
    ...(last && { picture: { png: await run.png(last), columns: last.columns, rows: last.rows } }),
    ...(plots && { figure: plots }),
    figures: { ...(test && { test }), ...(validation && { validation }) },
  };
};
