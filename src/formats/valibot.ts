// What is used of valibot. The build makes one file of it, so that a page without a bundler can load it, and nobody else has it to
// install.
export { custom, exactOptional, fallback, lazy, object, pipe, rawTransform, safeParse, transform } from 'valibot';
export type { GenericSchema } from 'valibot';
