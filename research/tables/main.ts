import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { csv } from 'cvae-compile/data';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { adam, clipped, engineOf, scoreTable, sequentialTrees, train, type ScoredTable } from 'cvae-compile/train';
import { givenIn, modelOf, type Table, type Task } from './models.ts';

const USAGE = `node research/tables/run.mjs --data DATA --out OUT --table weather --task all --seed 0
  DATA is what tables.py wrote; OUT gets the model's files, and rows with their scores: its own, and those of sequential trees
  --redraw    draw and score again, from the files that there are`;

/** Trains a model of a table, exports it, draws rows from the files, and scores them; with --redraw only the last two. Gives the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: { data: TEXT, out: TEXT, table: TEXT, task: TEXT, seed: TEXT, redraw: { type: 'boolean' } },
  });
  const { data, out, table: name, task: wanted = 'all', seed = '0', redraw } = values;
  if (data === undefined || out === undefined || name === undefined) {
    console.error(USAGE);
    return 2;
  }
  const task: Task = wanted === 'one' ? 'one' : 'all';
  const table = JSON.parse(await readFile(join(data, name, 'spec.json'), 'utf8')) as Table; // As tables.py writes it.
  const cell = {
    data: join(data, name),
    folder: join(out, `${name}-${task}-${seed}`),
    table,
    task,
    seed: Number(seed),
  };
  await mkdir(cell.folder, { recursive: true });
  const facts = join(cell.folder, 'facts.json');
  if (!redraw) await writeFile(facts, `${JSON.stringify(await trained(cell), null, 1)}\n`);
  console.log(name, task, seed, await drawn(cell));
  await score(cell, name);
  return 0;
}

/** The class that a forest learns to predict. */
const PREDICTED: Readonly<Record<string, string>> = { weather: 'weather', penguins: 'species', randhie: 'coins' };

/** Scores the model's rows, and rows of sequential trees for the same conditions, which are written too. */
const score = async ({ data, folder, table, task, seed }: Cell, name: string): Promise<void> => {
  const [train, test, own] = await Promise.all(
    [join(data, 'train.csv'), join(data, 'test.csv'), join(folder, 'drawn.csv')].map((file) => rowsIn(file, table)),
  );
  if (!train || !test || !own) throw new Error('a table is missing');
  const given = givenIn(table, task);
  const conditions = Object.fromEntries(given.map((column) => [column, own[column] ?? []]));
  const trees = sequentialTrees(train, conditions, seed);
  await mkdir(join(folder, 'cart'), { recursive: true });
  await writeFile(join(folder, 'cart', 'drawn.csv'), csvOf(trees));
  const wanted = own[given[0] ?? '']?.length ?? 0;
  for (const [to, drawn] of [
    [folder, own],
    [join(folder, 'cart'), trees],
  ] as const) {
    const predict = PREDICTED[name];
    const { drawn: scores } = scoreTable({ train, test, drawn }, { given, trees: false, ...(predict && { predict }) });
    await writeFile(join(to, 'score.json'), `${JSON.stringify({ table: name, task, wanted, ...scores }, null, 1)}\n`);
  }
};

/** Reads the rows of a file, as `scoreTable` takes them. */
const rowsIn = async (file: string, { numbers }: Table): Promise<ScoredTable> => {
  const [header = '', ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const cells = lines.map((line) => line.split(','));
  return Object.fromEntries(
    header.split(',').map((name, i) => {
      const column = cells.map((line) => line[i] ?? '');
      return [name, numbers.includes(name) ? column.map(Number) : column];
    }),
  );
};

const csvOf = (rows: ScoredTable): string => {
  const columns = Object.values(rows);
  const lines = Array.from({ length: columns[0]?.length ?? 0 }, (_, row) =>
    columns.map((column) => column[row]).join(','),
  );
  return `${[Object.keys(rows).join(','), ...lines].join('\n')}\n`;
};

/** A table, what is given of it, and a seed: where its data are, and where what comes of it goes. */
interface Cell {
  readonly data: string;
  readonly folder: string;
  readonly table: Table;
  readonly task: Task;
  readonly seed: number;
}

const files = ({ folder }: Cell): string => join(folder, 'onnx');

/** Reads the rows of a part. */
const read = ({ data, table, task }: Cell, part: string) => {
  const given = givenIn(table, task);
  const kind = (columns: readonly string[], how: 'categorical' | 'continuous') =>
    Object.fromEntries(columns.map((column) => [column, how]));
  return csv(join(data, `${part}.csv`), {
    condition: kind(given, 'categorical'),
    target: { ...kind(table.numbers, 'continuous'), ...kind(drawnIn(table, task), 'categorical') },
  });
};

const drawnIn = (table: Table, task: Task): readonly string[] =>
  Object.keys(table.classes).filter((column) => !givenIn(table, task).includes(column));

/** Trains and exports a cell's model; the settings are those of all tables. Gives what it cost. */
const trained = async (cell: Cell) => {
  const rows = await read(cell, 'train');
  const model = modelOf(cell.table, cell.task);
  const [began, before] = [performance.now(), process.cpuUsage()];
  const { weights, names, epochs } = await train(model, rows, {
    epochs: rows.train.count > LARGE ? 60 : 300,
    batch: 64,
    patience: 40,
    learningRate: 3e-3,
    optimiser: clipped(adam(), 5),
    seed: cell.seed,
    engine: await engineOf('onnx'),
    onLearned: (line) => console.error(line),
  });
  const [seconds, { user }] = [(performance.now() - began) / 1000, process.cpuUsage(before)];
  const { manifest } = await exportModel(model, weights, { out: files(cell), sampler: true, names });
  const sizes = Object.entries(manifest.files).map(([part, file]) => [part, file?.bytes ?? 0] as const);
  return { epochs: epochs.length, seconds, cpuSeconds: user / 1e6, bytes: Object.fromEntries(sizes) };
};

/** Tables of more rows are large: one draw for each row is enough. */
const LARGE = 10_000;

/**
 * Draws a row for each row of conditions: given all classes those of the test rows, four times over of small tables, given one those of
 * the rows to train on. Gives how long it took, in seconds.
 */
const drawn = async (cell: Cell): Promise<number> => {
  const { table, task, seed, folder } = cell;
  const given = givenIn(table, task);
  const { columns, count } = (await read(cell, task === 'one' ? 'train' : 'test')).train;
  const rows = count * (task === 'one' || table.numbers.length > 4 ? 1 : 4);
  const conditions = Object.fromEntries(
    given.map((column) => {
      const { data = [], classes } = columns[column] ?? {};
      const called = typeof classes === 'object' ? classes : [];
      return [column, Array.from({ length: rows }, (_, i) => called[data[i % count] ?? 0] ?? '')];
    }),
  );
  const model = await open(files(cell));
  const began = performance.now();
  const found: unknown = await model.sample(conditions, { seed, draw: true, independent: true });
  const seconds = (performance.now() - began) / 1000;
  await model.close();
  const samples = found as Readonly<Record<string, { readonly data: Float32Array }>>; // A record, of several targets.
  const others = drawnIn(table, task);
  const lines = Array.from({ length: rows }, (_, row) =>
    [
      ...given.map((column) => conditions[column]?.[row]),
      ...table.numbers.map((column) => Number((samples[column]?.data[row] ?? NaN).toPrecision(7))),
      ...others.map((column) => table.classes[column]?.[samples[column]?.data[row] ?? NaN]),
    ].join(','),
  );
  const header = [...given, ...table.numbers, ...others].join(',');
  await writeFile(join(folder, 'drawn.csv'), `${[header, ...lines].join('\n')}\n`);
  return seconds;
};

const TEXT = { type: 'string' } as const;
