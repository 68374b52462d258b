import { ON_DISK } from './file.ts';
import { listed, object, oneOf, some, text, type TypeOf } from './schema.ts';

export const KIND = 'cvae-compile site';

/** A file of a site as its table lists it, by its address, which has slashes. */
const listedFile = object({ ...ON_DISK, file: text });
export interface Listed extends TypeOf<typeof listedFile> {}

/** What `site.json` says: whose site this is, and what belongs to it. */
export const table = object({
  kind: oneOf(KIND),
  format: some('1', (value): value is 1 => value === 1),
  library: text,
  model: text,
  files: listed<Listed>(listedFile),
});
export interface Table extends TypeOf<typeof table> {}
