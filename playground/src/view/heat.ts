import type { Picture } from 'cvae-compile/runtime';

/** The variance of each element over rows of `size`, and the largest of them. */
export const varianceOf = (
  data: Float32Array,
  size: number,
): { readonly values: Float32Array; readonly most: number } => {
  const rows = data.length / size;
  const values = new Float32Array(size);
  let most = 0;
  for (let i = 0; i < size; i++) {
    let [sum, squares] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const value = data[row * size + i] ?? 0;
      sum += value;
      squares += value * value;
    }
    const variance = Math.max(0, squares / rows - (sum / rows) ** 2);
    values[i] = variance;
    most = Math.max(most, variance);
  }
  return { values, most };
};

/** A channel's mean over an image's channels, as colours from dark (0) to light (`most`). */
export const heatOf = (
  values: Float32Array,
  most: number,
  [height = 0, width = 0, channels = 1]: readonly number[],
): Picture => {
  const data = new Uint8ClampedArray(height * width * 3);
  for (let place = 0; place < height * width; place++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += values[place * channels + c] ?? 0;
    data.set(heat(most > 0 ? sum / channels / most : 0), place * 3);
  }
  return { width, height, channels: 3, data };
};

/** A colour for a part from 0 to 1: its lightness rises evenly, so that it reads in grey too. */
export const heat = (part: number): readonly [number, number, number] => {
  const at = Math.max(0, Math.min(1, part)) * (STOPS.length - 1);
  const [from, to] = [STOPS[Math.floor(at)] ?? BLACK, STOPS[Math.min(STOPS.length - 1, Math.floor(at) + 1)] ?? BLACK];
  const t = at - Math.floor(at);
  return [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1]), from[2] + t * (to[2] - from[2])];
};

const BLACK = [0, 0, 0] as const;
const STOPS: readonly (readonly [number, number, number])[] = [
  [6, 6, 14],
  [58, 16, 92],
  [150, 32, 96],
  [232, 76, 52],
  [252, 164, 60],
  [255, 246, 200],
];
