import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { csv } from 'cvae-compile/data';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { adam, clipped, cosine, engineOf, train } from 'cvae-compile/train';
import { givenIn, modelOf, type Table, type Task } from './models.ts';

const USAGE = `node research/tables/run.mjs --data DATA --out OUT --table weather --task all --seed 0
  DATA is what tables.py wrote; OUT gets the model's files and the rows that it draws, for score.py`;

/** Trains a model of a table, exports it, and draws rows from the files. Gives the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: { data: TEXT, out: TEXT, table: TEXT, task: TEXT, seed: TEXT, epochs: TEXT, patience: TEXT, rate: TEXT, decay: TEXT, batch: TEXT },
  });
  const { data, out, table: name, task: wanted = 'all', seed = '0' } = values;
  if (data === undefined || out === undefined || name === undefined) {
    console.error(USAGE);
    return 2;
  }
  const task: Task = wanted === 'one' ? 'one' : 'all';
  const table = JSON.parse(await readFile(join(data, name, 'spec.json'), 'utf8')) as Table; // As tables.py writes it.
  const model = modelOf(table, task);
  const given = givenIn(table, task);
  const drawn = Object.keys(table.classes).filter((column) => !given.includes(column));
  const kind = (columns: readonly string[], how: 'categorical' | 'continuous') =>
    Object.fromEntries(columns.map((column) => [column, how]));
  const read = (part: string) =>
    csv(join(data, name, `${part}.csv`), {
      condition: kind(given, 'categorical'),
      target: { ...kind(table.numbers, 'continuous'), ...kind(drawn, 'categorical') },
    });
  const rows = await read('train');
  const large = rows.train.count > 10_000;
  const began = performance.now();
  const { weights, names, epochs } = await train(model, rows, {
    epochs: Number(values.epochs ?? (large ? 60 : 300)),
    batch: Number(values.batch ?? 64),
    patience: Number(values.patience ?? 40),
    learningRate: values.decay ? cosine({ from: Number(values.rate ?? 3e-3), to: 1e-4 }) : Number(values.rate ?? 3e-3),
    optimiser: clipped(adam(), 5),
    seed: Number(seed),
    engine: await engineOf('onnx'),
  });
  const trained = (performance.now() - began) / 1000;
  const folder = join(out, `${name}-${task}-${seed}`);
  await mkdir(folder, { recursive: true });
  const files = join(folder, 'onnx');
  const exported = await exportModel(model, weights, { out: files, sampler: true, names });
  // Given all classes, those of the test rows, four times over of the small tables; given one, those of the rows to train on.
  const source = task === 'one' ? 'train' : 'test';
  const repeats = task === 'one' || large ? 1 : 4;
  const { columns, count } = (await read(source)).train;
  const conditions = Object.fromEntries(
    given.map((column) => {
      const [own, indices] = [table.classes[column] ?? [], columns[column]?.data ?? []];
      const names = columns[column]?.classes;
      const called = typeof names === 'object' ? names : own;
      return [column, Array.from({ length: repeats * count }, (_, i) => called[indices[i % count] ?? 0] ?? '')];
    }),
  );
  const opened = await open(files);
  const before = performance.now();
  const found = (await opened.sample(conditions, { seed: Number(seed), draw: true, independent: true })) as unknown;
  const sampled = (performance.now() - before) / 1000;
  await opened.close();
  const samples = found as Readonly<Record<string, { readonly data: Float32Array }>>; // A record, of several targets.
  const header = [...given, ...table.numbers, ...drawn];
  const lines = Array.from({ length: repeats * count }, (_, row) =>
    [
      ...given.map((column) => conditions[column]?.[row]),
      ...table.numbers.map((column) => Number((samples[column]?.data[row] ?? NaN).toPrecision(7))),
      ...drawn.map((column) => table.classes[column]?.[samples[column]?.data[row] ?? NaN]),
    ].join(','),
  );
  await writeFile(join(folder, 'drawn.csv'), `${[header.join(','), ...lines].join('\n')}\n`);
  const sizes = Object.fromEntries(
    Object.entries(exported.manifest.files).map(([part, file]) => [part, file?.bytes ?? 0]),
  );
  const facts = { table: name, task, seed: Number(seed), epochs: epochs.length, trained, sampled, sizes };
  await writeFile(join(folder, 'facts.json'), `${JSON.stringify(facts, null, 1)}\n`);
  console.log(JSON.stringify(facts));
  return 0;
}

const TEXT = { type: 'string' } as const;
