import { isGrey } from '../../values/grey.ts';
import { readImage } from './read-image.ts';

/** Whether a picture that is saved in colours shows none: red, green and blue are the same in all of its pixels. @throws InvalidFile */
export const isSeenGrey = async (path: string): Promise<boolean> => {
  const { data, depth } = await readImage(path, 3);
  const largest = 2 ** depth - 1;
  for (let i = 0; i < data.length; i += 3) {
    const [red = 0, green = 0, blue = 0] = [data[i], data[i + 1], data[i + 2]];
    if (!isGrey(red, green, blue, largest)) return false;
  }
  return true;
};
