import { computed, effect, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { LogLikelihood, Model, Neighbours, Posterior, Samples } from 'cvae-compile/runtime';
import type { Manifest, Specimen, Specimens } from '../../../src/signature.ts';
import type { Values } from '../condition/values.ts';
import { following } from '../session/following.ts';
import type { Opened } from '../session/opening.ts';
import { problemOf, type Problem } from '../session/problem.ts';
import { trainingExampleOf } from '../train/training-examples.ts';
import { blankOf, givenOf, rowsOf, targetsOfExample, type Own } from './own.ts';

/** An example that was asked about, and where it lies: q(z|x,y). */
export interface Encoding {
  readonly model: Model;
  readonly given: Readonly<Record<string, unknown>>;
  readonly own: Own;
  readonly posterior: Posterior;
}

/** An answer, or why there is none. */
export type Answer<T> = { readonly found: T } | { readonly problem: Problem };

/** What is asked about the user's own example: x as the page's conditions say, and a y. */
export interface Question {
  readonly own: Signal<Own>;
  /** Why the model cannot take this y. */
  readonly encoding: ReadonlySignal<Answer<Encoding> | undefined>;
  readonly reconstruction: ReadonlySignal<(Encoding & { readonly samples: Samples }) | undefined>;
  readonly likelihood: ReadonlySignal<Answer<LogLikelihood> | undefined>;
  /** The nearest of the examples in the model's folder, and where all of them lie. */
  readonly near: ReadonlySignal<{ readonly neighbours: Neighbours; readonly of: Encoding } | undefined>;
  readonly others: ReadonlySignal<Posterior | undefined>;
}

interface Watched {
  readonly manifest: Manifest;
  readonly examples: Specimens;
  readonly opened: ReadonlySignal<Opened | undefined>;
  readonly values: ReadonlySignal<Values>;
  readonly one: ReadonlySignal<Readonly<Record<string, unknown>>>;
  readonly example: ReadonlySignal<Specimen | undefined>;
  /** What is in view: nothing is computed for the rest. */
  readonly tab: ReadonlySignal<string>;
  readonly failed: (error: unknown, of: { readonly model: Model }) => void;
}

/** Whether a model's files answer anything about an example. */
export const canBeAsked = ({ files, kind }: Pick<Manifest, 'files' | 'kind'>): boolean =>
  files.evaluation !== undefined || (kind === 'cvae' && files.recognition !== undefined);

export const createQuestion = (watched: Watched): Question => {
  const { manifest, examples, opened, values, one, example, tab, failed } = watched;
  const first = example.peek() ?? examples.examples[0];
  const own = signal<Own>(first ? targetsOfExample(manifest, first) : blankOf(manifest));
  effect(() => {
    const loaded = example.value;
    if (loaded) own.value = targetsOfExample(manifest, loaded);
  });
  const { recognition, evaluation } = manifest.files;
  const encodes = recognition !== undefined && manifest.kind === 'cvae';
  const asking = computed(() => tab.value === 'ask');
  /** The map of the latent shows where examples are. */
  const visible = computed(() => asking.value || tab.value === 'latent');
  const asked = computed(() => {
    const model = opened.value?.model;
    if (!visible.value || !model) return undefined;
    return { model, own: own.value, given: { ...one.value, ...givenOf(manifest, own.value, values.value) } };
  });
  const answered = async <T>(title: string, call: Promise<T>): Promise<Answer<T>> =>
    call.then(
      (found) => ({ found }),
      (error: unknown) => ({ problem: problemOf(error, title) }),
    );

  const encoding = following(
    () => (encodes ? asked.value : undefined),
    (of) =>
      answered(
        'The example could not be encoded',
        of.model.encode(of.given).then((posterior) => ({ ...of, posterior })),
      ),
    failed,
  );
  const encoded = computed(() => (encoding.value && 'found' in encoding.value ? encoding.value.found : undefined));
  const reconstruction = following(
    () => (asking.value ? encoded.value : undefined),
    async (of) => ({ ...of, samples: await of.model.reconstruct(of.given) }),
    failed,
  );
  const likelihood = following(
    () => (evaluation && asking.value ? asked.value : undefined),
    ({ model, given }) => answered('Its likelihood could not be estimated', model.logLikelihood(given)),
    failed,
  );
  const others = createOthers(watched, () => encodes && visible.value);
  const near = following(
    () => {
      const [mine, all] = [encoded.value, others.value];
      return mine && all && { model: mine.model, mine, all };
    },
    async ({ model, mine, all }) => ({
      of: mine,
      neighbours: await model.neighbours({ mean: mine.posterior.mean }, { mean: all.mean }, { count: NEAREST + 1 }),
    }),
    failed,
  );
  return { own, encoding, reconstruction, likelihood, near, others };
};

/** Where the examples in the model's folder are in its latent: encoded once for each model. */
const createOthers = (
  { manifest, examples: { examples }, opened, failed }: Watched,
  asked: () => boolean,
): ReadonlySignal<Posterior | undefined> => {
  let of: Model | undefined;
  return following(
    () => {
      const model = opened.value?.model;
      return asked() && model && model !== of && examples.length > 1 ? { model } : undefined;
    },
    async ({ model }) => {
      of = model;
      return model.encode(
        rowsOf(
          manifest,
          examples.map((each) => trainingExampleOf(manifest, each)),
          examples,
        ),
      );
    },
    failed,
  );
};

/** How many neighbours are shown. */
export const NEAREST = 4;
