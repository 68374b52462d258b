import { ones, zeros, type Init } from '../graph/init.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import { buffer } from './leaves.ts';
import type { Tensor } from './tensor.ts';

/**
 * How a column is mapped to normal scores and back, one row for each element: `edges` and `scores` [..., cells + 1] are the ends of
 * cells, `values` and `rises` [..., cells] what a score stands for; `form` [..., 6] has the least and the largest value, ten to the
 * power of the decimals (0 if values are not rounded), mean, deviation, and how far a value is spread.
 */
export interface ColumnTables {
  readonly edges: Tensor;
  readonly scores: Tensor;
  readonly values: Tensor;
  readonly rises: Tensor;
  readonly form: Tensor;
}

/** The values of a column that have a probability of their own. */
export interface MassTables {
  /** The values, [..., most]; behind those that were found follows another of the column's values. */
  readonly masses: Tensor;
  /** Whether there is anything else, and which of the masses there are: 1 or 0, [..., most + 1]. */
  readonly present: Tensor;
}

/** Returns the name under which a table of a variable is stored with the weights. */
export const tableName = (variable: string, table: string): string => `scaling/${variable}/${table}`;

/** A parameter that is not trained: training sets it from the data before it begins, and files carry it. */
const table = (variable: string, name: string, shape: Shape, width: number, init: Init): Tensor =>
  buffer(tableName(variable, name), [...shape, width], init);

/** Returns the tables by which a variable is mapped to normal scores. Before they are learned they leave numbers from −2 to 2 as they are. */
export const columnTables = (variable: string, shape: Shape, cells: number): ColumnTables => {
  const ramp =
    (count: number): Init =>
    (of) =>
      Float32Array.from({ length: size(of) }, (_, i) => ((i % count) * 4) / cells - 2);
  return {
    edges: table(variable, 'edges', shape, cells + 1, ramp(cells + 1)),
    scores: table(variable, 'scores', shape, cells + 1, ramp(cells + 1)),
    values: table(variable, 'values', shape, cells, ramp(cells)),
    rises: table(variable, 'rises', shape, cells, ones),
    form: formTable(variable, shape),
  };
};

/** Returns the table `form` of a variable. */
export const formTable = (variable: string, shape: Shape): Tensor => {
  const unknown = [-2, 2, 0, 0, 1, 0];
  const init: Init = (of) => Float32Array.from({ length: size(of) }, (_, i) => unknown[i % unknown.length] ?? 0);
  return table(variable, 'form', shape, unknown.length, init);
};

/** Returns the tables of a variable's masses. Before they are learned there are none. */
export const massTables = (variable: string, shape: Shape, most: number): MassTables => ({
  masses: table(variable, 'masses', shape, most, zeros),
  present: table(variable, 'present', shape, most + 1, (of) =>
    Float32Array.from({ length: size(of) }, (_, i) => (i % (most + 1) === 0 ? 1 : 0)),
  ),
});
