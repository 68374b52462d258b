import type { Dataset } from '../data/dataset.ts';
import type { Table } from '../data/source.ts';
import { lazily } from '../data/table/read-table.ts';
import type { Model } from '../dsl/model.ts';
import type { Choice } from './choice.ts';
import { definitionOf } from './definition.ts';
import { marksOf } from './kinds.ts';
import { derivedOf, modelOf } from './model.ts';
import { batchOf, picturesDefinition, picturesModel, type Pictures } from './pictures.ts';
import { MOST_STEPS, withoutKeys } from './sequences.ts';
import { sizesOf } from './sizes.ts';
import type { TextTable } from './table.ts';
import { unitsOf, variablesOf } from './variables.ts';

/** What a model is made of. */
export interface Material {
  readonly model: Model;
  readonly source: Table | Dataset;
  readonly batch: number;
  /** The definition as text, with which the command line continues: `model.ts`. */
  readonly definition: string;
}

/** A model that draws columns of a table, given others; a tenth of the rows, or of the sequences that they are, is held out. */
export const ofTable = (table: TextTable, choice: Choice): Material => {
  const { sequences } = choice;
  const { survey } = table;
  const columns = sequences ? withoutKeys(table.columns, sequences) : table.columns;
  return {
    model: modelOf(choice, survey.rows),
    source: sourceOf(table, choice),
    batch: sizesOf(sequences?.count ?? survey.rows, 1, sequences !== undefined).batch,
    definition: definitionOf(survey, columns, choice, `./${encodeURIComponent(survey.path)}`).text,
  };
};

/** The rows of a table as the model takes them. */
const sourceOf = ({ survey, format, rows }: TextTable, choice: Choice): Table => {
  const { targets, conditions } = variablesOf(choice);
  const marks = marksOf([...choice.targets, ...choice.conditions.map(({ column }) => column)]);
  const all = [...targets, ...conditions];
  const columns = Object.fromEntries(
    all.flatMap(({ name, column, derived }) => (!derived && name !== column ? [[name, column]] : [])),
  );
  const file = { where: 'csv', path: survey.path, name: survey.path, unit: 'line', ...format, rows } as const;
  const { by, orderBy, longest = 0 } = choice.sequences ?? {};
  return lazily(file, {
    ...(by && { by }),
    ...(orderBy !== undefined && { orderBy }),
    ...(longest > MOST_STEPS && { longer: 'cut' as const }),
    columns,
    derive: derivedOf(choice),
    units: unitsOf(all),
    test: 0.1,
    ...(all.some(({ isMasked }) => isMasked) && { missing: 'mask' }),
    ...(marks.length > 0 && { missingValues: marks }),
  });
};

/** Pictures in memory. */
export interface PixelSet extends Pictures {
  /** The name of their folder. */
  readonly name: string;
  /** All pixels, picture after picture: [count, height, width, channels], from 0 to 255. */
  readonly pixels: Uint8Array;
  /** The class of each picture, by its number. */
  readonly labels: Int32Array;
}

/** A model that draws pictures of a class. */
export const ofPictures = (set: PixelSet): Material => {
  const { name, count, shape, classes, pixels, labels } = set;
  const y = { shape, data: pixels, scale: 1 / 255 };
  const label = { shape: [], data: labels, scale: 1, classes };
  return {
    model: picturesModel(set),
    source: { name, train: { count, columns: { ...(classes.length > 1 && { label }), y } } },
    batch: batchOf(set),
    definition: picturesDefinition(set, `./${encodeURIComponent(name)}`).text,
  };
};
