import type { PixelSet } from '../../../src/making/material.ts';
import { inChannels } from '../../../src/values/channels.ts';
import { isGrey } from '../../../src/values/grey.ts';
import type { ChosenPictures } from './chosen.ts';
import type { PictureFacts, PictureForm } from './form.ts';

/** The number of pictures, evenly spread, that show what all are. */
const LOOKED_AT = 100;
/** Pictures are looked at in this size. */
const SIDE = 32;
/** The most bytes of pixels that are kept. */
const MOST = 5e8;

/** Looks at pictures. @throws Error for one that the browser cannot decode. */
export const factsOf = async ({ all }: ChosenPictures): Promise<PictureFacts> => {
  const step = Math.max(1, Math.floor(all.length / LOOKED_AT));
  const seen: { height: number; width: number; isGrey: boolean; hasAlpha: boolean }[] = [];
  for (let i = 0; i < all.length; i += step) {
    const one = all[i];
    if (!one) break;
    const bitmap = await bitmapOf(one.file);
    const { height, width } = bitmap;
    const pixels = await painted(bitmap, { height: SIDE, width: SIDE }, undefined);
    seen.push({ height, width, ...looksOf(pixels) });
  }
  const middle = (of: 'height' | 'width'): number =>
    seen.map((one) => one[of]).sort((a, b) => a - b)[Math.floor(seen.length / 2)] ?? 1;
  const shares = seen.map(({ height, width }) => width / height);
  const [height, width] = [middle('height'), middle('width')];
  return {
    height,
    width,
    isOneSize: seen.every((one) => one.height === height && one.width === width),
    hasOneShape: Math.max(...shares) / Math.min(...shares) < 1.02,
    isGrey: seen.every((one) => one.isGrey),
    hasAlpha: seen.some(({ hasAlpha }) => hasAlpha),
  };
};

const looksOf = (pixels: Uint8ClampedArray): { readonly isGrey: boolean; readonly hasAlpha: boolean } => {
  let [areGrey, hasAlpha] = [true, false];
  for (let i = 0; i < pixels.length; i += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 255] = pixels.subarray(i, i + 4);
    areGrey &&= isGrey(red, green, blue);
    hasAlpha ||= alpha < 255;
  }
  return { isGrey: areGrey, hasAlpha };
};

/**
 * Decodes all pictures to one form: each fills it, and is cut at both sides if its shape differs; transparent pixels become white.
 *
 * @throws Error for a picture that the browser cannot decode, and for more pixels than a page holds.
 */
export const decoded = async (
  { name, classes, all }: ChosenPictures,
  facts: PictureFacts,
  form: PictureForm,
  onProgress: (done: number) => void,
): Promise<PixelSet> => {
  const { height, width } = form;
  const channels = form.isGrey ? 1 : 3;
  const length = height * width * channels;
  if (all.length * length > MOST)
    throw new Error(
      `${name}: expected at most ${MOST / 1e6} MB of pixels, got ${Math.round((all.length * length) / 1e6)} MB; choose a smaller size, or train with the command line`,
    );
  const pixels = new Uint8Array(all.length * length);
  for (const [i, { file }] of all.entries()) {
    const rgba = await painted(await bitmapOf(file), form, '#ffffff');
    inChannels(rgba, 4, channels, 255, pixels.subarray(i * length, (i + 1) * length));
    onProgress(i + 1);
  }
  const isOwn = facts.isOneSize && facts.height === height && facts.width === width;
  const options: PixelSet['options'] = {
    ...(!isOwn && { size: height === width ? `${height}` : `[${height}, ${width}]` }),
    channels: `${channels}`,
    ...(facts.hasAlpha && { background: "'#ffffff'" }),
  };
  const labels = Int32Array.from(all, ({ index }) => index);
  return { name, count: all.length, classes, shape: [height, width, channels], options, pixels, labels };
};

const bitmapOf = async (file: File): Promise<ImageBitmap> => {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new Error(
      `${file.name}: expected a PNG, JPEG or WebP picture, got one that this browser cannot decode; remove it, or save it anew`,
    );
  }
};

/** Paints the middle of a picture at a size, and returns its RGBA pixels; closes the bitmap. */
const painted = async (
  bitmap: ImageBitmap,
  { height, width }: { readonly height: number; readonly width: number },
  background: string | undefined,
): Promise<Uint8ClampedArray> => {
  const scale = Math.min(bitmap.width / width, bitmap.height / height);
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const [x, y] = [Math.floor((bitmap.width - w) / 2), Math.floor((bitmap.height - h) / 2)];
  const small = await createImageBitmap(bitmap, x, y, w, h, {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: 'high',
  });
  bitmap.close();
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('the browser gives no canvas to read pictures with');
  if (background !== undefined) {
    context.fillStyle = background;
    context.fillRect(0, 0, width, height);
  }
  context.drawImage(small, 0, 0);
  small.close();
  return context.getImageData(0, 0, width, height).data;
};
