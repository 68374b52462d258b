import { lax, named, number, object, optional, text, texts, type TypeOf } from './schema.ts';

// What a `model.json` lists, whichever version has written it and whatever else is wrong with it: its files are an export's own.

const one = optional(lax(object({ file: optional(lax(text)) })));
const file = object({ file: optional(lax(text)), external: one });

/** What a `model.json` says of the files beside it. */
export const listing = object({
  format: number,
  files: named(lax(file)),
  examples: one,
  training: optional(lax(object({ step: one, state: one }))),
  package: optional(lax(texts)),
});

/** The names that it lists. */
export const namesOf = ({ files, examples, training, package: more }: TypeOf<typeof listing>): readonly string[] =>
  [
    ...Object.values(files).flatMap((found) => [found?.file, found?.external?.file]),
    examples?.file,
    training?.step?.file,
    training?.state?.file,
    ...(more ?? []),
  ].filter((name) => name !== undefined);
