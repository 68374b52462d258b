/**
 * Returns the known name that an unknown name was probably meant to be: equal except for case and punctuation, or one
 * letter off.
 */
export const closest = (name: string, known: readonly string[]): string | undefined => {
  const written = plain(name);
  if (written === '') return undefined;
  const off = (one: string): number => (plain(one) === written ? 0 : apart(plain(one), written));
  const [first] = known.toSorted((a, b) => off(a) - off(b));
  if (first === undefined) return undefined;
  const most = Math.floor(Math.min(first.length, name.length) / 3);
  return off(first) <= most ? first : undefined;
};

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Returns the edit distance of two words: letters inserted, deleted, changed, or swapped with the next one. */
const apart = (a: string, b: string): number => {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : change;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
};
