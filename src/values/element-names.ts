import { size } from '../shape/size.ts';
import type { Condition } from '../signature.ts';

/** What of a variable says how its elements are called. */
type Called = Pick<Condition, 'dataShape' | 'names' | 'units'>;

/** What each element of a variable is called: by its name, or by the variable's and a number from 1 where there are several. */
export const elementNames = (variable: string, { dataShape, names }: Called, separator = ' '): readonly string[] => {
  const length = size(dataShape);
  return names ?? Array.from({ length }, (_, i) => (length === 1 ? variable : `${variable}${separator}${i + 1}`));
};

/** The same with units: `wind (km/h)`. */
export const elementTexts = (variable: string, called: Called): readonly string[] =>
  elementNames(variable, called).map((name, i) => (called.units?.[i] ? `${name} (${called.units[i]})` : name));

/** What the classes of a variable are called: by their names, or by their numbers from 0. */
export const classTexts = ({ classes, shape }: Pick<Condition, 'classes' | 'shape'>): readonly string[] =>
  typeof classes === 'object' ? classes : Array.from({ length: classes ?? shape.at(-1) ?? 0 }, (_, i) => `${i}`);
