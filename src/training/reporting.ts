import { join } from 'node:path';
import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../dsl/model.ts';
import type { Examples } from '../data/dataset.ts';
import type { Taken } from '../formats/snapshot.ts';
import type { Scores } from '../formats/scores.ts';
import { REPORT_FILE } from '../run/read-run.ts';
import { bestOf } from '../run/best.ts';
import type { TrainingEngine } from '../train/engine.ts';
import type { Epoch } from '../train/epoch.ts';
import { variablesOf } from '../train/parameters.ts';
import type { Weights } from '../weights/weights.ts';
import type { BestEffort } from '../run/best-effort.ts';

/** Draws with the model and writes the page about its run during training. */
export interface Reporting {
  /** The path of the page. */
  readonly file: string;
  /** Called after an epoch: takes a snapshot at epochs 1, 2, 5, 10, 20, …, and writes the page, as far as time allows. */
  epoch(epoch: Epoch, weights: Weights): Promise<void>;
  /** Scores what the kept weights draw, if the data are a table; called before the end. */
  score(kept: Weights): Promise<Scores | undefined>;
  /** Called at the end: takes a snapshot with the kept weights, if there are any, and writes the page. */
  end(kept: Weights | undefined, epochs: readonly Epoch[]): Promise<void>;
}

/** Looks and pages each take no more than this share of the training time, plus a few tenths of a second. */
const SHARE = 1 / 100;
const FREE = 150;
/** The number of milliseconds after which a page is worth writing before the end. */
const LONG = 10_000;

/** The rows that are scored at the end of a run: enough for two digits in a second or two. `evaluate` takes more. */
const SCORED = { most: 1000, enough: 600 };

/** The subject of a run. */
export interface Subject {
  readonly model: Model;
  readonly dataset: Dataset;
  /** Returns the examples that are trained on, and those that are held out, if any, which may be a copy of a part of the data. */
  readonly parts: () => readonly [train: Examples, held: Examples | undefined];
  readonly engine: TrainingEngine;
  readonly seed: number;
}

/**
 * Reports on a run in a folder, resuming after the epochs already completed; `take` stores what is drawn, `attempt` performs
 * each piece of work, any of which may fail, and `notice` reports what does not fit.
 */
export async function reporting(
  folder: string,
  { model, dataset, parts, engine, seed }: Subject,
  done: number,
  take: (taken: Taken) => Promise<void>,
  attempt: BestEffort['attempt'],
  notice: (text: string) => unknown,
): Promise<Reporting> {
  const [{ snapshotter }, { writeReport }, { calibrationNotices }] = await Promise.all([
    import('../report/snapshot.ts'),
    import('../report/write.ts'),
    import('../report/calibration.ts'),
  ]);
  // Created on first use: a page without pictures is still useful.
  let made: ReturnType<typeof snapshotter> | undefined;
  const snapshot: ReturnType<typeof snapshotter> = (...given) =>
    (made ??= snapshotter(model, heldIn(dataset, parts), dataset.names, variablesOf(model), engine, seed))(...given);
  const began = performance.now();
  const snapshots = budget(began);
  const pages = budget(began);
  let next = after(done);
  return {
    file: join(folder, REPORT_FILE),
    epoch: async (epoch, weights) => {
      if (epoch.phase === 'model' && epoch.epoch >= next)
        await snapshots(async () => {
          next = after(epoch.epoch);
          await attempt(`what the model draws after epoch ${epoch.epoch}`, async () =>
            take(await snapshot(weights, epoch.epoch, epoch.latent?.kl !== undefined)),
          );
        });
      if (performance.now() - began > LONG) await pages(() => attempt(REPORT_FILE, () => writeReport(folder)));
    },
    score: async (weights) => {
      let scores: Scores | undefined;
      await attempt('scores of the table', async () => {
        const [{ scoreDraws }, { tablePlan }] = await Promise.all([
          import('../report/score-draws.ts'),
          import('../report/table-rows.ts'),
        ]);
        if (!tablePlan(model, variablesOf(model), dataset.train)) return;
        const [train, held] = parts();
        if (!held) return;
        const { names = {} } = dataset;
        const subject = { model, variables: variablesOf(model), weights, engine, train, held, names };
        scores = await scoreDraws(subject, { seed, ...SCORED });
      });
      return scores;
    },
    end: async (kept, epochs) => {
      const main = epochs.filter(({ phase }) => phase === 'model');
      const best = bestOf(main);
      const isKnown = main.some(({ latent }) => latent?.kl !== undefined);
      if (kept && best)
        await attempt(`what the model draws after epoch ${best.epoch}`, async () => {
          const { snapshot: last, files } = await snapshot(kept, best.epoch, isKnown);
          await take({ snapshot: { ...last, kept: true }, files });
          if (last.kind === 'numbers')
            for (const line of calibrationNotices(last, main.length * dataset.train.count >= SEEN)) await notice(line);
        });
      await attempt(REPORT_FILE, () => writeReport(folder));
    },
  };
}

/**
 * Returns examples to show what a model draws: held-out ones, or those trained on if there are no others, or only in a copy of much data.
 */
const heldIn = (dataset: Dataset, parts: Subject['parts']): Examples => {
  const { test = dataset.validation } = dataset;
  const bytes = Object.values(dataset.train.columns).reduce((sum, { data }) => sum + data.byteLength, 0);
  if (test || bytes > MUCH) return test ?? dataset.train;
  const [train, held = train] = parts();
  return held;
};

/** The number of examples after which a model has had a chance to learn a distribution. */
const SEEN = 12_800;

/** Bytes of data of which a copy is not worth a look. */
const MUCH = 2 ** 26;

/** Returns a function that does work only if earlier work has stayed within its share of the time since the beginning. */
const budget = (began: number): ((work: () => Promise<void>) => Promise<void>) => {
  let [spent, last] = [0, 0];
  return async (work) => {
    const started = performance.now();
    // Assumes that it takes as long as the last time.
    if (spent + last > FREE + SHARE * (started - began)) return;
    await work();
    last = performance.now() - started;
    spent += last;
  };
};

/** Returns the next of 1, 2, 5, 10, 20, 50, … */
const after = (epoch: number): number => {
  for (let ten = 1; ; ten *= 10) for (const one of [1, 2, 5]) if (one * ten > epoch) return one * ten;
};
