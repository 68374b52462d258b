import type { Decoded, Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { log } from './activations.ts';
import { add, mul } from './arithmetic.ts';

/** Returns what a standardised target's files return, in the data's units, in which y is y·deviation + mean. */
export const inUnits = (
  target: Pick<Target, 'inUnits'>,
  decoded: Decoded,
  scaling: { readonly mean: Tensor; readonly deviation: Tensor },
): Decoded => {
  if (target.inUnits) return target.inUnits(decoded, scaling);
  const { y, logVar, ...more } = decoded;
  const { mean, deviation } = scaling;
  const back = { y: add(mul(y, deviation), mean), ...more };
  return logVar ? { ...back, logVar: add(logVar, mul(log(deviation), 2)) } : back;
};
