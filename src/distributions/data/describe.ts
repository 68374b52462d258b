import type { DescribedTarget } from './distribution-data.ts';
import { elementTexts } from '../../values/element-names.ts';

/** Escapes a name chosen by a user for the text that surrounds it. */
export type Say = (name: string) => string;
export const asItIs: Say = (name) => name;

/** The number of names that are written out. */
const MANY = 32;

/** Returns names in one line; only the first of them if there are many. */
export const listed = (names: readonly string[], say: Say): string =>
  [...names.slice(0, MANY).map(say), ...(names.length > MANY ? ['…'] : [])].join(', ');

/** Returns the classes as text: `0 to 9`, `coast, valley, peak`. */
export const classesText = (classes: number | readonly string[], say: Say): string =>
  typeof classes === 'number' ? `0 to ${classes - 1}` : classes.map(say).join(', ');

/** Describes means of numbers, with the names and units of y's elements if the data provided them. */
export const meansText = (target: DescribedTarget, say: Say): string =>
  `means, in the data's own units${target.names ? `: ${listed(elementTexts('y', target), say)}` : ''}`;
