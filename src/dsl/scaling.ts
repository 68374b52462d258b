import { ones, zeros } from '../graph/init.ts';
import type { Shape } from '../shape/shape.ts';
import { buffer } from './leaves.ts';
import type { Tensor } from './tensor.ts';

/** The names under which a variable's mean and deviation are kept with the weights. */
export const scalingNames = (variable: string) => ({
  mean: `scaling/${variable}/mean`,
  deviation: `scaling/${variable}/deviation`,
});

/**
 * A variable's mean and standard deviation, as untrained parameters: training sets them from the data, files carry them, and
 * inputs and outputs stay in the data's own units. They start as 0 and 1, which export removes.
 */
export const scaling = (variable: string, shape: Shape): { readonly mean: Tensor; readonly deviation: Tensor } => {
  const names = scalingNames(variable);
  return { mean: buffer(names.mean, shape, zeros), deviation: buffer(names.deviation, shape, ones) };
};
