import type { Kept } from './graph.ts';

/** Returns the remaining fields of a message that are present, and those whose field numbers are not known here. */
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

/** Returns those of the fields that a message holds as '', which is written only if it was read. */
export const empty = <T extends object>(message: T, ...fields: readonly (keyof T & string)[]): Partial<T> => {
  const result: Partial<T> = {};
  for (const field of fields)
    if (Object.hasOwn(message, field) && message[field] === '') result[field] = message[field];
  return result;
};

/** Returns the fields that were kept of a message. */
// As `keep` took them from a message of this type; protobufjs omits anything else that a user may put there.
export const keptOf = <T extends object>({ kept = {} }: { readonly kept?: Kept }): T => kept as T;

/** Returns the kept fields of a part of a message, by its index or its name there. */
export const partOf = (kept: Kept | undefined, part: string, key: string | number): Kept => {
  const parts = kept?.[part];
  if (typeof parts !== 'object' || parts === null || !Object.hasOwn(parts, key)) return {};
  // Parts are records of records, or lists of them, as decode creates them.
  return (parts as Readonly<Record<string | number, Kept | undefined>>)[key] ?? {};
};
