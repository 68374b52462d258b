import type { Column, Examples } from '../data/dataset.ts';
import { blocksOf } from '../data/stored.ts';
import type { Variables } from '../data/variable.ts';
import { size } from '../shape/size.ts';

/** The most classes that a line names. */
const NAMED = 3;

/**
 * Returns a line for each condition of named classes of which some are in no example: what is drawn for these is not learned. Classes of
 * one row may all be held out.
 */
export const unseenClasses = (conditions: Variables, { count, columns }: Examples): readonly string[] =>
  Object.entries(conditions).flatMap(([name, { kind, classes, mask }]) => {
    const column = columns[name];
    const isJudged = kind === 'categorical' && typeof classes === 'object';
    if (!isJudged || !column || size(column.shape) !== 1) return [];
    const seen = indicesIn(column);
    // What is missing has the place of the first class; one class alone is a constant, which has a line of its own.
    const unseen = classes.filter((_, i) => !seen.has(i) && !(mask && i === 0));
    if (unseen.length === 0 || seen.size < 2) return [];
    const more = unseen.length > NAMED ? ` and ${unseen.length - NAMED} more` : '';
    return [
      `data: ${name} is ${unseen.slice(0, NAMED).join(', ')}${more} in none of the ${count} examples to train on, so what is drawn for ${unseen.length > 1 ? 'these' : 'this'} is not learned; leave ${unseen.length > 1 ? 'them' : 'it'} out of the classes, or give such examples`,
    ];
  });

const indicesIn = (column: Column): ReadonlySet<number> => {
  const seen = new Set<number>();
  for (const [, block] of blocksOf(column)) for (const index of block) seen.add(index);
  return seen;
};
