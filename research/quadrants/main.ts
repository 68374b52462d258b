import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mnist } from 'cvae-compile/data';
import { indicesOf, runCell, write, type Cell, type CellOptions } from './cell.ts';
import { estimators, type Estimators } from './estimators.ts';
import { figure, noteOf, type Figure } from './figure.ts';
import { resultsOf, type Measured } from './results.ts';
import { readTried } from './search.ts';
import { betterOf, convolutionalOf, MODELS, settingsOf, TABLE, type Settings } from './settings.ts';
import { withSummary } from './summary.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..', '..');
/** The picture that the example, RESULTS.md and the main README show. */
const PICTURE = join(root, 'examples', 'quadrants', 'completions.png');
const USAGE = `node research/quadrants/run.mjs
  --quadrants 1 --model cvae    one cell; ${MODELS.join(', ')}
    --targets binary            thrown anew in each epoch, instead of grey
    --better                    … by the settings that do better than the plain protocol
    --convolutional             … by these, with residual convolutions
    --seed 2, --epochs 60, --learningRate 5e-4, --freeBits 0.1, …   any of settings.ts
  --table                       all cells that have no file in cells/ yet
  --estimators                  … and its likelihood on validation images by how many samples are taken
  --results                     write RESULTS.md, and the main README's table, of the files in cells/
  --split split.bin             which images are trained on and chosen by, for search.py
  --figure completions.png      a picture of the cell's completions, and of an NN's guess`;

/** Runs what the words ask for; a cell that is interrupted resumes the next time. Returns the exit code. */
export async function main(words: readonly string[], given: Partial<CellOptions> = {}): Promise<number> {
  const places = { cells: join(here, 'cells'), runs: join(root, 'out', 'research', 'quadrants'), ...given };
  const { table, results, estimates, by, figure: picture, split, help, values } = parse(words);
  if (help || (!table && !results && picture === undefined && split === undefined && values['model'] === undefined)) {
    console.error(USAGE);
    return help ? 0 : 2;
  }
  if (split !== undefined) await write(split, indicesOf(given.images ?? (await mnist())));
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const options = { say: (line: string) => console.error(line), signal: stop.signal, ...places };
  const wanted = table ? TABLE : values['model'] === undefined ? [] : [settingsFrom(values, by)];
  try {
    for (const settings of wanted) if (!(await runCell(settings, options))) return 130;
    if (estimates) for (const settings of wanted) await estimators(settings, options);
  } catch (error) {
    if (stop.signal.aborted) return 130;
    throw error;
  }
  if (table || results) {
    const measured = await readMeasured(places.cells, given.cells ? undefined : PICTURE);
    await write(join(places.cells, '..', 'RESULTS.md'), resultsOf(measured));
    const readme = join(root, 'README.md');
    if (!given.cells) await write(readme, withSummary(await readFile(readme, 'utf8'), measured.cells));
  }
  if (picture !== undefined) {
    const [cvae] = wanted;
    await figure(picture, { ...places, ...(cvae && { cvae }), ...(given.images && { images: given.images }) });
  }
  return 0;
}

/**
 * All that was measured: cells and estimates by name, and what was tried. Of a picture, what its JSON file says. All of them
 * were written by this program and by search.py; a test reads those that are kept.
 */
export const readMeasured = async (cells: string, picture?: string): Promise<Measured> => {
  const folder = dirname(cells);
  const all = async <T extends { readonly name: string }>(within: string): Promise<readonly T[]> => {
    const files = (await readdir(within).catch(() => [])).filter((file) => file.endsWith('.json'));
    const texts = await Promise.all(files.map((file) => readFile(join(within, file), 'utf8')));
    return texts.map((text): T => JSON.parse(text)).toSorted(byName);
  };
  const pictured = async (file: string) => {
    const of: Figure = JSON.parse(await readFile(noteOf(file), 'utf8'));
    return { ...of, path: relative(folder, file).replaceAll('\\', '/') };
  };
  return {
    cells: await all<Cell>(cells),
    estimators: await all<Estimators>(join(folder, 'estimators')),
    tried: readTried(await readFile(join(folder, 'search.jsonl'), 'utf8').catch(() => '')),
    ...(picture !== undefined && { picture: await pictured(picture) }),
  };
};

type Named = { readonly name: string };

/** Cells in the order of their names; one whose name only begins as another's comes after it. */
const byName = (a: Named, b: Named): number => (`${a.name}.` < `${b.name}.` ? -1 : 1);

const parse = (words: readonly string[]): Words => {
  const settings = Object.fromEntries(Object.keys(settingsOf()).map((key) => [key, { type: 'string' as const }]));
  const { values } = parseArgs({
    args: [...words],
    options: {
      ...settings,
      table: { type: 'boolean' },
      results: { type: 'boolean' },
      estimators: { type: 'boolean' },
      better: { type: 'boolean' },
      convolutional: { type: 'boolean' },
      figure: { type: 'string' },
      split: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const {
    table,
    results,
    estimators: estimates,
    better,
    convolutional,
    figure: picture,
    split,
    help,
    ...others
  } = values;
  return {
    table: table === true,
    results: results === true,
    estimates: estimates === true,
    by: convolutional === true ? convolutionalOf : better === true ? betterOf : plainOf,
    help: help === true,
    figure: typeof picture === 'string' ? picture : undefined,
    split: typeof split === 'string' ? split : undefined,
    values: Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined)),
  };
};

interface Words {
  readonly table: boolean;
  readonly results: boolean;
  readonly estimates: boolean;
  /** What settings begin with, but for those that are given. */
  readonly by: By;
  readonly help: boolean;
  readonly figure: string | undefined;
  readonly split: string | undefined;
  /** Settings, as text. */
  readonly values: Readonly<Record<string, unknown>>;
}

type By = typeof betterOf;
const plainOf: By = (quadrants, given) => settingsOf({ quadrants, ...given });

/** Settings from text. @throws Error for one that is out of range. */
const settingsFrom = (values: Readonly<Record<string, unknown>>, by: By): Settings => {
  const plain = settingsOf();
  const given = Object.entries(values).flatMap(([key, text]) => {
    if (typeof text !== 'string') return [];
    const like = Object.entries(plain).find(([name]) => name === key)?.[1];
    const value = typeof like === 'number' ? Number(text) : text;
    if (Number.isNaN(value)) throw new Error(`--${key}: expected a number, got ${text}`);
    return [[key, value] as const];
  });
  // Each is of its own type: a number where the plain settings have one.
  const wanted = Object.fromEntries(given) as Partial<Settings>;
  const settings = by(wanted.quadrants ?? 1, wanted);
  if (![1, 2, 3].includes(settings.quadrants))
    throw new Error(`--quadrants: expected 1, 2 or 3, got ${settings.quadrants}`);
  if (!MODELS.includes(settings.model))
    throw new Error(`--model: expected ${MODELS.join(', ')}, got ${settings.model}`);
  if (!['mlp', 'conv'].includes(settings.network))
    throw new Error(`--network: expected mlp or conv, got ${settings.network}`);
  if (settings.network === 'conv' && (settings.form !== 'missing' || settings.model === 'nn'))
    throw new Error('--network conv: expected --form missing and a CVAE, got another; see --convolutional');
  if (!['grey', 'binary'].includes(settings.targets))
    throw new Error(`--targets: expected grey or binary, got ${settings.targets}`);
  return settings;
};
