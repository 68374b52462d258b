import { size } from '../../../src/shape/size.ts';
import { isClasses, type Manifest, type TargetSignature } from '../../../src/signature.ts';
import { elementTexts } from '../../../src/values/element-names.ts';
import { classesOf, rounded } from '../condition/values.ts';
import type { Asked } from './drawing.ts';

/** The names of a result's conditions, where each class is asked for in turn; one without a name otherwise. */
export const rowNames = ({ conditions }: Manifest, { values }: Pick<Asked, 'values'>): readonly string[] => {
  const found = Object.entries(conditions).find(([name]) => values[name]?.kind === 'all');
  return found ? classesOf(found[1]) : [''];
};

/** What the columns of a table of y are called: its elements, with their units, or the classes whose chances they are. */
export const columnTexts = (target: TargetSignature, size: number): readonly string[] =>
  isClasses(target) && target.dataShape.length === 0 && size === target.shape[0]
    ? classesOf(target)
    : elementTexts('y', target);

/** A number of y as it is shown: the class where it was drawn as one. */
export const valueText = (target: TargetSignature, length: number, value: number): string => {
  const drawn = isClasses(target) && length < size(target.shape);
  return drawn ? (classesOf(target)[value] ?? `${value}`) : `${rounded(value)}`;
};
