import { own } from '../values/own.ts';
import { learnColumn, type Learned } from '../data/columns/column-tables.ts';
import { learnedText } from '../data/columns/learned-text.ts';
import { dequantised, type Spread } from '../data/columns/dequantise.ts';
import type { Examples } from '../data/dataset.ts';
import { maskOf } from '../data/missing.ts';
import { faultOf, type Variables } from '../data/variable.ts';
import { tableName } from '../dsl/column-tables.ts';
import type { Names } from '../signature.ts';
import { elementNames } from '../values/element-names.ts';
import type { Weight, Weights } from '../weights/weights.ts';

/** What was learned of the columns of a model: parameters, and for each variable what to say of its elements. */
export interface LearnedColumns {
  readonly weights: Weights;
  readonly columns: Readonly<Record<string, readonly Learned[]>>;
}

/** Learns what targets need to know of their columns from the examples to train on. */
export const learnColumns = (variables: Variables, { columns }: Examples): LearnedColumns => {
  const weights = new Map<string, Weight>();
  const all: Record<string, readonly Learned[]> = {};
  for (const [name, variable] of Object.entries(variables)) {
    const { learns, dataShape, kind, of } = variable;
    const column = columns[name];
    if (!learns || !column) continue;
    const { tables, learned } = learnColumn(
      name,
      { ...column, shape: dataShape },
      learns,
      maskOf(columns, name, variable),
      of && faultOf({ kind, ...of }),
    );
    all[name] = learned;
    for (const [table, rows] of Object.entries(tables))
      weights.set(tableName(name, table), {
        shape: [...dataShape, rows[0]?.length ?? 0],
        data: Float32Array.from(rows.flat()),
      });
  }
  return { weights, columns: all };
};

/** Returns examples whose columns are spread as these weights say, for the targets that have learned how. */
export const spreadColumns = (variables: Variables, examples: Examples, weights: Weights): Examples => {
  const spreads = Object.keys(variables).flatMap((name): [string, Spread][] => {
    if (!variables[name]?.learns?.cells) return [];
    const table = (key: string) => weights.get(tableName(name, key))?.data;
    const [form, edges, masses, present] = [table('form'), table('edges'), table('masses'), table('present')];
    return form && edges ? [[name, { form, edges, ...(masses && present && { masses, present }) }]] : [];
  });
  return dequantised(examples, Object.fromEntries(spreads));
};

/** Returns a line about each element of the columns that were learned. */
export const columnLines = (
  variables: Variables,
  columns: LearnedColumns['columns'],
  names: Names = {},
): readonly string[] =>
  Object.entries(columns).flatMap(([name, all]) => {
    const dataShape = variables[name]?.dataShape ?? [];
    const elements = own(names, name)?.elements;
    const called = elementNames(name, { dataShape, ...(elements && { names: elements }) });
    return all.slice(0, MANY).map((learned, i) => learnedText(called[i] ?? name, learned));
  });

/** The number of elements of a variable that are described. */
const MANY = 32;
