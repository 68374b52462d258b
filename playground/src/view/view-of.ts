import { isClasses, type TargetSignature } from '../../../src/signature.ts';

/** How a target is shown as an image, [height, width, channels]; `undefined` if it is not one. */
export const viewOf = (target: TargetSignature): readonly number[] | undefined => {
  const { image, dataShape } = target;
  const flat = isClasses(target) && dataShape.length === 2;
  return image ?? (flat ? [...dataShape, 1] : undefined);
};
