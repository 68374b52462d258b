import type { Manifest } from '../../../src/signature.ts';
import { classesOf } from '../condition/values.ts';
import type { Asked } from './drawing.ts';

/** The names of a result's conditions, where each class is asked for in turn; one without a name otherwise. */
export const rowNames = ({ conditions }: Manifest, { values }: Pick<Asked, 'values'>): readonly string[] => {
  const found = Object.entries(conditions).find(([name]) => values[name]?.kind === 'all');
  return found ? classesOf(found[1]) : [''];
};
