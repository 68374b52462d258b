import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Model, Outputs } from 'cvae-compile/runtime';
import { size } from '../../../src/shape/size.ts';
import type { Manifest, Specimens } from '../../../src/signature.ts';
import { elementTexts } from '../../../src/values/element-names.ts';
import { conditionsOf, type Values } from '../condition/values.ts';
import type { Asked, Drawn } from '../samples/drawing.ts';
import { rowNames } from '../samples/rows.ts';
import { following } from '../session/following.ts';
import { tableColumns, type TableColumn } from './columns.ts';
import { dataRows, elementOf, type DataRows } from './rows.ts';
import { rangeOf } from './scale.ts';

/** How a table is looked at: each column, all along a condition, or columns in pairs. */
export const TABLE_VIEWS = ['distributions', 'trend', 'pairs'] as const;
export type TableView = (typeof TABLE_VIEWS)[number];

/** A number of a condition along which y can be followed. */
export interface Axis {
  readonly condition: string;
  readonly place: number;
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

/** The number of rows that are drawn for each of some groups to show their distribution: more than one reads as numbers. */
export interface Population extends Asked {
  readonly outputs: Outputs;
  /** The classes that were asked for, or one without a name. */
  readonly groups: readonly string[];
  readonly count: number;
}

/** What is drawn along an axis: `count` rows at each place. */
export interface Trend extends Asked {
  readonly axis: Axis;
  readonly places: readonly number[];
  readonly outputs: Outputs;
  /** The classes that were asked for, all places of one after those of another; or one without a name. */
  readonly groups: readonly string[];
  readonly count: number;
}

/** What the page shows of a model of a table. */
export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rows: DataRows | undefined;
  readonly axes: readonly Axis[];
  readonly view: Signal<TableView>;
  /** Which of the axes. */
  readonly along: Signal<number>;
  readonly population: ReadonlySignal<Population | undefined>;
  readonly trend: ReadonlySignal<Trend | undefined>;
}

/** What is watched. */
export interface Watched {
  readonly manifest: Manifest;
  readonly examples: Specimens;
  readonly drawn: ReadonlySignal<Drawn | undefined>;
  readonly visible: ReadonlySignal<boolean>;
  readonly failed: (error: unknown, of: { readonly model: Model }) => void;
}

/** Rows that show a distribution, and the most that are drawn of all groups. */
const ROWS = 500;
const MOST = 6000;

/** Places along an axis, and the rows that are drawn at each; fewer of each class where all classes are asked for. */
const [PLACES, EACH] = [49, 200];
const [PLACES_OF_CLASS, EACH_OF_CLASS] = [25, 60];

/** The views of a model whose targets are those of a table; undefined for another. */
export const createTable = (
  { manifest, examples, drawn, visible, failed }: Watched,
  start: { readonly view?: TableView | undefined } = {},
): Table | undefined => {
  const columns = tableColumns(manifest);
  if (columns === undefined) return undefined;
  const rows = dataRows(examples.rows);
  const axes = axesOf(manifest, rows);
  const view = signal<TableView>(
    start.view === 'trend' && axes.length === 0 ? 'distributions' : (start.view ?? 'distributions'),
  );
  const along = signal(0);
  // Samples first: what takes longer comes once they are there.
  const drawing = computed(() => (visible.value ? drawn.value : undefined));

  const populationJob = (): Drawn | undefined => (view.value === 'trend' ? undefined : drawing.value);
  const populate = async (of: Drawn): Promise<Population> => {
    const groups = rowNames(manifest, of);
    const count = Math.min(ROWS, Math.floor(MOST / groups.length));
    return { ...of, groups, count, outputs: await of.model.sample(of.given, { ...of.settings, count }) };
  };

  const trendJob = (): (Drawn & { readonly axis: Axis }) | undefined => {
    const of = view.value === 'trend' ? drawing.value : undefined;
    const axis = axes[along.value];
    return of && axis && { ...of, axis };
  };
  const follow = async ({ axis, ...of }: Drawn & { readonly axis: Axis }): Promise<Trend> => {
    const groups = rowNames(manifest, of);
    const [length, count] = groups.length > 1 ? [PLACES_OF_CLASS, EACH_OF_CLASS] : [PLACES, EACH];
    const places = Array.from({ length }, (_, i) => axis.from + (i * (axis.to - axis.from)) / (length - 1));
    const given = {
      ...classAlong(of, groups.length, length),
      [axis.condition]: alongAxis(
        manifest,
        of.values,
        axis,
        groups.flatMap(() => places),
      ),
    };
    return { ...of, axis, places, groups, count, outputs: await of.model.sample(given, { ...of.settings, count }) };
  };
  return {
    columns,
    rows,
    axes,
    view,
    along,
    population: following(populationJob, populate, failed),
    trend: following(trendJob, follow, failed),
  };
};

/** The conditions for all places of each class in turn, where all classes of one are asked for. */
const classAlong = ({ given, values }: Drawn, groups: number, places: number): Readonly<Record<string, unknown>> =>
  groups < 2
    ? given
    : Object.fromEntries(
        Object.entries(given).map(([name, value]) => [
          name,
          values[name]?.kind === 'all' && Array.isArray(value)
            ? value.flatMap((one: unknown) => Array.from({ length: places }, () => one))
            : value,
        ]),
      );

/** A condition's values at places along one of its elements, the others as they are. */
const alongAxis = (
  manifest: Manifest,
  values: Values,
  { condition, place }: Axis,
  places: readonly number[],
): Float32Array => {
  const width = size(manifest.conditions[condition]?.dataShape ?? []);
  const value = values[condition];
  const mean = manifest.conditions[condition]?.scaling?.mean;
  const present = (i: number): number => (value?.kind === 'numbers' ? value.numbers[i] : mean?.[i]) ?? 0;
  const rows = places.flatMap((at) => Array.from({ length: width }, (_, i) => (i === place ? at : present(i))));
  return Float32Array.from(rows);
};

/** All numbers among the conditions, over the range that the data have, or three deviations about their mean. */
const axesOf = (manifest: Manifest, rows: DataRows | undefined): readonly Axis[] =>
  conditionsOf(manifest).flatMap(([condition, signature]) => {
    const length = size(signature.dataShape);
    if (signature.kind !== 'continuous' || length > 12) return [];
    return elementTexts(condition, signature).map((title, place): Axis => {
      const found = rows ? elementOf(rows, condition, place) : [];
      const [mean, deviation] = [signature.scaling?.mean[place] ?? 0, signature.scaling?.deviation[place] ?? 1];
      const [from, to] = found.some(Number.isFinite) ? rangeOf(found) : [mean - 3 * deviation, mean + 3 * deviation];
      return { condition, place, title, from, to };
    });
  });
