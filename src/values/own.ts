/**
 * What a record has under a name, unless all objects have it: a variable may be called `constructor` or `toString`, and one that
 * is missing is not the method of that name.
 */
export const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record !== undefined && (Object.hasOwn(record, name) || !(name in Object.prototype)) ? record[name] : undefined;
