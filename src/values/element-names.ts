import { size } from '../shape/size.ts';

/** The members of a variable that name its elements. */
interface Called {
  readonly dataShape: readonly number[];
  readonly names?: readonly string[];
  readonly units?: readonly string[];
}

/**
 * Returns the name of each element of a variable: its own name, or the variable's name and, if there are several, a
 * number from 1.
 */
export const elementNames = (variable: string, { dataShape, names }: Called, separator = ' '): readonly string[] => {
  const length = size(dataShape);
  return names ?? Array.from({ length }, (_, i) => (length === 1 ? variable : `${variable}${separator}${i + 1}`));
};

/** Like `elementNames`, with units: `wind (km/h)`. */
export const elementTexts = (variable: string, called: Called): readonly string[] =>
  elementNames(variable, called).map((name, i) => (called.units?.[i] ? `${name} (${called.units[i]})` : name));

/**
 * What a variable is called where people read it: as its column is, with the unit, if it is of a single one: one value, or `speed 1`,
 * `speed 2`, … of a sequence. Others have their own name.
 */
export const variableText = (variable: string, called: Called): string => {
  const { names = [], units = [] } = called;
  if (size(called.dataShape) === 1) return elementTexts(variable, called)[0] ?? variable;
  const column = names[0]?.match(/^(.+) 1$/)?.[1];
  if (column === undefined || names.some((name, i) => name !== `${column} ${i + 1}`)) return variable;
  return units[0] ? `${column} (${units[0]})` : column;
};

/** Returns the names of a variable's classes, or their numbers from 0. */
export const classTexts = ({
  classes,
  shape,
}: {
  readonly classes?: number | readonly string[];
  readonly shape: readonly number[];
}): readonly string[] =>
  typeof classes === 'object' ? classes : Array.from({ length: classes ?? shape.at(-1) ?? 0 }, (_, i) => `${i}`);

/** Returns what the probabilities of a variable's classes are called, place by place: the element and the class. */
export const chanceNames = (
  variable: string,
  called: Called & Parameters<typeof classTexts>[0],
  separator = ' ',
  between = ': ',
): readonly string[] =>
  elementNames(variable, called, separator).flatMap((place) =>
    classTexts(called).map((name) => `${place}${between}${name}`),
  );
