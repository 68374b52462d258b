import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Engines } from '../../../src/formats/engines.ts';
import type { Manifest, Specimen, Specimens } from '../../../src/signature.ts';
import { createQuestion, type Question } from '../ask/question.ts';
import { firstOf, firstOfAll, givenOf, initialValues, valuesOf, type Value, type Values } from '../condition/values.ts';
import { createLatent, type Latent, type Pins, type Point } from '../latent/latent.ts';
import { createMeter, type Meter } from '../meter/latency.ts';
import { createDrawing, type Drawing } from '../samples/drawing.ts';
import { createTable, type Table, type TableView } from '../table/state.ts';
import { partOf } from '../view/kept.ts';
import { createOpening, type Opening, type Wish } from './opening.ts';
import { problemOf, type Problem } from './problem.ts';
import { initialOf, type Settings } from './settings.ts';
import type { Site } from './site.ts';

/** The parts of the page next to the conditions, one shown at a time. */
export type Tab = 'samples' | 'latent' | 'ask' | 'train' | 'make' | 'code' | 'model';

/** All that the page shows of one model, as signals. */
export interface Playground {
  readonly site: Site;
  /** What can run the model. */
  readonly engines: Engines;
  readonly manifest: Manifest;
  readonly examples: Specimens;
  readonly tab: Signal<Tab>;
  readonly wish: Signal<Wish>;
  readonly opening: Opening;
  readonly values: ReadonlySignal<Values>;
  /** The conditions as the runtime takes them: a row for each class where each is asked for in turn. */
  readonly given: ReadonlySignal<Readonly<Record<string, unknown>>>;
  /** The same, the first row only. */
  readonly one: ReadonlySignal<Readonly<Record<string, unknown>>>;
  readonly settings: ReadonlySignal<Settings>;
  /** The example that was loaded, until a condition is changed. */
  readonly example: ReadonlySignal<Specimen | undefined>;
  /** The conditions as that example gave them. */
  readonly loaded: ReadonlySignal<Values | undefined>;
  readonly drawing: Drawing;
  /** The row of the sample that is chosen. */
  readonly chosen: Signal<number | undefined>;
  readonly latent: Latent;
  /** The plots of a table, if the model draws one. */
  readonly table: Table | undefined;
  /** What is asked about the user's own example. */
  readonly question: Question;
  /** The condition whose seen part appears in pictures as it is; a target's mask asks for that. */
  readonly kept: Signal<string | undefined>;
  /** Why the model did not answer. */
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** From a person's input to the pictures on the screen; and what of it the model took. */
  readonly strokes: Meter;
  readonly calls: Meter;
  /** Shows an error that came from nowhere in particular. */
  fail(error: unknown): void;
  load(example: Specimen): void;
  set(name: string, value: Value): void;
  change(settings: Partial<Settings>): void;
}

/** What a visit begins with, if the address says. */
export interface Start {
  readonly tab?: Tab;
  readonly values?: Values;
  readonly example?: number;
  readonly settings?: Partial<Settings>;
  readonly wish?: Partial<Wish>;
  readonly point?: Point;
  readonly axes?: readonly [number, number];
  readonly pins?: Pins;
  readonly view?: TableView;
}

export const createPlayground = (
  { site, engines }: Pick<Playground, 'site' | 'engines'>,
  manifest: Manifest,
  examples: Specimens,
  start: Start,
): Playground => {
  const first = start.values
    ? examples.examples.find(({ index }) => index === start.example)
    : firstOfAll(manifest, examples);
  const example = signal(first);
  const loaded = computed(() => example.value && valuesOf(manifest, example.value));
  const values = signal<Values>({ ...initialValues(manifest), ...loaded.value, ...start.values });
  const settings = signal<Settings>({ ...initialOf(manifest), ...start.settings });
  const given = computed(() => givenOf(manifest, values.value));
  const one = computed(() => givenOf(manifest, firstOf(values.value)));
  const tab = signal<Tab>(start.tab ?? 'samples');
  const wish = signal<Wish>({ backend: 'wasm', threads: 1, ...start.wish });
  const opening = createOpening(site, engines, manifest, wish);
  const { opened } = opening;
  const [strokes, calls] = [createMeter(), createMeter()];
  const problem = signal<Problem | undefined>(undefined);
  const failed = (error: unknown, { model }: { readonly model: object }): void => {
    // An error of a model that has been closed and replaced does not matter.
    if (opened.peek()?.model !== model) return;
    if (!opening.fellBack(error)) problem.value = problemOf(error, 'The model failed to run');
  };
  const drawing = createDrawing({ manifest, opened, values, given, settings, strokes, calls, failed });
  const visible = computed(() => tab.value === 'latent' && manifest.kind === 'cvae');
  const latent = createLatent({ manifest, opened, one, visible, failed, start });
  const isShown = computed(() => tab.value === 'samples');
  const table = createTable({ manifest, examples, drawn: drawing.drawn, visible: isShown, failed }, start);
  const question = createQuestion({ manifest, examples, opened, values, one, example, tab, failed });

  const set = (name: string, value: Value): void => {
    const before = values.value[name];
    // Each class in turn of one condition only: of two it would be each pair.
    const others = Object.entries(values.value).map(([other, kept]) => [
      other,
      kept.kind === 'all' && value.kind === 'all' ? ({ kind: 'class', index: 0 } as const) : kept,
    ]);
    batch(() => {
      problem.value = undefined;
      values.value = { ...Object.fromEntries(others), [name]: value };
      // What is seen of an example may change, and it stays that example.
      if (!(value.kind === 'image' && before?.kind === 'image' && value.pixels === before.pixels))
        example.value = undefined;
    });
  };
  const load = (chosen: Specimen): void =>
    batch(() => {
      problem.value = undefined;
      example.value = chosen;
      values.value = { ...values.value, ...loaded.value };
    });
  const change = (some: Partial<Settings>): void => {
    settings.value = { ...settings.value, ...some };
  };
  const part = partOf(manifest);
  const kept = signal(manifest.target.mask === part ? part : undefined);
  const chosen = signal<number | undefined>(undefined);
  const fail = (error: unknown): void => {
    problem.value = problemOf(error, 'The page hit an error');
  };
  const state = {
    site,
    engines,
    manifest,
    examples,
    tab,
    wish,
    opening,
    values,
    given,
    one,
    settings,
    example,
    loaded,
  };
  return { ...state, drawing, chosen, kept, latent, table, question, problem, strokes, calls, fail, load, set, change };
};
