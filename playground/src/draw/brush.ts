/** A point on an image, in pixels from its top left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A pen: how far it reaches, and what it leaves in each channel, from 0 to 1. */
export interface Pen {
  readonly radius: number;
  readonly colour: readonly number[];
}

/**
 * An image with a line drawn on it from one point to another: soft at its edge, as scanned ink is. Each pixel goes towards the
 * pen's colour by how much of it the pen covers, and never back. Values are whole numbers of 255ths.
 */
export const stroke = (
  pixels: Float32Array,
  [height = 0, width = 0, channels = 1]: readonly number[],
  from: Point,
  to: Point,
  { radius, colour }: Pen,
): Float32Array => {
  const next = pixels.slice();
  const reach = radius + 0.5;
  const [top, bottom] = [Math.min(from.y, to.y) - reach, Math.max(from.y, to.y) + reach];
  const [left, right] = [Math.min(from.x, to.x) - reach, Math.max(from.x, to.x) + reach];
  for (let row = Math.max(0, Math.floor(top)); row < Math.min(height, bottom); row++)
    for (let column = Math.max(0, Math.floor(left)); column < Math.min(width, right); column++) {
      const cover = Math.min(1, reach - distance({ x: column + 0.5, y: row + 0.5 }, from, to));
      if (cover <= 0) continue;
      for (let c = 0; c < channels; c++) {
        const at = (row * width + column) * channels + c;
        const [before, ink] = [pixels[at] ?? 0, colour[c] ?? colour[0] ?? 1];
        const after = ink >= before ? Math.max(before, ink * cover) : Math.min(before, 1 - (1 - ink) * cover);
        next[at] = Math.round(after * 255) / 255;
      }
    }
  return next;
};

/** From a point to the nearest one of a line. */
const distance = (point: Point, from: Point, to: Point): number => {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const part = length === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / length;
  const t = Math.max(0, Math.min(1, part));
  return Math.hypot(point.x - from.x - t * dx, point.y - from.y - t * dy);
};
