import { toRgba, type Picture } from 'cvae-compile/runtime';
import { isClasses, type TargetSignature } from '../../../src/signature.ts';

/** Numbers from 0 to 1 of [height, width, channels] as an image. */
export const pictureOf = (
  values: ArrayLike<number>,
  [height = 0, width = 0, channels = 1]: readonly number[],
): Picture => ({
  width,
  height,
  channels,
  data: Uint8ClampedArray.from(values, (value) => value * 255),
});

/** How a target is shown as an image, [height, width, channels]; `undefined` where it is none. */
export const viewOf = (target: TargetSignature): readonly number[] | undefined => {
  const { image, dataShape } = target;
  const flat = isClasses(target) && dataShape.length === 2;
  return image ?? (flat ? [...dataShape, 1] : undefined);
};

/** A canvas as a file. */
export const blobOf = (picture: Picture): Promise<Blob | null> => {
  const canvas = document.createElement('canvas');
  paint(canvas, picture);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
};

/** Paints a picture, one pixel a pixel: CSS makes them larger. */
export const paint = (canvas: HTMLCanvasElement, picture: Picture): void => {
  const { width, height, data } = toRgba(picture);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
};
