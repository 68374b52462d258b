import { size } from '../shape/size.ts';
import { inChannels } from '../values/channels.ts';
import { refused } from './value-errors.ts';
import { viewOf, type Pixels, type Rows, type Variable } from './variable.ts';

/** Refuses a list that is one image with another number of channels, such as the RGBA of a canvas, rather than several images. */
export const checkChannels = (name: string, variable: Variable, values: ArrayLike<unknown>): void => {
  const [, , channels = 0] = viewOf(variable) ?? [];
  const times = values.length / size(variable.shape);
  if (times > 1 && times * channels <= 4) throw refused(name, 'channels', values, { variable, at: times });
};

/** Encodes a picture for an image of numbers from 0 to 1. @throws InvalidData for one of another size. */
export const fromPicture = (name: string, variable: Variable, picture: Pixels): Rows => {
  const { width, height, channels: from = 4, data } = picture;
  const [rows = 0, columns = 0, to = 0] = viewOf(variable) ?? [];
  const fitting = height === rows && width === columns && data.length === rows * columns * from;
  if (!fitting || to > 4) throw refused(name, 'picture', picture, { variable });
  const pixels = inChannels(data, from, to, 255, new Uint8Array(rows * columns * to));
  return { rows: 1, size: pixels.length, data: Float32Array.from(pixels, (byte) => byte / 255) };
};
