import { ones, zeros } from '../graph/init.ts';
import type { Shape } from '../shape/shape.ts';
import { buffer } from './leaves.ts';
import type { Tensor } from './tensor.ts';

/** Returns the names under which a variable's mean and standard deviation are stored with the weights. */
export const scalingNames = (variable: string) => ({
  mean: `scaling/${variable}/mean`,
  deviation: `scaling/${variable}/deviation`,
});

/**
 * Returns a variable's mean and standard deviation as parameters that are not trained: training sets them from the data
 * and files carry them, so that inputs and outputs stay in the data's own units. They start at 0 and 1, which export
 * removes.
 */
export const scaling = (variable: string, shape: Shape): { readonly mean: Tensor; readonly deviation: Tensor } => {
  const names = scalingNames(variable);
  return { mean: buffer(names.mean, shape, zeros), deviation: buffer(names.deviation, shape, ones) };
};
