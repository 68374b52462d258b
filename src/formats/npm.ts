import { named, object, optional, text } from './schema.ts';

/** The part of any package's `package.json` that is read. */
export const anyPackage = object({ version: optional(text) });

/** The part of this package's own that is read. */
export const ownPackage = object({
  version: text,
  engines: object({ node: text }),
  peerDependencies: named(text),
  devDependencies: named(text),
});
