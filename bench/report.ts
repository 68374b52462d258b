// What watching and reporting cost: their share of the time that training takes, on each engine.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digits, toDataset } from 'cvae-compile/data';
import { engineOf, train, type EngineName } from 'cvae-compile/train';
import completion, { data as completions } from '../examples/completion/model.ts';
import model from '../examples/digits/model.ts';
import { openEvents } from '../src/training/events.ts';
import { reporting } from '../src/training/reporting.ts';
import { openRun } from '../src/run/folder.ts';
import { recordOf } from '../src/run/record.ts';
import { take } from '../src/data/split.ts';
import type { Dataset } from '../src/data/dataset.ts';
import type { Model } from '../src/dsl/model.ts';
import { resolve } from '../src/graph/resolve.ts';
import { enoughOf, latentWatch } from '../src/train/latent-use.ts';
import { usual } from '../src/train/objectives/likelihood.ts';
import { variablesOf } from '../src/train/parameters.ts';
import { table } from './measure.ts';

const rows: Record<string, string | number>[] = [];
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

async function run(name: string, of: Model, dataset: Dataset, epochs: number, wanted: EngineName): Promise<void> {
  const engine = await engineOf(wanted);
  const folder = await mkdtemp(join(tmpdir(), 'cvae-bench-'));
  const files = await openRun(folder);
  const definition = { path: name, name, model: of, training: {} };
  await files.begin(recordOf(definition, dataset, { epochs }, engine, {}), '');
  const events = await openEvents(folder, []);
  const page = await reporting(
    folder,
    { model: of, dataset, parts: () => [dataset.train, dataset.test], engine, seed: 1 },
    0,
    files.take,
    async (_, work) => void (await work()),
    () => undefined,
  );
  const objective = resolve(usual(of).body(of), { mode: 'train' });
  const watch = latentWatch(of, objective, engine, dataset.train, variablesOf(of), 1, enoughOf(dataset.train.count));
  let [watching, writing, reported] = [0, 0, 0];
  const timed = async (work: () => unknown): Promise<number> => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  const started = performance.now();
  const trained = await train(of, dataset, {
    epochs,
    engine,
    onNotice: () => undefined,
    onEpoch: async (epoch, weights) => {
      // Measured a second time, in addition to what training itself does, so it is not part of the total.
      if (epoch.phase === 'model') watching += await timed(() => watch(weights));
      writing += await timed(async () => {
        await files.add(epoch);
        events.add(epoch);
      });
      reported += await timed(() => page.epoch(epoch, weights));
    },
  });
  const whole = performance.now() - started - watching;
  const end = await timed(() => page.end(trained.weights, trained.epochs));
  rows.push({
    model: name,
    engine: engine.name,
    seconds: (whole / 1000).toFixed(1),
    watching: percent(watching, whole),
    'metrics and events': percent(writing, whole),
    'looks and pages': percent(reported, whole),
    'at the end, s': (end / 1000).toFixed(2),
  });
  await rm(folder, { recursive: true });
}

const all = await digits();
const quadrants = await toDataset(completions, variablesOf(completion));
const few: Dataset = { ...quadrants, train: take(quadrants.train, 1000) };
for (const engine of ['tfjs', 'onnx'] as const) {
  await run('digits', model, all, 8, engine);
  await run('completion', completion, few, 2, engine);
}
table(rows);
