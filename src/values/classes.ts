/**
 * How classes are identified. A class has a name, or only a number from 0. If names are themselves numbers, a number
 * means the class of that name and never an index: 2 is the class named `2`, whatever its index.
 */

/** Whether text is a decimal number: `12`, `-3`, `2.50`, `1e3`; not `0x10`, `1_000`, `Infinity`. */
export const isNumeral = (text: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);

/**
 * Returns distinct names in order: numbers by value (2 before 10), then all others by code unit, which is the same on
 * every machine.
 */
export const sortedClasses = (names: Iterable<string>): readonly string[] =>
  [...new Set(names)]
    .map((name) => ({ name, number: isNumeral(name) ? Number(name) : Infinity }))
    .sort((a, b) => (a.number === b.number ? (a.name < b.name ? -1 : 1) : a.number - b.number))
    .map(({ name }) => name);

/** Returns the index of the class that a name or a number means; −1 if it means none, NaN if it is ambiguous. */
export type ClassFinder = (value: unknown) => number;

/**
 * Returns a finder of classes, given their names or their number. Text matches a class's name exactly; a number means
 * the class of that name if any class is named by a number (ambiguous if both `1` and `01` exist), otherwise an index.
 */
export const classFinder = (classes: readonly string[] | number): ClassFinder => {
  const named = typeof classes === 'object' ? classes : [];
  const found = new Map<unknown, number>();
  let numbers = false;
  named.forEach((name, index) => {
    found.set(name, index);
    if (!isNumeral(name)) return;
    numbers = true;
    const number = Number(name);
    found.set(number, found.has(number) ? NaN : index);
  });
  const count = typeof classes === 'object' ? named.length : classes;
  return (value) => {
    if (numbers || typeof value !== 'number') return found.get(value) ?? -1;
    return Number.isInteger(value) && value >= 0 && value < count ? value : -1;
  };
};
