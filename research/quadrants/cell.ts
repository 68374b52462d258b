import { availableParallelism } from 'node:os';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { print } from 'cvae-compile';
import {
  binarise,
  mnist,
  quadrants,
  randomShift,
  split,
  take,
  toDataset,
  type Column,
  type Dataset,
  type Examples,
} from 'cvae-compile/data';
import {
  checkpointsIn,
  engineOf,
  evaluate,
  saveWeights,
  train,
  type TrainingEngine,
  type EngineName,
  type Epoch,
  type Evaluation,
} from 'cvae-compile/train';
import { modelOf, optionsOf } from './models.ts';
import { inVectors } from './pixels.ts';
import { fileOf, nameOf, type Settings } from './settings.ts';

/** What a cell's small file holds: settings, what came out, and what it took. */
export interface Cell {
  readonly name: string;
  readonly settings: Settings;
  readonly test: Evaluation;
  /** The epoch whose weights are kept, of how many, and what they were chosen by, in nats. */
  readonly chosen: { readonly epoch: number; readonly of: number; readonly by: string; readonly loss: number };
  readonly validation: readonly { readonly epoch: number; readonly loss: number }[];
  /** The entropy of grey targets, in nats: no model is below. */
  readonly floor: number;
  readonly examples: { readonly train: number; readonly validation: number; readonly test: number };
  readonly checksum: string | null;
  readonly engine: string;
  readonly node: string;
  /** How many cores there were; of the first cells it was not kept. */
  readonly cores?: number;
  readonly seconds: { readonly training: number; readonly test: number };
  readonly parameters: string;
}

/** Where things go: small files, which are kept with the code, and weights and checkpoints, which are not. */
export interface Places {
  readonly cells: string;
  readonly runs: string;
}

export interface CellOptions extends Places {
  /** Images as `y`: all of MNIST unless given. */
  readonly images?: Dataset;
  /** onnxruntime unless given: it is the faster one for networks of this size. */
  readonly engine?: TrainingEngine | EngineName;
  readonly signal?: AbortSignal;
  readonly say?: (line: string) => void;
}

/** What was measured of a cell, from its file in this folder, if there is one. @throws Error for a file of another cell. */
export const readMeasurement = async <T extends { readonly name: string }>(
  folder: string,
  settings: Settings,
): Promise<T | undefined> => {
  const file = join(folder, `${fileOf(settings)}.json`);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // Written by this program.
  const measured: T = JSON.parse(text);
  if (measured.name !== nameOf(settings))
    throw new Error(`${file}: expected ${nameOf(settings)}, got ${measured.name}; move the file away`);
  return measured;
};

/**
 * Trains and tests a cell, or reads its file where it is done; resumes where it was interrupted. Trained on 50,000 images, chosen
 * by 2,000 of the other 10,000, tested once on the test set.
 */
export async function runCell(settings: Settings, options: CellOptions): Promise<Cell | undefined> {
  const { cells, runs, signal, say = () => undefined } = options;
  const done = await readMeasurement<Cell>(cells, settings);
  if (done) return done;
  const [name, file] = [nameOf(settings), fileOf(settings)];
  const model = modelOf(settings);
  const data = await toDataset(dataOf(options.images ?? (await mnist()), settings), {
    ...model.condition,
    y: model.target,
  });
  const { engine: wanted = 'onnx' } = options;
  const engine = typeof wanted === 'string' ? await engineOf(wanted) : wanted;
  const checkpoints = checkpointsIn(join(runs, file));
  const resume = await checkpoints.latest();
  const chosenBy = optionsOf(settings).validateBy?.name ?? 'the objective';
  say(`${name}: ${data.train.count} images on ${engine.name}${resume ? `, from epoch ${resume.epoch}` : ''}`);
  const trained = await train(model, data, {
    ...optionsOf(settings),
    engine,
    ...(resume && { resume }),
    ...(signal && { signal }),
    onCheckpoint: checkpoints.add,
    onNotice: say,
    onEpoch: (epoch) => say(`${name}: ${line(epoch)}`),
  });
  if (trained.stopped === 'aborted') return undefined;
  await saveWeights(join(runs, file, 'weights.safetensors'), trained.weights, { fingerprint: trained.fingerprint });

  const started = performance.now();
  const test = await evaluate(model, trained.weights, data, {
    engine,
    samples: settings.samples,
    part: 'test',
    ...(signal && { signal }),
  });
  const validation = trained.epochs.flatMap(({ epoch, validation: v }) =>
    v ? [{ epoch, loss: v['loss'] ?? NaN }] : [],
  );
  const best = validation.reduce((a, b) => (b.loss < a.loss ? b : a));
  const cell: Cell = {
    name,
    settings,
    test,
    chosen: { ...best, of: trained.epochs.length, by: chosenBy },
    validation,
    floor: floorOf(data),
    examples: {
      train: data.train.count,
      validation: data.validation?.count ?? 0,
      test: data.test?.count ?? 0,
    },
    checksum: data.checksum ?? null,
    engine: `${engine.name} ${engine.version}`,
    node: process.version,
    cores: availableParallelism(),
    seconds: {
      training: Math.round(trained.epochs.reduce((sum, { seconds }) => sum + seconds, 0)),
      test: Math.round((performance.now() - started) / 1000),
    },
    parameters: print(model).split('\n')[0]?.replace(/^.*, /, '') ?? '',
  };
  await write(join(cells, `${file}.json`), `${JSON.stringify(cell, null, 2)}\n`);
  await rm(join(runs, file, 'checkpoints'), { recursive: true, force: true });
  say(`${name}: −log p(y|x) ${(test.importanceSampling ?? test.monteCarlo ?? NaN).toFixed(2)} nats`);
  return cell;
}

/** The protocol's parts, whatever the images: five of six to train on, 2,000 of the others to choose by. */
export const dataOf = (images: Dataset, { quadrants: seen, targets, form, shift }: Settings): Dataset => {
  const parts: Dataset = { ...images, ...halvesOf(images.train) };
  const shifted = shift > 0 ? randomShift({ pixels: 1, share: shift })(parts) : parts;
  const digits = targets === 'binary' ? binarise('dynamic')(shifted) : shifted;
  return form === 'missing' ? inVectors(seen)(digits) : quadrants(seen, { mask: true })(digits);
};

/** Five of six to train on, and 2,000 of the others to choose by. */
const halvesOf = (examples: Examples): { readonly train: Examples; readonly validation: Examples } => {
  const [train, held] = split(examples, 1 / 6, 1);
  return { train, validation: take(held, 2000) };
};

/** Which of the training images are trained on and chosen by, one after another as 32-bit integers. */
export const indicesOf = ({ train: { count } }: Dataset): Uint8Array => {
  const index: Column = { shape: [], data: Int32Array.from({ length: count }, (_, i) => i), scale: 1 };
  const { train, validation } = halvesOf({ count, columns: { index } });
  return Buffer.concat([train, validation].map(({ columns }) => bytesOf(columns['index'])));
};

const bytesOf = (column: Column | undefined): Uint8Array =>
  column ? new Uint8Array(column.data.buffer, column.data.byteOffset, column.data.byteLength) : new Uint8Array();

/** The mean over test images of Σ −y·log y − (1 − y)·log (1 − y) over what counts. */
const floorOf = ({ test }: Dataset): number => {
  const { y, mask } = test?.columns ?? {};
  if (!test || !y || test.transforms) return 0;
  let sum = 0;
  for (let i = 0; i < y.data.length; i++) {
    const p = (y.data[i] ?? 0) * y.scale;
    if (mask?.data[i] !== 0 && p > 0 && p < 1) sum -= p * Math.log(p) + (1 - p) * Math.log(1 - p);
  }
  return sum / test.count;
};

const line = ({ epoch, train: means, validation, seconds }: Epoch): string =>
  [
    `epoch ${epoch}`,
    `loss ${(means['loss'] ?? NaN).toFixed(2)}`,
    ...(means['kl'] === undefined ? [] : [`KL ${means['kl'].toFixed(2)}`]),
    ...(validation ? [`validation ${(validation['loss'] ?? NaN).toFixed(2)}`] : []),
    `${seconds.toFixed(0)} s`,
  ].join('  ');

/** All of a file, or nothing. */
export const write = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, content);
  await rename(`${path}.part`, path);
};
