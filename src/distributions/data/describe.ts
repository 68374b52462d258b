import type { TargetSignature } from '../../signature.ts';
import { elementTexts } from '../../values/element-names.ts';

/** Writes a name that a user has chosen as it may stand in the text around it. */
export type Say = (name: string) => string;
export const asItIs: Say = (name) => name;

/** The number of names that are written out. */
const MANY = 32;

/** Names in one line, the first of them where there are many. */
export const listed = (names: readonly string[], say: Say): string =>
  [...names.slice(0, MANY).map(say), ...(names.length > MANY ? ['…'] : [])].join(', ');

/** Which classes there are: `0 to 9`, `coast, valley, peak`. */
export const classesText = (classes: number | readonly string[], say: Say): string =>
  typeof classes === 'number' ? `0 to ${classes - 1}` : classes.map(say).join(', ');

/** Means of numbers, with the names and units of y's elements where the data gave them. */
export const meansText = (target: TargetSignature, say: Say): string =>
  `means, in the data's own units${target.names ? `: ${listed(elementTexts('y', target), say)}` : ''}`;
