import { batch, computed, effect, signal, untracked, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Model, Outputs } from 'cvae-compile/runtime';
import type { Manifest } from '../../../src/signature.ts';
import { following } from '../session/following.ts';
import type { Opened } from '../session/opening.ts';
import { latentsOf, rowsOf, squareOf, type Square } from './map.ts';
import { pointOf, zOf, type Point, type PriorOf } from './prior.ts';
import { rankOf } from './rank.ts';

export type { Point } from './prior.ts';

/** A sample that is kept: its noise, which gives another z for each condition. */
export interface Pin {
  readonly seed: number;
  readonly index: number;
  readonly temperature: number;
}

/** The two ends of an interpolation. */
export type Pins = Readonly<Partial<Record<'a' | 'b', Pin>>>;

/** What is decoded of a square of the latent, in one batch. */
export interface LatentMap {
  readonly square: Square;
  readonly rows: number;
  /** In each row. */
  readonly cells: number;
  readonly outputs: Outputs;
}

/** y along the line between two pins, and their latents. */
export interface Path {
  readonly from: Float32Array;
  readonly to: Float32Array;
  readonly outputs: Outputs;
}

/** The latent of the present condition: the prior, a point, a map about it, a path between two samples. */
export interface Latent {
  readonly prior: ReadonlySignal<PriorOf | undefined>;
  readonly point: ReadonlySignal<Point>;
  readonly z: ReadonlySignal<Float32Array | undefined>;
  /** y at the point. */
  readonly here: ReadonlySignal<Outputs | undefined>;
  readonly axes: ReadonlySignal<readonly [number, number]>;
  /** Whether a person, or the address, chose the axes; else the ranking does. */
  readonly chosen: ReadonlySignal<boolean>;
  readonly map: ReadonlySignal<LatentMap | undefined>;
  /** Dimensions by how much they change y. */
  readonly ranking: ReadonlySignal<readonly number[]>;
  readonly locked: Signal<ReadonlySet<number>>;
  readonly pins: Signal<Pins>;
  readonly path: ReadonlySignal<Path | undefined>;
  /** Chooses the dimensions that the map shows. */
  choose(axes: readonly [number, number]): void;
  /** Sets values of z, by dimension. */
  move(values: ReadonlyMap<number, number>): void;
  /** Goes to a latent, or by default to the prior's mean; locked dimensions stay. */
  go(z?: ArrayLike<number>): void;
  /** Goes to a sample of the prior. */
  wander(): void;
}

interface Watched {
  readonly manifest: Manifest;
  readonly opened: ReadonlySignal<Opened | undefined>;
  /** The condition as the runtime takes it. */
  readonly one: ReadonlySignal<Readonly<Record<string, unknown>>>;
  /** Whether it is in view: nothing is computed otherwise. */
  readonly visible: ReadonlySignal<boolean>;
  readonly failed: (error: unknown, of: { readonly model: Model }) => void;
  readonly start: { readonly point?: Point; readonly axes?: readonly [number, number]; readonly pins?: Pins };
}

/** Cells of the map, along each side; and steps of a path, its ends included. */
const CELLS = 9;
export const STEPS = 9;

export const createLatent = ({ manifest, opened, one, visible, failed, start }: Watched): Latent => {
  const { latent: size } = manifest;
  const point = signal<Point>(start.point ?? Array.from({ length: size }, () => 0));
  const axes = signal<readonly [number, number]>(start.axes ?? [0, Math.min(1, size - 1)]);
  const locked = signal<ReadonlySet<number>>(new Set());
  const pins = signal<Pins>(start.pins ?? {});
  const chosen = signal(start.axes !== undefined);

  const asked = () => {
    const model = opened.value?.model;
    return visible.value && model ? { model, given: one.value } : undefined;
  };
  const found = following(
    asked,
    async ({ model, given }) => {
      const { mean, logVar } = await model.prior(given);
      return { model, given, mean: mean.data, deviation: logVar.data.map((value) => Math.exp(value / 2)) };
    },
    failed,
  );
  const known = () => (visible.value ? found.value : undefined);

  const ranking = rankingOf(size, known, failed, ([first = 0, second = first]) => {
    if (!chosen.value) axes.value = [first, second];
  });
  const z = computed(() => found.value && zOf(found.value, point.value));
  const here = following(
    () => {
      const prior = known();
      return prior && { ...prior, point: point.value };
    },
    (at) => at.model.decode(zOf(at, at.point), at.given),
    failed,
  );
  const map = mapOf(known, point, axes, failed);
  const path = pathOf(asked, pins, failed);
  let waiting: ArrayLike<number> | undefined;
  const go = (to?: ArrayLike<number>): void => {
    const prior = found.peek();
    if (prior === undefined) return void (waiting = to);
    const next = to === undefined ? [] : pointOf(prior, to);
    point.value = point.value.map((before, i) => (locked.value.has(i) ? before : (next[i] ?? 0)));
  };
  effect(() => {
    // A sample that was chosen before anyone looked here.
    if (found.value === undefined || waiting === undefined) return;
    const to = waiting;
    waiting = undefined;
    untracked(() => go(to));
  });
  return {
    prior: found,
    point,
    z,
    here,
    axes,
    chosen,
    map,
    ranking,
    locked,
    pins,
    path,
    go,
    choose: (next) => {
      chosen.value = true;
      axes.value = next;
    },
    move: (values) => {
      if (found.value) point.value = movedTo(found.value, point.value, values);
    },
    wander: () => {
      const prior = found.value;
      void prior?.model.sample(prior.given).then(
        ({ z }) => go(z.data),
        (error: unknown) => failed(error, prior),
      );
    },
  };
};

/** The point after some of its values of z are set. */
const movedTo = (prior: PriorOf, point: Point, values: ReadonlyMap<number, number>): Point => {
  const z = zOf(prior, point);
  for (const [axis, value] of values) z[axis] = value;
  const moved = pointOf(prior, z);
  return point.map((before, i) => (values.has(i) ? (moved[i] ?? 0) : before));
};

type Known = () => PriorAt | undefined;
type Failed = Watched['failed'];

/** A condition's prior, and the model that gave it. */
type PriorAt = PriorOf & { readonly model: Model; readonly given: Readonly<Record<string, unknown>> };

/** Dimensions by how much they change y, once a prior is known; `first` receives them as soon as they are ranked. */
const rankingOf = (
  size: number,
  known: Known,
  failed: Failed,
  first: (order: readonly number[]) => void,
): ReadonlySignal<readonly number[]> => {
  const ranking = signal<readonly number[]>(Array.from({ length: size }, (_, axis) => axis));
  let ranked = false;
  effect(() => {
    const prior = known();
    if (prior === undefined || ranked) return;
    ranked = true;
    void rankOf(prior.model, prior.given, prior).then(
      (order) =>
        batch(() => {
          ranking.value = order;
          first(order);
        }),
      (error: unknown) => failed(error, prior),
    );
  });
  return ranking;
};

/** The map about the point, in two of its dimensions. */
const mapOf = (
  known: Known,
  point: ReadonlySignal<Point>,
  axes: ReadonlySignal<readonly [number, number]>,
  failed: Failed,
): ReadonlySignal<LatentMap | undefined> => {
  /** What of the point the map depends on: the dimensions that it does not show. */
  const unshown = computed(() => JSON.stringify(point.value.map((value, i) => (axes.value.includes(i) ? 0 : value))));
  return following(
    () => {
      const prior = known();
      void unshown.value;
      return prior && { ...prior, axes: axes.value, point: untracked(() => point.value) };
    },
    async (at) => {
      const square = squareOf(at, at.axes);
      return {
        square,
        rows: rowsOf(at.axes, CELLS),
        cells: CELLS,
        outputs: await at.model.decode(latentsOf(at, at.point, square, CELLS), at.given),
      };
    },
    failed,
  );
};

/** y along the line between the pins. */
const pathOf = (
  asked: () => { readonly model: Model; readonly given: Readonly<Record<string, unknown>> } | undefined,
  pins: ReadonlySignal<Pins>,
  failed: Failed,
): ReadonlySignal<Path | undefined> =>
  following(
    () => {
      const job = asked();
      const { a, b } = pins.value;
      return job && a && b ? { ...job, a, b } : undefined;
    },
    async ({ model, given, a, b }) => {
      const [from, to] = [await sampled(model, given, a), await sampled(model, given, b)];
      return { from, to, outputs: await model.interpolate(from, to, STEPS, given) };
    },
    failed,
  );

/** The latent of a pin under a condition. */
const sampled = async (
  model: Model,
  given: Readonly<Record<string, unknown>>,
  { seed, index, temperature }: Pin,
): Promise<Float32Array> => (await model.sample(given, { seed, temperature, first: index, count: 1 })).z.data;
