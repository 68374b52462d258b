import { isClasses, type TargetSignature } from '../../../src/signature.ts';
import { classTexts } from '../../../src/values/element-names.ts';

/** How a target is shown as an image, [height, width, channels]; `undefined` if it is not one. */
export const viewOf = (target: TargetSignature): readonly number[] | undefined => {
  const { image, dataShape } = target;
  const flat = isClasses(target) && dataShape.length === 2;
  return image ?? (flat ? [...dataShape, 1] : undefined);
};

/** Values of a target as numbers from 0, black, to 1, white: the classes of a map are as far apart as in the pictures of samples. */
export const greysOf = (target: TargetSignature, values: readonly number[]): readonly number[] =>
  isClasses(target) ? values.map((place) => place / Math.max(1, classTexts(target).length - 1)) : values;
