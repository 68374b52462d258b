/**
 * Converts pixels to another number of channels: 1 is grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha, all whole numbers
 * from 0 to `most`.
 * Grey is the luma of the colours (ITU-R BT.601), grey becomes three equal colours, and dropped alpha is composited
 * over black.
 */
export const inChannels = <T extends Uint8Array | Uint16Array>(
  data: ArrayLike<number>,
  from: number,
  to: number,
  most: number,
  out: T,
): T => {
  for (let pixel = 0; pixel * from < data.length; pixel++) {
    const at = (channel: number): number => data[pixel * from + channel] ?? 0;
    const alpha = from % 2 === 0 ? at(from - 1) : most;
    const cover = to % 2 === 0 ? 1 : alpha / most;
    const [red, green, blue] = from < 3 ? [at(0), at(0), at(0)] : [at(0), at(1), at(2)];
    const grey = from < 3 ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
    const values = to < 3 ? [grey * cover, alpha] : [red * cover, green * cover, blue * cover, alpha];
    for (let channel = 0; channel < to; channel++) out[pixel * to + channel] = Math.round(values[channel] ?? 0);
  }
  return out;
};
