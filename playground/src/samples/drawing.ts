import { effect, signal, untracked, type ReadonlySignal } from '@preact/signals';
import { latest, type Model, type Outputs, type Samples } from 'cvae-compile/runtime';
import type { Manifest } from '../../../src/signature.ts';
import type { Values } from '../condition/values.ts';
import { painted, type Meter } from '../meter/latency.ts';
import { inputTime } from '../meter/stamp.ts';
import type { Opened } from '../session/opening.ts';
import { problemOf, type Problem } from '../session/problem.ts';
import type { Settings } from '../session/settings.ts';

/** What was asked of the model. */
export interface Asked {
  readonly values: Values;
  readonly settings: Settings;
}

/** Samples, and what they are of. */
export interface Drawn extends Asked {
  readonly samples: Samples;
}

/** What the model says without noise. */
export interface Guesses extends Asked {
  readonly mean: Outputs;
  readonly baseline?: Outputs;
}

/** What is drawn of the conditions as they are now: as soon as the model has it, the newest only. */
export interface Drawing {
  /** Nothing of a predictor, which has no latent. */
  readonly drawn: ReadonlySignal<Drawn | undefined>;
  readonly guesses: ReadonlySignal<Guesses | undefined>;
  readonly problem: ReadonlySignal<Problem | undefined>;
}

/** What is watched, and where durations go. */
export interface Watched {
  readonly manifest: Manifest;
  readonly opened: ReadonlySignal<Opened | undefined>;
  readonly values: ReadonlySignal<Values>;
  readonly given: ReadonlySignal<Readonly<Record<string, unknown>>>;
  readonly settings: ReadonlySignal<Settings>;
  readonly strokes: Meter;
  readonly calls: Meter;
}

export const createDrawing = ({ manifest, opened, values, given, settings, strokes, calls }: Watched): Drawing => {
  const drawn = signal<Drawn | undefined>(undefined);
  const guesses = signal<Guesses | undefined>(undefined);
  const problem = signal<Problem | undefined>(undefined);
  let measured = inputTime();
  let guessed: { readonly model: Model; readonly of: object } | undefined;

  const sample = latest(async (model: Model, of: Readonly<Record<string, unknown>>, asked: Asked): Promise<true> => {
    const at = inputTime();
    const started = performance.now();
    const samples = await model.sample(of, asked.settings);
    calls.record(performance.now() - started);
    drawn.value = { samples, ...asked };
    // What came without a new input, such as another backend, is no answer to one.
    if (at > measured) painted(() => strokes.record(performance.now() - at));
    measured = at;
    return true;
  });
  const guess = latest(async (model: Model, of: Readonly<Record<string, unknown>>, asked: Asked): Promise<void> => {
    const mean = await model.mean(of);
    const baseline = manifest.files.baseline && (await model.baseline(of));
    guessed = { model, of };
    guesses.value = { ...asked, mean, ...(baseline && { baseline }) };
  });

  effect(() => {
    const model = opened.value?.model;
    const of = given.value;
    const asked = { values: values.value, settings: settings.value };
    if (model === undefined) return;
    const failed = (error: unknown): void => {
      // A model that was closed for another is not missed.
      if (opened.peek()?.model === model) problem.value = problemOf(error, 'The model could not answer');
    };
    const begin = async (): Promise<void> => {
      // Where a newer one came, that one goes on.
      if (manifest.kind === 'cvae' && !(await sample(model, of, asked))) return;
      problem.value = undefined;
      if (guessed?.model !== model || guessed.of !== of) await guess(model, of, asked);
    };
    untracked(() => void begin().catch(failed));
  });
  return { drawn, guesses, problem };
};
