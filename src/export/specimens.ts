import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { reasonOf } from '../errors.ts';
import { size } from '../shape/size.ts';
import type { Compiled } from './compile.ts';
import { onDisk } from './pack.ts';
import type { Collected } from '../data/collected.ts';
import { isDataset } from '../data/convert.ts';
import { withClasses } from '../data/names.ts';
import { sampledRows } from '../data/sampled-rows.ts';
import { specimensOf } from '../data/specimens.ts';
import type { Model } from '../dsl/model.ts';
import { attempt, readText } from '../formats/read.ts';
import { specimens, type Specimens } from '../formats/specimens.ts';
import { SPECIMENS_FILE, truthOf, type Manifest, type Specimen } from '../signature.ts';
import { variablesOf } from '../train/parameters.ts';
import { WEIGHTS_FILE } from '../weights/file.ts';

/**
 * Returns a few examples of a run's data as the text of a file, which `export` writes next to the model, with a sample of its rows if it
 * is a table; undefined if JSON cannot hold them.
 */
export const specimensText = (model: Model, { source, whole }: Collected): string | undefined => {
  const variables = withClasses(variablesOf(model), whole.names);
  const { targets } = model.target;
  const found = specimensOf(whole, variables, isDataset(source) ? source : undefined, {
    ...(targets && { targets: Object.keys(targets) }),
  });
  const rows = found && sampledRows(whole, variables, targets && Object.keys(targets));
  return found && textOf({ ...found, ...(rows && { rows }) });
};

const textOf = (found: Specimens): string => `${JSON.stringify(found)}\n`;

/** The source of examples: the run whose weights are exported, or its data. */
export interface Origin {
  /** The folder of a run, or a file of weights in one. */
  readonly run?: string;
  readonly collect?: () => Promise<Collected>;
}

/**
 * Adds a few examples of its data to a compiled model, and returns a line about them; unchanged if there are none. The examples
 * are those that training kept in the run's folder, else they are taken from the data. Unavailable data do not prevent an export:
 * the line says why there are no examples. Of rows of a table, at most `dataRows` are added.
 */
export const withSpecimens = async (
  compiled: Compiled,
  model: Model,
  { run, collect }: Origin,
  dataRows = Infinity,
): Promise<{ readonly compiled: Compiled; readonly line?: string }> => {
  const kept = run === undefined ? undefined : await keptIn(run, compiled.manifest);
  if (kept === undefined && collect === undefined) return { compiled };
  try {
    const whole = kept ?? (collect && specimensText(model, await collect()));
    if (whole === undefined) return { compiled };
    const wanted = { where: SPECIMENS_FILE, what: 'examples, as JSON', remedy: 'train again' };
    const read = readText(specimens, whole, wanted);
    const found = withRows(read, dataRows);
    const { examples, source, rows } = found;
    const text = found === read ? whole : textOf(found);
    const packed = { file: SPECIMENS_FILE, pieces: [new TextEncoder().encode(text)] };
    const { others = [], manifest } = compiled;
    const some = `${examples.length} ${examples.length === 1 ? 'example' : 'examples'} (${source})`;
    return {
      compiled: { ...compiled, others: [...others, packed], manifest: { ...manifest, examples: onDisk(packed) } },
      line: rows
        ? `${SPECIMENS_FILE}: ${some} and ${rows.count} rows of the data, for pages to show; --data-rows 0 leaves out the rows, --no-examples both`
        : `${SPECIMENS_FILE}: ${some}, for pages to show; --no-examples leaves them out`,
    };
  } catch (error) {
    return { compiled, line: `no ${SPECIMENS_FILE}, as the data cannot be read: ${brief(error)}` };
  }
};

/** Returns examples with at most this number of rows of the data: the first, as they are in random order. */
const withRows = (found: Specimens, most: number): Specimens => {
  const { rows, ...others } = found;
  if (rows === undefined || rows.count <= most) return found;
  if (most === 0) return others;
  const columns = Object.entries(rows.columns).map(([name, values]): [string, readonly number[]] => [
    name,
    values.slice(0, (most * values.length) / rows.count),
  ]);
  return { ...others, rows: { ...rows, count: most, columns: Object.fromEntries(columns) } };
};

/** Reads the examples in the folder of the run that the weights come from, if they are of this model. */
const keptIn = async (run: string, manifest: Manifest): Promise<string | undefined> => {
  const folder = basename(run) === WEIGHTS_FILE ? dirname(run) : run;
  const text = await readFile(join(folder, SPECIMENS_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const found = attempt(specimens, text);
  return found && isOf(found, manifest) ? text : undefined;
};

const isOf = ({ examples }: Specimens, { conditions, target }: Manifest): boolean =>
  examples.every(
    (example) =>
      isWhole(example, target) && Object.keys(conditions).every((name) => Object.hasOwn(example.conditions, name)),
  );

/** Whether the true value of an example has the numbers of a target, or of each of several. */
const isWhole = (example: Specimen, target: Manifest['target']): boolean =>
  Object.entries(target.targets ?? { y: target }).every(
    ([name, { dataShape }]) => truthOf(example, name).length === size(dataShape),
  );

/** Returns why something failed, in one line. */
const brief = (error: unknown): string => {
  const line = reasonOf(error);
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
};
