import type { Outputs } from 'cvae-compile/runtime';
import type { Manifest } from '../../../src/signature.ts';
import { cellText, csvOfDrawn, linesOf, type Combo, type Setting } from '../../../src/values/drawn-rows.ts';
import { classesOf, exact, conditionsOf, type Value, type Values } from '../condition/values.ts';
import { resultsOf } from '../view/results.ts';
import { valuesIn, type TableColumn } from './columns.ts';
import { sharesIn } from './shares.ts';
import type { Trend } from './state.ts';
import { LEVELS } from './statistics.ts';
import { bandsOf } from './bands.tsx';

/** Rows as `cvae-compile sample --out rows.csv` writes them: conditions, the sample's number, y's elements by name. */
export const rowsCsv = (manifest: Manifest, values: Values, drawn: Outputs, count: number): string =>
  csvOfDrawn(manifest, linesOf(combosOf(manifest, values), resultsOf(manifest, drawn), count));

/** The conditions of the rows, one combination for each class where all are asked for. */
const combosOf = (manifest: Manifest, values: Values): readonly Combo[] => {
  const given = conditionsOf(manifest).filter(
    ([name]) => values[name] !== undefined && values[name]?.kind !== 'missing',
  );
  const all = given.find(([name]) => values[name]?.kind === 'all');
  const places = all ? classesOf(all[1]).map((_, i) => i) : [0];
  return places.map((at) =>
    Object.fromEntries(
      given.map(([name, condition]): [string, Setting] => [
        name,
        { value: undefined, text: textOf(classesOf(condition), values[name], at) },
      ]),
    ),
  );
};

const textOf = (classes: readonly string[], value: Value | undefined, at: number): string => {
  switch (value?.kind) {
    case 'class':
      return classes[value.index] ?? `${value.index}`;
    case 'all':
      return classes[at] ?? `${at}`;
    case 'classes':
      return value.indices.map((index) => classes[index] ?? index).join(',');
    case 'numbers':
      return value.numbers.map(exact).join(',');
    default:
      return '';
  }
};

/**
 * A trend: a line for each place, column, and class of a condition if all are asked for, with its quantiles; for a column of classes a line
 * for each of them with its share.
 */
export const trendCsv = (manifest: Manifest, columns: readonly TableColumn[], trend: Trend): string => {
  const { axis, places, groups, count, outputs } = trend;
  const quantileNames = LEVELS.map((level) => `q${Math.round(100 * level)}`);
  const header = [
    axis.title,
    ...(groups.length > 1 ? ['condition'] : []),
    'column',
    'class',
    'share',
    ...quantileNames,
  ];
  const lines = columns.flatMap((column) => {
    const values = valuesIn(manifest, column, outputs) ?? [];
    return groups.flatMap((name, group) => {
      const bands = column.classes ? [] : bandsOf(values, trend, group);
      return places.flatMap((place, i): readonly (readonly (string | number)[])[] => {
        const begin = [rounded(place), ...(groups.length > 1 ? [name] : []), column.title];
        if (!column.classes) return [[...begin, '', '', ...(bands[i] ?? []).map(rounded)]];
        const shares = sharesIn(manifest, column, outputs, (group * places.length + i) * count, count);
        return column.classes.map((own, at) => [...begin, own, rounded(shares[at] ?? 0), ...LEVELS.map(() => '')]);
      });
    });
  });
  return [header, ...lines].map((cells) => `${cells.map(cellText).join(',')}\n`).join('');
};

const rounded = (value: number): number => Number(value.toPrecision(6));
