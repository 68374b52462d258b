import { toRgba, type Picture } from 'cvae-compile/runtime';

export { greysOf, viewOf } from './view-of.ts';

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
