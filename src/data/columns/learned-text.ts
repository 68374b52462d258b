import { counted } from '../../values/counted.ts';
import type { Learned } from './column-tables.ts';
import { withMinus } from '../../values/minus.ts';

/**
 * Returns what was learned of an element of a column, in one line: `precipitation: 0 is 56.7 % of the rows; else 0.3 to 55.9 in 107
 * values, 1 decimal`.
 */
export const learnedText = (name: string, { least, most, decimals, masses, isGrid, distinct }: Learned): string => {
  const values = isGrid ? ` in ${distinct} values` : '';
  const digits = decimals === undefined ? '' : decimals === 0 ? ', whole numbers' : `, ${counted(decimals, 'decimal')}`;
  const range = isGrid && distinct === 1 ? short(least) : `${short(least)} to ${short(most)}${values}${digits}`;
  if (masses.length === 0) return `${name}: ${range}`;
  const rows = masses.map(
    ([value, share], i) => `${short(value)} is ${(100 * share).toFixed(1)} %${i === 0 ? ' of the rows' : ''}`,
  );
  const all = masses.reduce((sum, [, share]) => sum + share, 0);
  return `${name}: ${rows.join(', ')}; ${all > 1 - 1e-9 ? 'no other value' : `else ${range}`}`;
};

/** Returns a float32 with its digits, and a minus sign. */
const short = (value: number): string => withMinus(`${Number(value.toPrecision(7))}`);
