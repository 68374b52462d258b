import type { TargetSignature } from '../../signature.ts';
import { elementTexts } from '../../values/element-names.ts';

/** The number of names that are written out. */
const MANY = 32;

/** Names in one line, the first of them where there are many. */
export const listed = (names: readonly string[]): string =>
  names.length > MANY ? `${names.slice(0, MANY).join(', ')}, …` : names.join(', ');

/** Which classes there are: `0 to 9`, `coast, valley, peak`. */
export const classesText = (classes: number | readonly string[]): string =>
  typeof classes === 'number' ? `0 to ${classes - 1}` : classes.join(', ');

/** Means of numbers, with the names and units of y's elements where the data gave them. */
export const meansText = (target: TargetSignature): string =>
  `means, in the data's own units${target.names ? `: ${listed(elementTexts('y', target))}` : ''}`;
