import { availableParallelism, cpus } from 'node:os';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { print } from 'cvae-compile';
import {
  binarise,
  changeParts,
  fashionMnist,
  mnist,
  split,
  toDataset,
  type Dataset,
  type Examples,
} from 'cvae-compile/data';
import { checkpointsIn, engineOf, evaluate, saveWeights, train, type Epoch, type Evaluation } from 'cvae-compile/train';
import { modelOf, optionsOf } from './models.ts';
import { CELLS, type Settings } from './settings.ts';
import { resultsOf } from './results.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const runs = join(here, '..', '..', 'out', 'research', 'images');

const USAGE = `node research/images/run.mjs
  --cell ${Object.keys(CELLS)[0]}     trains, chooses and tests; resumes where it was interrupted
  --results                   writes RESULTS.md of cells/
cells: ${Object.keys(CELLS).join(', ')}`;

/** What a cell's file holds. */
export interface Cell {
  readonly name: string;
  readonly settings: Settings;
  readonly test: Evaluation;
  /** The epoch whose weights are kept, of how many, and the bound of 10 samples on the validation images then, in nats. */
  readonly chosen: { readonly epoch: number; readonly of: number; readonly loss: number };
  readonly examples: { readonly train: number; readonly validation: number; readonly test: number };
  readonly parameters: string;
  readonly seconds: { readonly training: number; readonly test: number };
  readonly machine: {
    readonly engine: string;
    readonly node: string;
    readonly cores: number;
    readonly processor: string;
  };
}

/** Runs what the words ask for. Gives the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: { cell: { type: 'string' }, results: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const settings = CELLS[values.cell ?? ''];
  if (values.help || (!settings && !values.results)) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  if (settings && values.cell !== undefined && !(await run(values.cell, settings, stop.signal))) return 130;
  if (values.results) await write(join(here, 'RESULTS.md'), resultsOf(await readCells()));
  return 0;
}

/** The cells that have a file, in the order of settings.ts. */
export const readCells = async (): Promise<readonly Cell[]> => {
  const texts = await Promise.all(
    Object.keys(CELLS).map((name) => readFile(join(here, 'cells', `${name}.json`), 'utf8').catch(() => undefined)),
  );
  // Written by this program.
  return texts.flatMap((text): Cell[] => (text === undefined ? [] : [JSON.parse(text)]));
};

const run = async (name: string, settings: Settings, signal: AbortSignal): Promise<boolean> => {
  const say = (line: string): void => console.error(`${name}: ${line}`);
  const model = modelOf(settings);
  const data = await toDataset(await dataOf(settings), { ...model.condition, y: model.target });
  const engine = await engineOf('onnx');
  const checkpoints = checkpointsIn(join(runs, name));
  const resume = await checkpoints.latest();
  const trained = await train(model, data, {
    ...optionsOf(settings),
    engine,
    signal,
    ...(resume && { resume }),
    onCheckpoint: checkpoints.add,
    onNotice: say,
    onEpoch: (epoch) => say(line(epoch)),
  });
  if (trained.stopped === 'aborted') return false;
  await saveWeights(join(runs, name, 'weights.safetensors'), trained.weights, { fingerprint: trained.fingerprint });
  const started = performance.now();
  const test = await evaluate(model, trained.weights, data, {
    engine,
    samples: settings.samples,
    part: 'test',
    monteCarlo: false,
    signal,
    onProgress: (done, all) => done % 1000 === 0 && say(`tested ${done} of ${all}`),
  });
  const looks = trained.epochs.flatMap(({ epoch, validation }) =>
    validation ? [{ epoch, loss: validation['loss'] ?? NaN }] : [],
  );
  const cell: Cell = {
    name,
    settings,
    test,
    chosen: { ...looks.reduce((a, b) => (b.loss < a.loss ? b : a)), of: trained.epochs.length },
    examples: { train: data.train.count, validation: data.validation?.count ?? 0, test: data.test?.count ?? 0 },
    parameters: print(model).split('\n')[0]?.replace(/^.*, /, '') ?? '',
    seconds: {
      training: Math.round(trained.epochs.reduce((sum, { seconds }) => sum + seconds, 0)),
      test: Math.round((performance.now() - started) / 1000),
    },
    machine: {
      engine: `${engine.name} ${engine.version}`,
      node: process.version,
      cores: availableParallelism(),
      processor: cpus()[0]?.model ?? '',
    },
  };
  await write(join(here, 'cells', `${name}.json`), `${JSON.stringify(cell, null, 2)}\n`);
  await rm(join(runs, name, 'checkpoints'), { recursive: true, force: true });
  say(`−log p ${test.importanceSampling?.toFixed(2)} nats`);
  return true;
};

/** 50,000 images to train on, 10,000 to choose by, 10,000 to test on, all of coins; the test's and validation's are thrown once. */
const dataOf = async ({ data, given, coins }: Settings): Promise<Dataset> => {
  const images = data === 'mnist' ? await mnist({ label: 'label' }) : await fashionMnist();
  const [train, validation] = split(images.train, 1 / 6, 1);
  const thrown = binarise('dynamic')({ ...images, train, validation });
  const binary = coins === 'static' ? once(thrown) : thrown;
  return given === 'label' ? binary : changeParts(binary, withoutLabel);
};

const withoutLabel = (examples: Examples): Examples => {
  const { label: _, ...columns } = examples.columns;
  return { ...examples, columns };
};

/** The same images with all coins thrown once, by one seed for each part. */
const once = (dataset: Dataset): Dataset => {
  let seed = 0;
  return changeParts(dataset, ({ transforms = [], ...examples }) => {
    const { y } = examples.columns;
    if (!y) throw new Error('images: expected images as y');
    const size = y.data.length / examples.count;
    const bits = new Uint8Array(y.data.length);
    seed++;
    for (let index = 0; index < examples.count; index++) {
      const image = Float32Array.from(y.data.subarray(index * size, (index + 1) * size), (v) => v * y.scale);
      for (const change of transforms) change({ y: image }, { seed, epoch: 0, index });
      bits.set(image, index * size);
    }
    return { ...examples, columns: { ...examples.columns, y: { ...y, data: bits, scale: 1 } } };
  });
};

const line = ({ epoch, train: means, validation, seconds }: Epoch): string =>
  [
    `epoch ${epoch}`,
    `loss ${(means['loss'] ?? NaN).toFixed(2)}`,
    `KL ${(means['kl'] ?? NaN).toFixed(2)}`,
    ...(validation ? [`validation ${(validation['loss'] ?? NaN).toFixed(2)}`] : []),
    `${seconds.toFixed(1)} s`,
  ].join('  ');

/** All of a file, or nothing. */
const write = async (path: string, content: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, content);
  await rename(`${path}.part`, path);
};
