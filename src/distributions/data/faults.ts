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

/** Returns the problem with a number that is not positive. */
export const positiveFault = (value: number): Fault | undefined =>
  value > 0
    ? undefined
    : {
        problem: `${value}, not a positive number`,
        remedy:
          value === 0
            ? 'wrap the likelihood in zeroInflated, or leave zeros out'
            : 'choose a likelihood of real numbers',
      };

/** Returns the problem with a number that is not strictly between 0 and 1. */
export const shareFault = (value: number): Fault | undefined =>
  value > 0 && value < 1
    ? undefined
    : {
        problem: `${value}, not strictly between 0 and 1`,
        remedy: 'move 0 and 1 inward by half the precision of the data, or choose continuousBernoulli',
      };

/** Returns the problem with a number that can hardly be an angle in radians. */
export const angleFault = (value: number): Fault | undefined =>
  Math.abs(value) <= 6.2832
    ? undefined
    : { problem: `${value}, not an angle from −2π to 2π`, remedy: 'give radians: degrees times π / 180' };

/** Returns the problem with a number that is not one of `levels` equal steps from 0 to 1, up to rounding. */
export const levelFault = (value: number, levels: number): Fault | undefined => {
  const fault = unitFault(value);
  const step = value * (levels - 1);
  if (fault || Math.abs(step - Math.round(step)) <= 0.01) return fault;
  return {
    problem: `${value}, not one of ${levels} equal steps from 0 to 1`,
    remedy: `round it to a multiple of 1/${levels - 1}, or choose continuousBernoulli`,
  };
};
