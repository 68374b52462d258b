/** How numbers are written in a table. */
export interface NumberFormat {
  /** The decimal sign. */
  readonly decimal: '.' | ',';
  /** The sign between groups of three digits; none if it is left out. */
  readonly thousands?: Thousands;
  /** Signs before or behind numbers that are left out, such as `$` and `%`. */
  readonly signs?: readonly string[];
}

export const THOUSANDS = [',', '.', ' ', "'"] as const;
export type Thousands = (typeof THOUSANDS)[number];

/** Signs that numbers of tables have: of currencies, and of shares. */
const SIGN = /^([+-]?)\s*(\p{Sc}|[%‰])?\s*([+-]?)(.*?)\s*(\p{Sc}|[%‰])?$/su;
/** What separates groups of digits where a space does: also one that does not break, or is thin. */
const SPACES = /[ \u00a0\u202f]/g;
const APOSTROPHES = /['’]/g;

/** A negative number as accountants write it: `(1,234.50)`. */
const ACCOUNTED = /^\((.*)\)$/s;

/** Returns a number without the one sign that it has, and that sign; undefined if it has none. */
export const withoutSign = (cell: string): readonly [text: string, sign: string] | undefined => {
  const [, within] = ACCOUNTED.exec(cell) ?? [];
  if (within !== undefined) {
    const [text, sign] = withoutSign(within) ?? [];
    return text === undefined || sign === undefined || !/^\d/.test(text) ? undefined : [`(${text})`, sign];
  }
  const [, minus = '', before, inner = '', text = '', behind] = SIGN.exec(cell) ?? [];
  const sign = before ?? behind;
  const isOne = sign !== undefined && (before === undefined || behind === undefined) && (minus === '' || inner === '');
  return isOne && /\d/.test(text) ? [`${minus}${inner}${text}`, sign] : undefined;
};

/** Returns a function that writes a cell of a table as a number is written elsewhere, with a point; as '' if it is none in this format. */
export const numeralReader = ({ decimal, thousands, signs = [] }: NumberFormat): ((cell: string) => string) => {
  if (decimal === '.' && thousands === undefined && signs.length === 0) return (cell) => cell;
  return (cell) => {
    const text = bare(cell, signs).replace(/^\((\d.*)\)$/s, '-$1');
    const plain = thousands === undefined ? text : ungrouped(text, thousands, decimal);
    if (decimal === '.') return plain;
    return plain.includes('.') ? '' : plain.replace(',', '.');
  };
};

/** Returns a number without one of these signs, which is before or behind it. */
const bare = (cell: string, signs: readonly string[]): string => {
  const [, within] = ACCOUNTED.exec(cell) ?? [];
  if (within !== undefined && signs.length > 0) return `(${bare(within, signs)})`;
  const minus = /^[+-]?/.exec(cell)?.[0] ?? '';
  const rest = cell.slice(minus.length).trim();
  for (const sign of signs) {
    if (rest.endsWith(sign)) return `${minus}${rest.slice(0, -sign.length).trimEnd()}`;
    if (rest.startsWith(sign)) return `${minus}${rest.slice(sign.length).trimStart()}`;
  }
  return cell;
};

/** Returns a number without the signs between its groups of digits; '' if they are elsewhere. */
export const ungrouped = (cell: string, thousands: Thousands, decimal: '.' | ','): string => {
  const text = thousands === ' ' ? cell.replaceAll(SPACES, ' ') : cell.replaceAll(APOSTROPHES, "'");
  if (!text.includes(thousands)) return text;
  const [whole = '', ...rest] = text.split(decimal);
  const isGrouped =
    rest.length <= 1 &&
    /^[+-]?[1-9]\d{0,2}$/.test(whole.split(thousands)[0] ?? '') &&
    whole
      .split(thousands)
      .slice(1)
      .every((group) => /^\d{3}$/.test(group));
  return isGrouped && rest.every((part) => /^\d+$/.test(part))
    ? [whole.replaceAll(thousands, ''), ...rest].join(decimal)
    : '';
};
