/**
 * Numbers of a column as they are written, and the digits that each lacks behind its point, which take their room without being seen: so
 * all points are below each other.
 */
export const lackingOf = (texts: readonly string[]): readonly string[] => {
  const digits = texts.map((text) => /\.\d+$/.exec(text)?.[0] ?? '');
  const longest = digits.reduce((most, one) => (one.length > most.length ? one : most), '');
  return digits.map((own) => longest.slice(own.length));
};
