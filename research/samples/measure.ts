import { join } from 'node:path';
import { exportModel } from 'cvae-compile/compiler';
import { changeParts, take, type Dataset } from 'cvae-compile/data';
import { open, type Model } from 'cvae-compile/runtime';
import { evaluate, train } from 'cvae-compile/train';
import { judge, type Case, type Extra } from './cases.ts';
import { edges, type Grid } from './pictures.ts';

/** What is known of a trained model: nats are means over the test part, shares are from 0 to 1. */
export interface Figures {
  readonly title: string;
  readonly negativeElbo: number;
  /** `null` if the objective has none: the recognition network is then not trained. */
  readonly kl: number | null;
  readonly activeUnits: number | null;
  /** The shares of y's variance that z and the digit make. */
  readonly latent: number | null;
  readonly condition: number | null;
  /** The share of samples that the judge takes for the digit that was asked for, at temperature 1. */
  readonly recognised: number;
  /** How strong edges are, as a share of those of test digits: of samples, and of reconstructions. */
  readonly edges: number;
  readonly reconstructedEdges: number | null;
  /** The temperature that training recommends, and the share recognised at it. */
  readonly temperature: number | null;
  readonly recognisedThen: number | null;
  readonly notices: readonly string[];
}

/** Tells digits from pixels, a row of 784 for each picture. */
export type Judge = (pixels: Float32Array) => Promise<readonly number[]>;

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);
/** Samples of each digit for a figure, and in a picture. */
const [EACH, ACROSS] = [100, 8];

/** Trains the judge, and returns it with the share of test digits that it classifies correctly. */
export async function trainJudge(data: Dataset, folder: string, epochs: number) {
  const judged = changeParts(data, (examples) => {
    const { y, digit } = examples.columns;
    if (!y || !digit) throw new Error('judge: expected digits, got data without y or digit');
    return { ...examples, columns: { x: { ...y, shape: [28, 28, 1] }, y: digit } };
  });
  const { weights } = await train(judge, judged, { epochs, learningRate: 1e-3, seed: 1, engine: 'onnx' });
  const model = await opened(judge, weights, join(folder, 'judge'), false);
  const tell: Judge = async (pixels) => {
    const rows = pixels.length / 784;
    // A normal likelihood has means below 0 and above 1.
    const shown = pixels.map((value) => Math.min(1, Math.max(0, value)));
    const x = Array.from({ length: rows }, (_, i) => shown.subarray(i * 784, (i + 1) * 784));
    const { data: shares } = await model.mean({ x });
    return Array.from(x, (_, i) => {
      const row = shares.subarray(i * 10, (i + 1) * 10);
      return row.indexOf(Math.max(...row));
    });
  };
  const { test } = data;
  const real = pixelsOf(test);
  return { tell, right: share(await tell(real), Array.from(test?.columns['digit']?.data ?? [])), model };
}

const pixelsOf = (examples: Dataset['test']): Float32Array => {
  const y = examples?.columns['y'];
  return Float32Array.from(y?.data ?? [], (value) => value * (y?.scale ?? 1));
};

const share = (found: readonly number[], asked: readonly number[]): number =>
  found.filter((digit, i) => digit === asked[i]).length / asked.length;

const opened = async (
  model: Case['model'],
  weights: Awaited<ReturnType<typeof train>>['weights'],
  out: string,
  recognition = true,
): Promise<Model> => {
  await exportModel(model, weights, { out, recognition });
  return open(out);
};

/** Trains a case's model, measures it, and returns its pictures by the end of their names. */
export async function measure(
  name: string,
  { title, model, training, pictures = [] }: Case,
  data: Dataset,
  tell: Judge,
  folder: string,
): Promise<{ readonly figures: Figures; readonly grids: ReadonlyMap<Extra | '', Grid> }> {
  const notices: string[] = [];
  const onNotice = (line: string): void => void notices.push(line);
  const result = await train(model, data, { seed: 1, engine: 'onnx', ...training, onNotice });
  const { negativeElbo, kl, activeUnits } = await evaluate(model, result.weights, data, {
    samples: 2,
    monteCarlo: false,
  });
  const hasKl = result.epochs.at(-1)?.train['kl'] !== undefined;
  const runs = await opened(model, result.weights, join(folder, name));
  const asked = DIGITS.flatMap((digit) => Array.from({ length: EACH }, () => digit));
  const drawn = async (temperature: number) => runs.sample({ digit: DIGITS }, { count: EACH, seed: 2, temperature });
  const samples = await drawn(1);
  const temperature = result.display?.temperature ?? null;
  const cooler = temperature === null ? undefined : await drawn(temperature);
  const held = data.test && take(data.test, 200);
  const real = pixelsOf(held);
  const again = await runs.reconstruct({
    digit: Array.from(held?.columns['digit']?.data ?? []),
    y: Array.from({ length: real.length / 784 }, (_, i) => real.subarray(i * 784, (i + 1) * 784)),
  });
  const grids = new Map<Extra | '', Grid>();
  for (const extra of ['', ...pictures] as const) grids.set(extra, await gridOf(runs, extra, temperature, data));
  await runs.close();
  const figures: Figures = {
    title,
    negativeElbo,
    kl: hasKl ? kl : null,
    activeUnits: hasKl ? activeUnits : null,
    latent: result.epochs.at(-1)?.latent?.share ?? null,
    condition: result.conditions?.['digit'] ?? null,
    recognised: share(await tell(samples.data), asked),
    edges: edges(samples.data) / edges(pixelsOf(data.test)),
    reconstructedEdges: edges(again.data) / edges(real),
    temperature,
    recognisedThen: cooler ? share(await tell(cooler.data), asked) : null,
    notices,
  };
  return { figures, grids };
}

/** Ten rows of digits: samples, or reconstructions next to the digits that they are of. */
const gridOf = async (model: Model, extra: Extra | '', best: number | null, data: Dataset): Promise<Grid> => {
  if (extra !== 'reconstructed') {
    const temperature = extra === 'cold' ? 0.2 : extra === 'best' ? (best ?? 1) : 1;
    const options = { count: ACROSS, seed: 1, temperature, draw: extra === 'drawn' };
    return (await model.sample({ digit: DIGITS }, options)).grid(ACROSS);
  }
  const labels = Array.from(data.test?.columns['digit']?.data ?? []);
  const real = pixelsOf(data.test);
  const rows = DIGITS.flatMap((digit) =>
    [...labels.keys()].filter((row) => labels[row] === digit).slice(0, ACROSS / 2),
  );
  const y = rows.map((row) => real.subarray(row * 784, (row + 1) * 784));
  const again = await model.reconstruct({ digit: rows.map((row) => labels[row] ?? 0), y });
  const { width, height, channels, data: drawn } = again.grid(ACROSS / 2);
  const pixels = new Uint8Array(2 * width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const example = y[Math.floor(row / 28) * (ACROSS / 2) + Math.floor(column / 28)];
      const at = row * 2 * width + Math.floor(column / 28) * 56 + (column % 28);
      pixels[at] = Math.round(255 * (example?.[(row % 28) * 28 + (column % 28)] ?? 0));
      pixels[at + 28] = drawn[(row * width + column) * channels] ?? 0;
    }
  return { width: 2 * width, height, channels: 1, data: pixels };
};
