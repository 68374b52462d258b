import { join } from 'node:path';
import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../dsl/model.ts';
import type { Taken } from '../formats/look.ts';
import { REPORT_FILE } from '../run/read-run.ts';
import { bestOf } from '../run/best.ts';
import type { TrainingEngine } from '../train/engine.ts';
import type { Epoch } from '../train/epoch.ts';
import { variablesOf } from '../train/parameters.ts';
import type { Weights } from '../weights/weights.ts';
import type { Spare } from '../run/spare.ts';

/** What draws with the model and writes the page about its run while training goes on. */
export interface Reporting {
  /** The page. */
  readonly file: string;
  /** After an epoch: a look at the epochs 1, 2, 5, 10, 20, …, and the page, as far as there is time. */
  epoch(epoch: Epoch, weights: Weights): Promise<void>;
  /** At the end: a look with the weights that are kept, where there are some, and the page. */
  end(kept: Weights | undefined, epochs: readonly Epoch[]): Promise<void>;
}

/** Of the time that training has taken, looks and pages take no more than this each, and some tenths of a second besides. */
const SHARE = 1 / 100;
const FREE = 150;
/** Milliseconds after which it is worth while to write a page before the end. */
const LONG = 10_000;

/** What a run is of. */
export interface Subject {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly engine: TrainingEngine;
  readonly seed: number;
}

/**
 * Reports on a run in a folder that has so many epochs behind it; `take` keeps what is drawn, and `attempt` does each piece of it, of
 * which one may fail.
 */
export async function reporting(
  folder: string,
  { model, dataset, engine, seed }: Subject,
  done: number,
  take: (taken: Taken) => Promise<void>,
  attempt: Spare['attempt'],
): Promise<Reporting> {
  const [{ looker }, { writeReport }] = await Promise.all([import('../report/look.ts'), import('../report/write.ts')]);
  // Made when it is first asked to draw: a page without pictures is still one.
  let made: ReturnType<typeof looker> | undefined;
  const look: ReturnType<typeof looker> = (...given) =>
    (made ??= looker(model, dataset, variablesOf(model), engine, seed))(...given);
  const began = performance.now();
  const looks = budget(began);
  const pages = budget(began);
  let next = after(done);
  return {
    file: join(folder, REPORT_FILE),
    epoch: async (epoch, weights) => {
      if (epoch.phase === 'model' && epoch.epoch >= next)
        await looks(async () => {
          next = after(epoch.epoch);
          await attempt(`what the model draws after epoch ${epoch.epoch}`, async () =>
            take(await look(weights, epoch.epoch, epoch.latent?.kl !== undefined)),
          );
        });
      if (performance.now() - began > LONG) await pages(() => attempt(REPORT_FILE, () => writeReport(folder)));
    },
    end: async (kept, epochs) => {
      const main = epochs.filter(({ phase }) => phase === 'model');
      const best = bestOf(main);
      const isKnown = main.some(({ latent }) => latent?.kl !== undefined);
      if (kept && best)
        await attempt(`what the model draws after epoch ${best.epoch}`, async () => {
          const { look: last, files } = await look(kept, best.epoch, isKnown);
          await take({ look: { ...last, kept: true }, files });
        });
      await attempt(REPORT_FILE, () => writeReport(folder));
    },
  };
}

/** Does work if what was done before has not taken more than its share of the time since the beginning. */
const budget = (began: number): ((work: () => Promise<void>) => Promise<void>) => {
  let [spent, last] = [0, 0];
  return async (work) => {
    const started = performance.now();
    // What it took the last time, it will take again.
    if (spent + last > FREE + SHARE * (started - began)) return;
    await work();
    last = performance.now() - started;
    spent += last;
  };
};

/** The next of 1, 2, 5, 10, 20, 50, … */
const after = (epoch: number): number => {
  for (let ten = 1; ; ten *= 10) for (const one of [1, 2, 5]) if (one * ten > epoch) return one * ten;
};
