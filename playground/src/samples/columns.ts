import type { Outputs } from 'cvae-compile/runtime';
import { size as sizeOf } from '../../../src/shape/size.ts';
import { isClasses, type Manifest, type TargetSignature } from '../../../src/signature.ts';
import { elementTexts, variableText } from '../../../src/values/element-names.ts';
import { classesOf, readable } from '../condition/values.ts';
import { resultsOf, targetsOf } from '../view/results.ts';
import { viewOf } from '../view/pixels.ts';

/** A column of the table of samples. */
export interface Column {
  readonly title: string;
  /** A number for each row; of a picture, none. */
  readonly values: readonly number[];
  /** A number as it is shown: the class where it was drawn as one. */
  readonly text: (value: number) => string;
  /** How many classes the numbers are places of, if they are. */
  readonly classes?: number;
  /** The target whose pictures the column holds. */
  readonly pictures?: Outputs;
}

/** The columns of one target. */
export interface ColumnGroup {
  readonly name: string;
  readonly columns: readonly Column[];
  /** How many columns are left out. */
  readonly more: number;
}

/** Columns that are shown of one target. */
const MOST = 12;

/** What the columns of a table of y are called: its elements, with their units, or the classes whose chances they are. */
const titlesOf = (name: string, target: TargetSignature, size: number): readonly string[] =>
  isClasses(target) && target.dataShape.length === 0 && size === target.shape[0]
    ? classesOf(target)
    : elementTexts(name, target);

/** The columns of a table of samples, by target; one of pictures for a target among several that is an image. */
export const groupsOf = (manifest: Manifest, samples: Outputs): readonly ColumnGroup[] => {
  const results = resultsOf(manifest, samples);
  return targetsOf(manifest).flatMap(([name, target]): readonly ColumnGroup[] => {
    const outputs = results[name];
    if (!outputs) return [];
    if (viewOf(target))
      return [{ name, columns: [{ title: name, values: [], text: String, pictures: outputs }], more: 0 }];
    const rows = outputs.shape[0] ?? 0;
    const size = outputs.data.length / rows;
    const drawn = isClasses(target) && size < sizeOf(target.shape);
    const titles = titlesOf(name, target, size);
    const text = (value: number): string => (drawn ? (classesOf(target)[value] ?? `${value}`) : readable(value));
    const columns = Array.from({ length: Math.min(size, MOST) }, (_, i) => ({
      title: titles[i] ?? `${name} ${i + 1}`,
      values: Array.from({ length: rows }, (_, row) => outputs.data[row * size + i] ?? 0),
      text,
      ...(drawn && { classes: classesOf(target).length }),
    }));
    return [{ name: variableText(name, target), columns, more: size - columns.length }];
  });
};
