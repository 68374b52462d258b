import { writeFile } from 'node:fs/promises';
import { csv, imageFolder, monthOf, changeParts, type Dataset } from 'cvae-compile/data';
import { exportModel } from 'cvae-compile/compiler';
import { open, type Model } from 'cvae-compile/runtime';
import { evaluate, train } from 'cvae-compile/train';
import { encode } from 'fast-png';
import { JUDGES, SKIES } from './models.ts';
import { EMOJI, PIECES } from './sets.ts';

/** A classifier of a set. */
export interface Judge {
  readonly classes: readonly string[];
  /** The share of test examples that it classifies correctly. */
  readonly right: number;
  /** The class of each row, by its number. */
  tell(columns: Readonly<Record<string, readonly unknown[]>>): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** What is known of a model's pictures: shares are of 100 samples for each class. */
export interface PictureFigures {
  /** The share that the judge takes for the class asked for, at temperature 1. */
  readonly recognised: number;
  readonly each: Readonly<Record<string, number>>;
  /** At the temperature that training recommends, if it does. */
  readonly temperature: number;
  readonly recognisedThen: number;
}

const CLASSES = { emoji: EMOJI, fashion: PIECES, weather: SKIES } as const;

const [EACH, ACROSS] = [100, 8];

/** Trains a set's classifier. */
export async function judgeOf(name: keyof typeof JUDGES, from: string, out: string): Promise<Judge> {
  const data = await (name === 'weather' ? daysOf(from) : picturesOf(name, from));
  const model = JUDGES[name];
  const options = { batch: name === 'fashion' ? 128 : 32, seed: 1, engine: 'onnx', learningRate: 1e-3 } as const;
  const { weights, names } = await train(model, data, options);
  const { classes } = await evaluate(model, weights, data, { samples: 1 });
  await exportModel(model, weights, { out, names });
  const opened = await open(out);
  const known = CLASSES[name];
  return {
    classes: known,
    right: classes?.accuracy ?? NaN,
    tell: async (columns) => {
      const { data: shares } = await opened.mean(columns);
      return Array.from({ length: shares.length / known.length }, (_, i) => {
        const row = shares.subarray(i * known.length, (i + 1) * known.length);
        return row.indexOf(Math.max(...row));
      });
    },
    close: () => opened.close(),
  };
}

const daysOf = async (file: string) =>
  csv(file, {
    columns: { x: ['precipitation', 'temp_max', 'temp_min', 'wind'], y: 'weather' },
    derive: { month: ({ date = '' }) => monthOf(date) },
    test: 0.1,
  });

/** A set's pictures, grey or in colour. */
export const picturesIn = async (name: 'emoji' | 'fashion', folder: string): Promise<Dataset> =>
  imageFolder(folder, { channels: name === 'emoji' ? 3 : 1 });

/** Pictures as the condition x, their class as y. */
const picturesOf = async (name: 'emoji' | 'fashion', folder: string): Promise<Dataset> => {
  const shape = name === 'emoji' ? [24, 24, 3] : [28, 28, 1];
  const data = await picturesIn(name, folder);
  return changeParts(data, (examples) => {
    const { y, label } = examples.columns;
    if (!y || !label) throw new Error(`${folder}: expected pictures by class, got none`);
    return { ...examples, columns: { x: { ...y, shape }, y: label } };
  });
};

/** Measures a model's pictures by a judge, and writes a picture of them: a row for each class. */
export async function pictureFigures(model: Model, judge: Judge, file: string): Promise<PictureFigures> {
  const { classes } = judge;
  const temperature = model.signature.display?.temperature ?? 1;
  const found = async (at: number) => {
    const { data, shape } = await model.sample({ label: classes }, { count: EACH, seed: 2, temperature: at });
    const size = data.length / (shape[0] ?? 1);
    const x = Array.from({ length: shape[0] ?? 0 }, (_, i) => data.subarray(i * size, (i + 1) * size));
    return judge.tell({ x });
  };
  const [plain, cooler] = [await found(1), await found(temperature)];
  const right = (guessed: readonly number[], row: number): number =>
    guessed.slice(row * EACH, (row + 1) * EACH).filter((one) => one === row).length / EACH;
  const mean = (guessed: readonly number[]): number =>
    classes.reduce((sum, _, row) => sum + right(guessed, row), 0) / classes.length;
  const grid = (await model.sample({ label: classes }, { count: ACROSS, seed: 1, temperature })).grid(ACROSS);
  await writeFile(file, png(grid));
  return {
    recognised: mean(plain),
    each: Object.fromEntries(classes.map((name, row) => [name, right(plain, row)])),
    temperature,
    recognisedThen: mean(cooler),
  };
}

/** A picture as a PNG, enlarged to some 400 pixels. */
const png = ({
  width,
  height,
  channels,
  data,
}: ReturnType<Awaited<ReturnType<Model['sample']>>['grid']>): Uint8Array => {
  const [plain, zoom] = [channels === 3 ? 3 : 1, Math.max(1, Math.round(400 / width))];
  const bytes = new Uint8Array(width * height * zoom * zoom * plain);
  for (let i = 0; i < bytes.length; i++) {
    const pixel = Math.floor(i / plain);
    const [row, column] = [Math.floor(pixel / (width * zoom)), pixel % (width * zoom)];
    const from = Math.floor(row / zoom) * width + Math.floor(column / zoom);
    bytes[i] = data[from * channels + (i % plain)] ?? 0;
  }
  return encode({ width: width * zoom, height: height * zoom, channels: plain, data: bytes });
};
