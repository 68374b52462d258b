import { PARTS, type Manifest, type Part } from '../signature.ts';

/** The name under which a server has all of a model: letters, digits, dots, dashes and underscores, so that it may be a folder. */
export const wholeName = ({ name }: Pick<Manifest, 'name'>): string =>
  name.replace(/[^A-Za-z0-9_.-]+/g, '_').replace(/^\.+/, '') || 'model';

/** The name under which a server has a file of a model: `digits_decoder`. */
export const partName = (manifest: Pick<Manifest, 'name'>, part: Part): string => `${wholeName(manifest)}_${part}`;

/** The files of a model, each with its part. */
export const filesOf = ({ files }: Pick<Manifest, 'files'>) =>
  PARTS.flatMap((part) => {
    const file = files[part];
    return file ? [[part, file] as const] : [];
  });
