import { classCountOf, isByIndex } from '../values/class-count.ts';
import { isNumeral } from '../values/classes.ts';
import { list } from '../values/value-text.ts';
import type { Variable } from './variable.ts';

/** Returns the classes that a variable has, for an error: all their names if they are few. */
export const classesText = ({ classes, shape }: Variable): string => {
  if (typeof classes !== 'object')
    return `0 to ${classCountOf({ shape, ...(classes !== undefined && { classes }) }) - 1}`;
  return classes.length > 10 ? list(classes) : classes.join(' or ');
};

/** Returns what to do about a value that is not a class. */
export const classRemedy = (variable: Variable, got: unknown): string => {
  const { classes, shape } = variable;
  if (typeof got !== 'number') return 'give one of these';
  if (!Number.isInteger(got) && !isByIndex(variable))
    return `a blend of classes is a Float32Array of ${shape.at(-1)} weights`;
  const named = typeof classes === 'object' && classes.some(isNumeral);
  return named ? 'give one of these; a number is the class of that name' : 'give one of these';
};
