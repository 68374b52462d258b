import { describe, expect, it } from 'vitest';
import * as data from '../../src/data/index.ts';
import type { Model } from '../../src/dsl/model.ts';
import { print } from '../../src/dsl/print.ts';
import * as layers from '../../src/index.ts';
import type { Choice } from '../../src/making/choice.ts';
import { definitionOf } from '../../src/making/definition.ts';
import { modelOf } from '../../src/making/model.ts';
import { picturesDefinition, picturesModel, type Pictures } from '../../src/making/pictures.ts';
import { together } from '../../src/making/table-facts.ts';
import { readTextTable, type TextTable } from '../../src/making/table.ts';
import { choiceOf, daysTable, trips } from './support.ts';

/** The model of a definition that was written as text, without its data. */
const evaluated = ({ survey, columns }: TextTable, choice: Choice): Model =>
  modelIn(definitionOf(survey, columns, choice, './days.csv').text);

const modelIn = (text: string): Model => {
  const body = text
    .slice(0, text.search(/export const data/))
    .replace(/import type .*\n/, '')
    .replaceAll(/import (\{[^}]*\}) from '([^']+)';/g, "const $1 = modules['$2'];")
    .replace('export default', 'const model =');
  const modules = { 'cvae-compile': layers, 'cvae-compile/data': data };
  return new Function('modules', `${body}; return model;`)(modules);
};

describe('a model that is made of a choice of columns', () => {
  const table = daysTable(200);

  it.each<[string, Parameters<typeof choiceOf>[1], Parameters<typeof choiceOf>[2]]>([
    ['all kinds, with what is missing', ['rain in mm', 'sky', 'visitors'], ['station', ['date', 'month']]],
    ['the point of a year on a circle, and a number', ['rain in mm'], [['date', 'season'], 'visitors']],
    ['missing classes as a condition', ['visitors'], ['sky', ['date', 'weekday'], ['date', 'year']]],
    ['nothing that it is given', ['visitors', 'station'], []],
    ['one target', ['station'], ['visitors']],
  ])('is the one that init writes: %s', (_, targets, conditions) => {
    const choice = choiceOf(table, targets, conditions);
    expect(print(modelOf(choice, 200))).toBe(print(evaluated(table, choice)));
  });

  it('has the sizes of larger tables', () => {
    const choice = choiceOf(table, ['visitors'], []);
    expect(print(modelOf(choice, 60_000))).not.toBe(print(modelOf(choice, 200)));
  });
});

describe('a model that is made of the sequences of a long table', () => {
  const table = trips(80);

  it.each<[string, Parameters<typeof choiceOf>[1], Parameters<typeof choiceOf>[2], string?]>([
    [
      'numbers, amounts that are often 0 and classes, given what is the same throughout',
      ['speed', 'rain', 'gear'],
      ['driver', 'load'],
      'minute',
    ],
    ['one target, given what changes as well', ['speed'], ['driver', 'gear', 'minute']],
    ['only what changes is given', ['speed'], ['rain']],
    ['nothing is given', ['gear', 'speed'], []],
  ])('is the one that init writes: %s', (_, targets, conditions, orderBy) => {
    const choice = { ...choiceOf(table, targets, conditions), sequences: together(table, 'trip', orderBy ?? '') };
    expect(print(modelOf(choice, 80))).toBe(print(evaluated(table, choice)));
  });

  it('draws amounts of all orders of magnitude as amounts, which are never negative', () => {
    const rows = Array.from({ length: 240 }, (_, i) => {
      const [country, year] = [i % 40, Math.floor(i / 40)];
      const people = 1000 * 3 ** (country % 9) + 10 * year;
      return [`C${country}`, 2000 + year, people, i % 30 === 0 ? 0 : people / 8, 50 + ((i * 7) % 31)].join(',');
    });
    const drawn = (lines: readonly string[]) => {
      const text = ['country,year,people,cars,life', ...lines].join('\n');
      const countries = readTextTable('countries.csv', new TextEncoder().encode(text));
      const choice = {
        ...choiceOf(countries, ['people', 'cars', 'life'], []),
        sequences: together(countries, 'country', 'year'),
      };
      const model = modelOf(choice, 40);
      expect(print(model)).toBe(print(evaluated(countries, choice)));
      return Object.values(model.target.targets ?? {}).map((one) => one.distribution);
    };
    expect(drawn(rows)).toEqual(['logNormal', 'zeroInflated', 'normal']);
    // Behind the end of a shorter one there are zeros.
    expect(drawn(rows.slice(0, -3))).toEqual(['zeroInflated', 'zeroInflated', 'normal', 'categorical']);
  });

  it('of one length have no end', () => {
    const even = trips(40, 6);
    const choice = { ...choiceOf(even, ['speed'], ['driver']), sequences: together(even, 'trip', '') };
    expect(print(modelOf(choice, 40))).toBe(print(evaluated(even, choice)));
    expect(Object.keys(modelOf(choice, 40).target.targets ?? {})).toEqual(['speed']);
  });
});

describe('a model that is made of pictures', () => {
  it.each<[string, Pictures['shape'], readonly string[]]>([
    ['classes of colour pictures', [32, 48, 3], ['a', 'b', 'c']],
    ['one class', [28, 28, 1], ['a']],
    ['pictures that cannot be halved', [7, 9, 3], ['a', 'b']],
  ])('is the one that init writes: %s', (_, shape, classes) => {
    const pictures = { count: 100, shape, classes, options: {} };
    expect(print(picturesModel(pictures))).toBe(print(modelIn(picturesDefinition(pictures, './pictures').text)));
  });
});

describe('a table that is given as bytes', () => {
  it('is understood as a file is: separator, decimal sign, kinds, what is missing and left out', () => {
    const { survey, columns } = daysTable(200);
    expect(survey).toMatchObject({ rows: 200, options: { delimiter: ';', decimal: ',' } });
    expect(Object.fromEntries(columns.map(({ name, is }) => [name, is.kind]))).toEqual({
      date: 'dates',
      station: 'classes',
      'rain in mm': 'numbers',
      sky: 'classes',
      visitors: 'numbers',
      Nr: 'none',
    });
    expect(columns.find(({ name }) => name === 'sky')).toMatchObject({ missing: 16 });
  });

  it('is refused with titles above the names of its columns', () => {
    const rows = Array.from({ length: 30 }, (_, i) => `${i},${i * 2},${i % 7}`);
    const read =
      (...lines: readonly string[]) =>
      () =>
        readTextTable('glass.csv', new TextEncoder().encode([...lines, ...rows].join('\n')));
    expect(read('Pieces of glass,,', 'weight,width,length')).toThrow(
      'glass.csv: expected the names of the columns in the first line, got Pieces of glass, and none for 2 columns that have values; delete the lines above the names',
    );
    expect(read('# Pieces of glass', 'weight,width,length')).toThrow(
      'glass.csv: expected 1 cell in line 2 (# Pieces of glass), got 3; correct the line or the delimiter, or delete the lines above the names of the columns',
    );
    // The numbers of rows have no name in many tables.
    expect(read(',width,length')().columns).toHaveLength(3);
  });

  it('is read with the words for what is missing between its numbers, as the definition says', () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i % 9 === 0 ? 'unknown' : 20 + i},${i % 2 === 0 ? 'unknown' : 'b'},${i % 9}`,
    );
    const table = readTextTable('ages.csv', new TextEncoder().encode(['age,kind,size', ...rows].join('\n')));
    const text = (...targets: readonly string[]) =>
      definitionOf(table.survey, table.columns, choiceOf(table, targets, []), './ages.csv').text;
    expect(text('age', 'kind')).toContain("    missing: 'mask',\n    missingValues: ['unknown'],\n");
    expect(text('age', 'kind')).toContain("kind: categorical('b', 'unknown')");
    expect(text('kind', 'size')).not.toContain('missing:');
    expect(text('kind', 'size')).not.toContain('missingValues');
  });
});
