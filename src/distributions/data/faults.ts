import type { Fault } from './distribution-data.ts';

/** Returns the problem with a probability or a pixel that is not between 0 and 1. */
export const unitFault = (value: number): Fault | undefined =>
  value >= 0 && value <= 1
    ? undefined
    : {
        problem: `${value}, not between 0 and 1`,
        remedy:
          value > 1 && value <= 255
            ? 'divide by 255, or give bytes as { data, scale: 1 / 255 }'
            : 'scale it, or give the variable another kind',
      };

/** Returns the problem with a number that is no count. */
export const countFault = (value: number): Fault | undefined =>
  value >= 0 && Number.isInteger(value)
    ? undefined
    : { problem: `${value}, not a count`, remedy: 'give whole numbers from 0, or choose another likelihood' };
