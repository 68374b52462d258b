import { Unavailable, reasonOf } from '../../errors.ts';
import { codeOf } from '../../files/whole.ts';

/**
 * Loads the optional package `sharp`. Throws an `Unavailable` that says what it is for, such as `decodes JPEG`, and what else would
 * help.
 */
export const loadSharp = async (path: string, use: string, otherwise: string) => {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    const missing = codeOf(error) === 'ERR_MODULE_NOT_FOUND';
    throw new Unavailable(
      `${path}: expected the package sharp, which ${use}, got ${missing ? 'none' : `one that does not load (${reasonOf(error).slice(0, 120)})`}; run npm install sharp, or ${otherwise}`,
    );
  }
};
