import { named, object, optional, text } from './schema.ts';

/** What is read of any package's `package.json`. */
export const anyPackage = object({ version: optional(text) });

/** What is read of our own. */
export const ownPackage = object({
  version: text,
  engines: object({ node: text }),
  peerDependencies: named(text),
});
