import type { Manifest } from '../../signature.ts';
import { MODULE_TYPES } from '../package/types-fixed.ts';
import { typesOf } from '../package/types.ts';

/** Returns the text of `model.d.ts`: a package's types, but for how the model is opened. */
export const moduleTypesOf = (manifest: Manifest): string => typesOf(manifest, MODULE_TYPES);
