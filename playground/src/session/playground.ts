import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Manifest } from '../../../src/signature.ts';
import { givenOf, initialValues, valuesOf, type Value, type Values } from '../condition/values.ts';
import { createMeter, type Meter } from '../meter/latency.ts';
import { createDrawing, type Drawing } from '../samples/drawing.ts';
import type { Example, Examples } from './examples.ts';
import { createOpening, type Opening, type Wish } from './opening.ts';
import { INITIAL, type Settings } from './settings.ts';
import type { Site } from './site.ts';

/** All that the page shows of one model, as signals. */
export interface Playground {
  readonly site: Site;
  readonly manifest: Manifest;
  readonly examples: Examples;
  readonly wish: Signal<Wish>;
  readonly opening: Opening;
  readonly values: ReadonlySignal<Values>;
  /** The conditions as the runtime takes them. */
  readonly given: ReadonlySignal<Readonly<Record<string, unknown>>>;
  readonly settings: Signal<Settings>;
  /** The example that was loaded, until a condition is changed. */
  readonly example: ReadonlySignal<Example | undefined>;
  readonly drawing: Drawing;
  /** From a person's input to the pictures on the screen; and what of it the model took. */
  readonly strokes: Meter;
  readonly calls: Meter;
  load(example: Example): void;
  set(name: string, value: Value): void;
  change(settings: Partial<Settings>): void;
}

/** What a visit begins with, where the address says. */
export interface Start {
  readonly values?: Values;
  readonly settings?: Partial<Settings>;
  readonly wish?: Partial<Wish>;
}

export const createPlayground = (site: Site, manifest: Manifest, examples: Examples, start: Start): Playground => {
  const [first] = examples.examples;
  const fresh = start.values === undefined && first !== undefined;
  const example = signal(fresh ? first : undefined);
  const values = signal<Values>({
    ...initialValues(manifest),
    ...(fresh ? valuesOf(manifest, first) : start.values),
  });
  const settings = signal<Settings>({ ...INITIAL, ...start.settings });
  const given = computed(() => givenOf(manifest, values.value));
  const wish = signal<Wish>({ backend: 'wasm', threads: 1, ...start.wish });
  const opening = createOpening(site, manifest, wish);
  const [strokes, calls] = [createMeter(), createMeter()];
  const drawing = createDrawing({ manifest, opened: opening.opened, values, given, settings, strokes, calls });
  return {
    site,
    manifest,
    examples,
    wish,
    opening,
    values,
    given,
    settings,
    example,
    drawing,
    strokes,
    calls,
    load: (one) =>
      batch(() => {
        values.value = valuesOf(manifest, one);
        example.value = one;
      }),
    set: (name, value) =>
      batch(() => {
        const before = values.value[name];
        // Each class in turn of one condition only: of two it would be each pair.
        const others = Object.entries(values.value).map(([other, kept]) => [
          other,
          kept.kind === 'all' && value.kind === 'all' ? ({ kind: 'class', index: 0 } as const) : kept,
        ]);
        values.value = { ...Object.fromEntries(others), [name]: value };
        // What is seen of an example may change, and it stays that example.
        if (!(value.kind === 'image' && before?.kind === 'image' && value.pixels === before.pixels))
          example.value = undefined;
      }),
    change: (some) => {
      settings.value = { ...settings.value, ...some };
    },
  };
};
