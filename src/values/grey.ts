/** So far, of 255, may the channels of a grey pixel be apart: JPEG rounds them one by one. */
const ROUNDING = 4;

/** Whether a pixel of these channels, up to `largest`, is seen as grey. */
export const isGrey = (red: number, green: number, blue: number, largest = 255): boolean =>
  Math.max(red, green, blue) - Math.min(red, green, blue) <= (ROUNDING * largest) / 255;
