import { join } from 'node:path';
import { mnist, take, toDataset } from 'cvae-compile/data';
import { engineOf, evaluate, loadWeights } from 'cvae-compile/train';
import { dataOf, readMeasurement, write, type CellOptions } from './cell.ts';
import { modelOf } from './models.ts';
import { fileOf, nameOf, type Settings } from './settings.ts';

/** A cell's estimates by how many samples they take, in nats, on validation images. */
export interface Estimators {
  readonly name: string;
  readonly images: number;
  readonly negativeElbo: number;
  readonly kl: number;
  readonly rows: readonly {
    readonly samples: number;
    readonly importanceSampling: number | null;
    readonly monteCarlo: number | null;
  }[];
}

const SAMPLES = [1, 10, 100, 1000] as const;
const IMAGES = 500;

/** Estimates a trained cell's likelihood with ever more samples, on validation images: the test set is for the one test. */
export async function estimators(settings: Settings, options: CellOptions): Promise<Estimators> {
  const { runs, cells, engine: wanted = 'onnx', signal, say = () => undefined } = options;
  const name = nameOf(settings);
  const folder = join(cells, '..', 'estimators');
  const before = await readMeasurement<Estimators>(folder, settings);
  if (before) return before;
  const model = modelOf(settings);
  const whole = dataOf(options.images ?? (await mnist()), settings);
  const validation = whole.validation && take(whole.validation, IMAGES);
  const data = await toDataset(
    { ...whole, ...(validation && { validation }) },
    { ...model.condition, y: model.target },
  );
  const { weights } = await loadWeights(join(runs, fileOf(settings)));
  const engine = typeof wanted === 'string' ? await engineOf(wanted) : wanted;
  const measured = [];
  for (const samples of SAMPLES) {
    const evaluation = { engine, samples, part: 'validation' as const, ...(signal && { signal }) };
    measured.push(await evaluate(model, weights, data, evaluation));
    say(`${name}: ${samples} samples`);
  }
  const result: Estimators = {
    name,
    images: measured[0]?.examples ?? 0,
    negativeElbo: measured.at(-1)?.negativeElbo ?? NaN,
    kl: measured[0]?.kl ?? NaN,
    rows: measured.map(({ samples, importanceSampling, monteCarlo }) => ({ samples, importanceSampling, monteCarlo })),
  };
  await write(join(folder, `${fileOf(settings)}.json`), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}
