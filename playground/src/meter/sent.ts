/**
 * How many bytes files took on their way, compressed as the server sends them, by their names; `undefined` where the browser does not
 * say so of each.
 */
export const sentAs = (names: readonly string[]): number | undefined => {
  const sizes = new Map(
    performance
      .getEntriesByType('resource')
      .map((entry) => [
        new URL(entry.name).pathname.split('/').at(-1) ?? '',
        'encodedBodySize' in entry ? Number(entry.encodedBodySize) : 0,
      ]),
  );
  const all = names.map((name) => sizes.get(name) ?? 0);
  return all.every((size) => size > 0) ? all.reduce((sum, size) => sum + size, 0) : undefined;
};
