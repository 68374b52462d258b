import { ON_DISK } from './file.ts';
import { listed, object, oneOf, some, text, type TypeOf } from './schema.ts';

export const KIND = 'cvae-compile site';

/** A file of a site in its table, by its address, which uses slashes. */
const listedFile = object({ ...ON_DISK, file: text });
export interface Listed extends TypeOf<typeof listedFile> {}

/** The content of `site.json`: the owner of the site, and its files. */
export const table = object({
  kind: oneOf(KIND),
  format: some('1', (value): value is 1 => value === 1),
  library: text,
  model: text,
  files: listed<Listed>(listedFile),
});
export interface Table extends TypeOf<typeof table> {}
