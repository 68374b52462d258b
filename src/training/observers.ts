import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../dsl/model.ts';
import type { RunFolder } from '../run/folder.ts';
import { createBestEffort, type BestEffort } from '../run/best-effort.ts';
import type { TrainingEngine } from '../train/engine.ts';
import type { Epoch, TrainingProgress } from '../train/epoch.ts';
import type { Weights } from '../weights/weights.ts';
import type { Events } from './events.ts';
import type { RunRecord } from '../formats/run.ts';
import type { Scores } from '../formats/scores.ts';
import { loggersOf, type TrainingLogger } from './loggers.ts';
import type { Reporting, Subject } from './reporting.ts';

/** Displays training while it runs. */
export interface Display {
  progress(at: TrainingProgress): void;
  epoch(epoch: Epoch): void;
  /** Shows a warning as one line. */
  notice(text: string): void;
  /** Training is over, whatever the outcome. */
  end(): void;
}

/** The receivers of a run's messages. */
export interface Audience {
  /** Prints lines about the run as a whole. */
  say(...lines: readonly string[]): void;
  /** Creates the display of progress and epochs; `unit` is the word for an example. */
  display(unit: 'images' | 'examples'): Promise<Display>;
  readonly signal?: AbortSignal;
}

/** The run that is observed. */
export interface Scene {
  readonly folder: string;
  readonly model: Model;
  readonly dataset: Dataset;
  readonly parts: Subject['parts'];
  readonly engine: TrainingEngine;
  readonly seed: number;
  readonly report: boolean;
  readonly tensorboard: boolean;
  /** What the run is, for loggers. */
  readonly record: RunRecord;
  readonly loggers: readonly TrainingLogger[];
  /** Receives notices about what the finished model draws. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/**
 * Everything that observes a run while it trains and that the run does not need: lines, metrics, event files, pictures and the
 * page. None of it can end the run: a failure becomes a warning, which is shown and kept among the metrics.
 */
export interface Observers {
  readonly bestEffort: BestEffort;
  /** Reports a problem, and records it with the run. */
  warn(text: string): void;
  notice(text: string): void;
  progress(at: TrainingProgress): void;
  /** Called when the run has begun, with the epochs of earlier processes. */
  begin(earlier: readonly Epoch[]): Promise<void>;
  epoch(epoch: Epoch, weights: Weights): Promise<void>;
  /** Scores the draws of a model of a table, if there is a page to show it. */
  score(kept: Weights): Promise<Scores | undefined>;
  /**
   * Called when the run has ended, with the ending as the last line of the metrics has it, and the weights if it has finished.
   */
  end(ending: object, kept?: Weights): Promise<void>;
  /** Returns lines that say where to look. */
  links(): readonly string[];
}

/** Creates the observers of a run in a folder. */
export const observing = async (
  run: RunFolder,
  { say, display }: Pick<Audience, 'say' | 'display'>,
  scene: Scene,
): Promise<Observers> => {
  const { folder, model, tensorboard, report, dataset, parts, engine, seed, onNotice, record: about } = scene;
  const shown = await display(model.target.image ? 'images' : 'examples');
  const epochs: Epoch[] = [];
  const waiting: string[] = [];
  // What is noticed once training is over is in no epoch.
  const late = new Set<string>();
  let hasBegun = false;
  let events: Events | undefined;
  let page: Reporting | undefined;
  const record = (warning: string): Promise<void> => run.add({ warning }).catch(() => undefined);
  const warn = (text: string): void => {
    // A line written before the run has begun would count towards the previous run.
    if (hasBegun) void record(text);
    else waiting.push(text);
    shown.notice(text);
  };
  const bestEffort = createBestEffort(warn);
  const unfit = async (text: string): Promise<void> => {
    await record(text);
    shown.notice(text);
    loggers.notice(text);
    onNotice?.(text);
  };
  const { attempt, attemptNow } = bestEffort;
  const loggers = loggersOf(scene.loggers, bestEffort);
  return {
    bestEffort,
    warn,
    notice: (text) => {
      if (epochs.length > 0) late.add(text);
      loggers.notice(text);
      attemptNow('a notice', () => shown.notice(text));
    },
    progress: (at) => attemptNow('the line of progress', () => shown.progress(at)),
    begin: async (earlier) => {
      hasBegun = true;
      epochs.push(...earlier);
      for (const text of waiting) await record(text);
      await loggers.begin(about);
      if (tensorboard)
        await attempt('event files for TensorBoard', async () => {
          events = await (await import('./events.ts')).openEvents(folder, epochs);
        });
      if (!report) return;
      const drawn = epochs.filter(({ phase }) => phase === 'model').length;
      await attempt('report.html', async () => {
        const { reporting } = await import('./reporting.ts');
        page = await reporting(folder, { model, dataset, parts, engine, seed }, drawn, run.take, attempt, unfit);
        say(`report: ${page.file}, written as the run goes`);
      });
    },
    epoch: async (epoch, weights) => {
      epochs.push(epoch);
      for (const { text } of epoch.noticed ?? []) late.delete(text);
      attemptNow('the line of an epoch', () => shown.epoch(epoch));
      await attempt('a line of metrics.jsonl', () => run.add(epoch));
      attemptNow('event files for TensorBoard', () => events?.add(epoch));
      await loggers.epoch(epoch);
      await page?.epoch(epoch, weights);
    },
    score: async (kept) => page?.score(kept),
    end: async (ending, kept) => {
      attemptNow('the line of progress', shown.end);
      for (const text of late) await record(text);
      await attempt('the last line of metrics.jsonl', () => run.add(ending));
      await page?.end(kept, epochs);
      await loggers.end(ending);
    },
    links: () => (page ? [`report: ${page.file}`] : []),
  };
};
