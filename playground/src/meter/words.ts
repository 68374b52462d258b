import { withMinus } from '../../../src/values/minus.ts';

/** A duration as a person reads it. */
export const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

/** Bytes as a person reads them. */
export const megabytes = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(bytes < 1e5 ? 1 : 0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** A number with this many decimals, with a minus sign, which nothing but zeros lacks. */
export const decimals = (value: number, digits: number): string =>
  withMinus(value.toFixed(digits).replace(/^-(?=[0.]+$)/, ''));
