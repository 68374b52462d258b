/** An image of 8-bit pixels, row by row, channels last: 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGBA). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Converts numbers from 0 to 1 to pixels from 0 to 255; values outside are clamped. */
export const picture = (
  values: ArrayLike<number>,
  [height, width, channels]: readonly [number, number, number],
): Picture => ({ width, height, channels, data: Uint8ClampedArray.from(values, (value) => value * 255) });

/** Arranges pictures of one size side by side, in rows of `columns`; missing ones are black. */
export const mosaic = (pictures: readonly Picture[], columns: number): Picture => {
  const { width, height, channels } = pictures[0] ?? { width: 0, height: 0, channels: 1 };
  const across = width * columns;
  const down = height * Math.ceil(pictures.length / columns);
  const data = new Uint8ClampedArray(across * down * channels);
  for (const [i, { data: pixels }] of pictures.entries()) {
    const top = Math.floor(i / columns) * height;
    const left = (i % columns) * width;
    for (let y = 0; y < height; y++)
      data.set(
        pixels.subarray(y * width * channels, (y + 1) * width * channels),
        ((top + y) * across + left) * channels,
      );
  }
  return { width: across, height: down, channels, data };
};

/** Returns the same picture with four channels, as required by a page's `ImageData`. */
export const toRgba = ({ width, height, channels, data }: Picture): Picture => {
  const rgba = new Uint8ClampedArray(width * height * 4);
  const alpha = channels % 2 === 0 ? channels - 1 : undefined;
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 4; c++) {
      const from = c === 3 ? alpha : channels < 3 ? 0 : c;
      rgba[i * 4 + c] = from === undefined ? 255 : (data[i * channels + from] ?? 0);
    }
  return { width, height, channels: 4, data: rgba };
};
