import type { JSX } from 'preact';
import type { Manifest } from '../../../src/signature.ts';
import { valuesIn, type TableColumn } from './columns.ts';
import { rangeOf, short, type Scale } from './scale.ts';
import { isolated } from '../view/isolated.ts';
import { percent } from './SharePlot.tsx';
import { lumped, sharesIn } from './shares.ts';
import type { Trend } from './state.ts';
import { quantiles } from './statistics.ts';
import { toneOf } from './tones.ts';

/** What is drawn along an axis, and stated at one of its places. */
export interface Bands {
  readonly range: readonly [number, number];
  /** Whose layers these are, of a column of classes. */
  readonly classes?: readonly string[];
  readonly draw: (x: Scale, y: Scale) => JSX.Element;
  readonly label: (place: number) => string;
}

/** The quantiles at each place of an axis, of one of the classes that were asked for. */
export const bandsOf = (
  values: readonly number[],
  { places, count }: Pick<Trend, 'places' | 'count'>,
  group = 0,
): readonly (readonly number[])[] =>
  places.map((_, i) => {
    const first = (group * places.length + i) * count;
    return quantiles(values.slice(first, first + count));
  });

/** A band of 5 to 95 %, one of 25 to 75 %, and the median; of several classes the latter two, in a colour each. */
export const quantileBands = (
  manifest: Manifest,
  column: TableColumn,
  trend: Trend,
  data: readonly number[] | undefined,
): Bands => {
  const { groups, places } = trend;
  const all = valuesIn(manifest, column, trend.outputs) ?? [];
  const bands = groups.map((_, group) => bandsOf(all, trend, group));
  const several = groups.length > 1;
  const level = (group: number, i: number): readonly number[] => (bands[group] ?? []).map((one) => one[i] ?? NaN);
  const points = (x: Scale, y: Scale, values: readonly number[]): string[] =>
    values.map((value, i) => `${x.at(places[i] ?? 0).toFixed(1)} ${y.at(value).toFixed(1)}`);
  const area = (x: Scale, y: Scale, group: number, low: number, high: number): string =>
    `M${[...points(x, y, level(group, low)), ...points(x, y, level(group, high)).reverse()].join('L')}Z`;
  const [low, high] = several ? [1, 3] : [0, 4];
  return {
    range: rangeOf(
      groups.flatMap((_, group) => [...level(group, low), ...level(group, high)]),
      data ?? [],
    ),
    draw: (x, y) => (
      <g>
        {groups.map((name, group) => {
          const tone = several ? toneOf(group, groups.length) : undefined;
          return (
            <g key={name}>
              {!several && <path class="band-outer" d={area(x, y, group, 0, 4)} />}
              <path
                class={several ? 'band-outer' : 'band-inner'}
                style={tone && { fill: tone }}
                d={area(x, y, group, 1, 3)}
              />
              <path
                class="band-median"
                style={tone && { stroke: tone }}
                d={`M${points(x, y, level(group, 2)).join('L')}`}
              />
            </g>
          );
        })}
      </g>
    ),
    label: (place) => {
      if (several)
        return `medians ${groups.map((name, group) => `${isolated(name)} ${short(bands[group]?.[place]?.[2] ?? NaN)}`).join(', ')}`;
      const [p5 = NaN, p25 = NaN, p50 = NaN, p75 = NaN, p95 = NaN] = bands[0]?.[place] ?? [];
      const text = (value: number): string => short(value, (p95 - p5) / 10 || Infinity);
      return `median ${text(p50)}, 25–75 % ${text(p25)} to ${text(p75)}, 5–95 % ${text(p5)} to ${text(p95)}`;
    },
  };
};

/** The shares of classes, one on the other; where several classes of a condition were asked for, of the first. */
export const classBands = (manifest: Manifest, column: TableColumn, { outputs, places, count }: Trend): Bands => {
  const all = places.map((_, i) => sharesIn(manifest, column, outputs, i * count, count));
  const { names: classes, of } = lumped(column.classes ?? [], all);
  const shares = all.map(of);
  const upTo = (place: number, classes: number): number =>
    (shares[place] ?? []).slice(0, classes).reduce((sum, one) => sum + one, 0);
  return {
    range: [0, 1],
    classes,
    draw: (x, y) => (
      <g>
        {classes.map((name, i) => {
          const edge = (to: number): string[] =>
            places.map((place, at) => `${x.at(place).toFixed(1)} ${y.at(upTo(at, to)).toFixed(1)}`);
          return (
            <path
              key={name}
              class="layer"
              style={{ fill: toneOf(i, classes.length) }}
              d={`M${[...edge(i), ...edge(i + 1).reverse()].join('L')}Z`}
            />
          );
        })}
      </g>
    ),
    label: (place) => classes.map((name, i) => `${isolated(name)} (${percent(shares[place]?.[i] ?? 0)})`).join(', '),
  };
};
