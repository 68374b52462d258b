/**
 * Returns a record's member of this name, but not one that all objects inherit: a variable may be named `constructor`
 * or `toString`, and if it is missing, the inherited method must not be returned.
 */
export const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record !== undefined && (Object.hasOwn(record, name) || !(name in Object.prototype)) ? record[name] : undefined;
