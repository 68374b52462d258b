import { size } from '../../../src/shape/size.ts';
import { isClasses, type Manifest } from '../../../src/signature.ts';
import { elementTexts } from '../../../src/values/element-names.ts';
import { classesOf } from '../condition/values.ts';
import type { Outputs } from 'cvae-compile/runtime';
import { viewOf } from '../view/view-of.ts';
import { resultsOf, targetsOf } from '../view/results.ts';

/** A column of a table that a model draws. */
export interface TableColumn {
  /** Its name, with its unit. */
  readonly title: string;
  /** The target that it is of, and which of its elements. */
  readonly target: string;
  readonly place: number;
  /** The names of its classes, if it is one of several. */
  readonly classes?: readonly string[];
}

/** More elements than this are no table that one reads column by column. */
const MOST = 48;

/** The columns of a model whose targets are those of a table; undefined of one that draws a picture, a sequence, or more than one looks at. */
export const tableColumns = (manifest: Manifest): readonly TableColumn[] | undefined => {
  if (manifest.kind !== 'cvae' || manifest.steps !== undefined) return undefined;
  const targets = targetsOf(manifest);
  const isCells = targets.every(
    ([, target]) => viewOf(target) === undefined && target.dataShape.length <= (isClasses(target) ? 0 : 1),
  );
  const elements = targets.reduce((sum, [, { dataShape }]) => sum + size(dataShape), 0);
  if (!isCells || elements > MOST) return undefined;
  return targets.flatMap(([name, target]): readonly TableColumn[] =>
    elementTexts(name, target).map((title, place) => ({
      title:
        targets.length > 1 && size(target.dataShape) > 1 && !bare(title).startsWith(bare(name))
          ? `${name}: ${title}`
          : title,
      target: name,
      place,
      ...(isClasses(target) && { classes: classesOf(target) }),
    })),
  );
};

/** Whether some columns are numbers, which quantiles and means are of. */
export const hasNumbers = (columns: readonly TableColumn[]): boolean => columns.some(({ classes }) => !classes);

/** A name without what TypeScript's names cannot have: `US_Gross` is the column `US Gross`. */
const bare = (name: string): string => name.replaceAll(/[^\p{L}\p{N}]+/gu, '').toLowerCase();

/**
 * The values of a column in each row of what was drawn. Undefined where classes are not drawn but given as probabilities.
 */
export const valuesIn = (manifest: Manifest, column: TableColumn, drawn: Outputs): readonly number[] | undefined => {
  const outputs = resultsOf(manifest, drawn)[column.target];
  if (outputs === undefined) return undefined;
  const rows = outputs.shape[0] ?? 0;
  const width = outputs.data.length / rows;
  if (column.classes && width !== 1) return undefined;
  return Array.from({ length: rows }, (_, row) => outputs.data[row * width + column.place] ?? NaN);
};
