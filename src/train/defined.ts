/** The properties of an object that are not undefined: what options may pass on under `exactOptionalPropertyTypes`. */
export const defined = <T extends object>(properties: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  // What is left out is exactly what the type leaves out.
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
