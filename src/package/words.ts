import type { Condition, TargetSignature } from '../signature.ts';
import { shapeText, sizeOf } from './names.ts';

/** What a value of a condition is, as a user of JavaScript gives it. */
export const conditionText = ({ kind, shape, dataShape, classes }: Condition): string => {
  if (kind === 'image')
    return `Pixels of ${shapeText(shape)}, row by row, channels last: numbers from 0 to 1, or bytes from 0 to 255.`;
  if (kind === 'continuous')
    return `${sizeOf(shape) === 1 ? 'A number' : `${sizeOf(shape)} numbers`}, in the data's own units.`;
  const count = shape.at(-1) ?? 0;
  const which = classText(classes ?? count);
  if (dataShape.length > 0) return `A class for each element of ${shapeText(dataShape)}, ${which}.`;
  return `One of ${count} classes, ${which}, or a blend of them: a Float32Array of ${count} weights.`;
};

/** Which classes there are: `0 to 9`, `coast, valley, peak`. */
const classText = (classes: number | readonly string[]): string =>
  typeof classes === 'number' ? `0 to ${classes - 1}` : classes.join(', ');

/** What the numbers of the output `y` are. */
export const targetText = ({ distribution, classes, shape }: TargetSignature): string => {
  if (distribution === 'bernoulli') return 'probabilities, 0 to 1';
  if (distribution === 'categorical')
    return `probabilities of the classes ${classText(classes ?? shape.at(-1) ?? 0)}, on the last axis`;
  return "means, in the data's own units";
};
