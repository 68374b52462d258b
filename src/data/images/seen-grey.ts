import { readImage } from './read-image.ts';

/** So far, of 255, may the channels of a grey pixel be apart: JPEG rounds them one by one. */
const ROUNDING = 4;

/** Whether a picture that is saved in colours shows none: red, green and blue are the same in all of its pixels. @throws InvalidFile */
export const isSeenGrey = async (path: string): Promise<boolean> => {
  const { data, depth } = await readImage(path, 3);
  const apart = depth === 16 ? ROUNDING * 257 : ROUNDING;
  for (let i = 0; i < data.length; i += 3) {
    const [red = 0, green = 0, blue = 0] = [data[i], data[i + 1], data[i + 2]];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > apart) return false;
  }
  return true;
};
