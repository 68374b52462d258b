/**
 * Returns the properties of an object that are not undefined: options can be passed on this way under
 * `exactOptionalPropertyTypes`.
 */
export const defined = <T extends object>(properties: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  // The function removes exactly what the type removes.
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
