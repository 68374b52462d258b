import { lax, named, number, object, optional, text, texts, type TypeOf } from './schema.ts';

// The files that a `model.json` lists, whichever version wrote it and whatever else is wrong with it: they belong to the export.

const one = optional(lax(object({ file: optional(lax(text)) })));
const file = object({ file: optional(lax(text)), external: one });

/** The entries of a `model.json` for the files next to it. */
export const listing = object({
  format: number,
  files: named(lax(file)),
  examples: one,
  training: optional(lax(object({ step: one, gradient: one, update: one, state: one }))),
  package: optional(lax(texts)),
});

/** Returns the names that it lists. */
export const namesOf = ({ files, examples, training, package: more }: TypeOf<typeof listing>): readonly string[] =>
  [
    ...Object.values(files).flatMap((found) => [found?.file, found?.external?.file]),
    examples?.file,
    training?.step?.file,
    training?.gradient?.file,
    training?.update?.file,
    training?.state?.file,
    ...(more ?? []),
  ].filter((name) => name !== undefined);
