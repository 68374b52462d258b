import { signal, type ReadonlySignal } from '@preact/signals';
import type { Model, Outputs, Samples } from 'cvae-compile/runtime';
import type { Manifest } from '../../../src/signature.ts';
import type { Values } from '../condition/values.ts';
import { painted, type Meter } from '../meter/latency.ts';
import { inputTime } from '../meter/stamp.ts';
import { following } from '../session/following.ts';
import type { Opened } from '../session/opening.ts';
import type { Settings } from '../session/settings.ts';

/** What is asked of a model: conditions as the runtime takes them, and as the page shows them. */
export interface Asked {
  readonly model: Model;
  readonly given: Readonly<Record<string, unknown>>;
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
  /** Undefined for a predictor, which has no latent. */
  readonly drawn: ReadonlySignal<Drawn | undefined>;
  readonly guesses: ReadonlySignal<Guesses | undefined>;
}

/** What is watched, and where durations and errors go. */
export interface Watched {
  readonly manifest: Manifest;
  readonly opened: ReadonlySignal<Opened | undefined>;
  readonly values: ReadonlySignal<Values>;
  readonly given: ReadonlySignal<Readonly<Record<string, unknown>>>;
  readonly settings: ReadonlySignal<Settings>;
  readonly strokes: Meter;
  readonly calls: Meter;
  readonly failed: (error: unknown, of: { readonly model: Model }) => void;
}

export const createDrawing = (watched: Watched): Drawing => {
  const { manifest, opened, values, given, settings, strokes, calls, failed } = watched;
  let measured = inputTime();
  let by: Model | undefined;
  let guessed: { readonly model?: Model; readonly given?: object } = {};

  const asked = (): Asked | undefined => {
    const model = opened.value?.model;
    return model && { model, given: given.value, values: values.value, settings: settings.value };
  };
  /** Asks a model, and measures how long it takes, alone and since the input that it answers. */
  const measuring = async <R>(of: Asked, ask: () => Promise<R>): Promise<R> => {
    const at = inputTime();
    // A model's first call is slower, once; and what was measured of another says nothing of it.
    const isFirst = by !== of.model;
    if (isFirst) [strokes, calls].forEach((meter) => meter.clear());
    const started = performance.now();
    const found = await ask();
    if (!isFirst) calls.record(performance.now() - started);
    // What came without a new input, or from another model than before, is no answer to one.
    if (at > measured && !isFirst) painted(() => strokes.record(performance.now() - at));
    measured = at;
    by = of.model;
    return found;
  };
  const isCvae = manifest.kind === 'cvae';
  const sample = async (of: Asked): Promise<Drawn> => ({
    ...of,
    samples: await measuring(of, () => of.model.sample(of.given, of.settings)),
  });
  const guess = async (of: Asked): Promise<Guesses> => {
    guessed = of;
    const ask = () => of.model.mean(of.given);
    const mean = isCvae ? await ask() : await measuring(of, ask);
    const baseline = manifest.files.baseline && (await of.model.baseline(of.given));
    return { ...of, mean, ...(baseline && { baseline }) };
  };

  const isNew = (of: Asked): boolean => guessed.model !== of.model || guessed.given !== of.given;
  const drawn = isCvae ? following(asked, sample, failed) : signal(undefined);
  // Samples first: what is shown without noise comes once they are there.
  const settled = (): Asked | undefined => {
    const of = isCvae ? drawn.value : asked();
    return of && isNew(of) ? of : undefined;
  };
  return { drawn, guesses: following(settled, guess, failed) };
};
