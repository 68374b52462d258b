import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { open, trainer, type Model, type Trainer } from 'cvae-compile/runtime';
import type { TrainPanelProps, Weights } from '../page/training.ts';
import { problemOf, type Problem } from '../session/problem.ts';
import { batchOf } from './batch.ts';
import { rehearsalOf } from './rehearsal.ts';
import type { TrainingExample } from './training-examples.ts';

/** Where training is. */
export type Stage = 'ready' | 'loading' | 'training' | 'stopping';

/** A model that is being taught: what it learns from, how far it has come, and what it has become. */
export interface TrainingSession {
  readonly taught: Signal<readonly TrainingExample[]>;
  readonly steps: Signal<number>;
  readonly learningRate: Signal<number>;
  readonly rehearse: Signal<boolean>;
  readonly stage: ReadonlySignal<Stage>;
  /** The loss before each step, in the unit of the objective. */
  readonly losses: ReadonlySignal<readonly number[]>;
  /** How long the last steps took, in milliseconds each. */
  readonly pace: ReadonlySignal<number | undefined>;
  /** The model as it was, … */
  readonly before: ReadonlySignal<Model | undefined>;
  /** … and as it is now, once it has learnt something. */
  readonly now: ReadonlySignal<Model | undefined>;
  readonly weights: ReadonlySignal<Weights | undefined>;
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** Why something else trains than was chosen. */
  readonly notice: ReadonlySignal<string | undefined>;
  start(): Promise<void>;
  /** Ends training after the step that is under way; it can continue from there. */
  stop(): void;
  /** Forgets what was learnt, but not what it is to learn from. */
  reset(): Promise<void>;
}

/** What a lesson is about. */
export type Subject = Pick<
  TrainPanelProps,
  'folder' | 'wasmPaths' | 'backend' | 'manifest' | 'examples' | 'seed' | 'onWeights'
>;

export const createTrainingSession = ({
  folder,
  wasmPaths,
  backend,
  manifest,
  examples,
  seed,
  onWeights,
}: Subject): TrainingSession => {
  const state = stateOf();
  const { taught, steps, learningRate, rehearse, stage, losses, pace, before, now, weights, problem, notice } = state;
  let learner: Trainer | undefined;

  const look = async (): Promise<void> => {
    const found = await learner?.weights();
    if (!found) return;
    const model = await open(folder, { wasmPaths, weights: found });
    const old = now.peek();
    weights.value = found;
    now.value = model;
    await old?.close();
  };

  const train = async (): Promise<void> => {
    stage.value = 'loading';
    const model = (before.value ??= await open(folder, { wasmPaths }));
    const known = rehearse.value ? await rehearsalOf(model, manifest, examples, taught.value, seed) : [];
    learner ??= await trainer(folder, { wasmPaths, backend, seed, learningRate: learningRate.value });
    notice.value = learner.backend.reason && `Training on WASM; ${learner.backend.reason}`;
    stage.value = 'training';
    let [seen, cost] = [performance.now(), 0];
    for (let left = steps.value; left > 0 && stage.peek() === 'training'; left--) {
      const begun = performance.now();
      const { loss = NaN } = await learner.step(batchOf(manifest, taught.value, known, losses.peek().length));
      losses.value = [...losses.peek(), loss];
      pace.value = mixed(pace.peek(), performance.now() - begun);
      // Looking takes time from training: at most a fifth of it.
      if (performance.now() - seen < Math.max(700, 4 * cost)) continue;
      const from = performance.now();
      await look();
      [seen, cost] = [performance.now(), performance.now() - from];
    }
    await look();
    onWeights(weights.peek());
  };

  return {
    ...state,
    start: async () => {
      if (stage.value !== 'ready' || taught.value.length === 0) return;
      problem.value = undefined;
      try {
        await train();
      } catch (error) {
        problem.value = problemOf(error, 'Training stopped');
      } finally {
        stage.value = 'ready';
      }
    },
    stop: () => {
      if (stage.value === 'training') stage.value = 'stopping';
    },
    reset: async () => {
      if (stage.value !== 'ready') return;
      const [held, model] = [learner, now.value];
      learner = undefined;
      losses.value = [];
      pace.value = undefined;
      weights.value = undefined;
      now.value = undefined;
      problem.value = undefined;
      onWeights(undefined);
      await held?.close();
      await model?.close();
    },
  };
};

const stateOf = () => ({
  taught: signal<readonly TrainingExample[]>([]),
  steps: signal(400),
  // Larger steps than for data: examples are few, and so are the steps that one waits for.
  learningRate: signal(3e-3),
  rehearse: signal(true),
  stage: signal<Stage>('ready'),
  losses: signal<readonly number[]>([]),
  pace: signal<number | undefined>(undefined),
  before: signal<Model | undefined>(undefined),
  now: signal<Model | undefined>(undefined),
  weights: signal<Weights | undefined>(undefined),
  problem: signal<Problem | undefined>(undefined),
  notice: signal<string | undefined>(undefined),
});

/** A duration, smoothed over those before. */
const mixed = (before: number | undefined, duration: number): number =>
  before === undefined ? duration : 0.8 * before + 0.2 * duration;
