import type { Kept } from './graph.ts';

/** What is left of a message: its fields that are there, and those whose numbers are not known here. */
export const keep = (
  rest: Readonly<Record<string, unknown>>,
  unknown: readonly Uint8Array[] | null | undefined = undefined,
): { readonly kept?: Kept } => {
  const fields = Object.entries(rest).filter(([, value]) => isThere(value));
  if (unknown?.length) fields.push(['$unknowns', unknown]);
  return fields.length === 0 ? {} : { kept: Object.fromEntries(fields) };
};

const isThere = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

/** Those of the fields that a message holds though they say nothing: '', which is written only where it was read. */
export const empty = <T extends object>(message: T, ...fields: readonly (keyof T & string)[]): Partial<T> => {
  const result: Partial<T> = {};
  for (const field of fields)
    if (Object.hasOwn(message, field) && message[field] === '') result[field] = message[field];
  return result;
};

/** The fields that were kept of a message. */
// As `keep` took them from a message of this very type; what else a user may put there protobufjs leaves out.
export const keptOf = <T extends object>({ kept = {} }: { readonly kept?: Kept }): T => kept as T;

/** What is kept of a part of a message, by its place or its name there. */
export const partOf = (kept: Kept | undefined, part: string, key: string | number): Kept => {
  const parts = kept?.[part];
  if (typeof parts !== 'object' || parts === null || !Object.hasOwn(parts, key)) return {};
  // Parts are records of records, or lists of them, by how decode makes them.
  return (parts as Readonly<Record<string | number, Kept | undefined>>)[key] ?? {};
};
