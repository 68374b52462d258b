import type { DecodedRows, DistributionData, DrawnTarget, Drawer } from './distribution-data.ts';
import { classesText } from './describe.ts';

const drawer = ({ shape }: DrawnTarget, { y }: DecodedRows): Drawer => {
  const count = shape?.at(-1) ?? 1;
  return (at, _, noise) => classAt(y.subarray(at * count, (at + 1) * count), noise);
};

/** Returns the class whose share of [0, 1) contains the number; probabilities may add up to a little less than 1. */
const classAt = (probabilities: Float32Array, uniform: number): number => {
  let sum = 0;
  const found = probabilities.findIndex((probability) => uniform < (sum += probability));
  return found === -1 ? probabilities.findLastIndex((probability) => probability > 0) : found;
};

/** One of several classes, at one place or at each of many; draws are indices. */
export const categoricalData: DistributionData = {
  title: 'categorical',
  values: 'classes',
  density: false,
  unit: 'nats',
  scalable: false,
  draws: { noise: 'uniform', drawer },
  describe: ({ classes, shape }, say) =>
    `probabilities of the classes ${classesText(classes ?? shape.at(-1) ?? 0, say)}, on the last axis`,
};
