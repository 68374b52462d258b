// The part of valibot that is used. The build turns it into one file, so that a page without a bundler can load it, and no user
// has to install it.
export { custom, exactOptional, fallback, lazy, object, pipe, rawTransform, safeParse, transform } from 'valibot';
export type { GenericSchema } from 'valibot';
