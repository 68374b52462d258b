import { monthOf, type DateOrder } from '../data/dates.ts';
import { isUserError } from '../errors.ts';
import { isNumeral, sortedClasses } from '../values/classes.ts';
import { rounded, short } from './text.ts';
import { mostOf, type Column } from './survey.ts';
import { withMinus } from '../values/minus.ts';

/** What a column is: how a definition can take it, or why it cannot. */
export type Kind =
  | { readonly kind: 'classes'; readonly names: readonly string[] }
  | { readonly kind: 'numbers'; readonly isCount: boolean }
  | { readonly kind: 'dates'; readonly order?: DateOrder }
  | { readonly kind: 'none'; readonly why: string };

/** A column with its kind. */
export type Known = Column & { readonly is: Kind };

/** The most classes that a definition is written with. */
const CLASSES = 100;

/** What columns of codes are called, whose digits are no amount: those of places. */
const CODE = /(^|[^a-z])(zip|plz|fips|postal|postcode|post[ _-]code|postleitzahl)($|[^a-z]|code)/i;

/** What numbers that identify rows are called, if they differ in each: `id`, `customer_id`, `customerId`. */
const IDENTIFIER = /(^|[^A-Za-z])(id|key|index|uuid)$/i;
const CAMEL_IDENTIFIER = /[a-z](I[Dd]|Key|Index|U[Uu][Ii][Dd])$/;
/** What pandas calls the numbers of rows, which are in any order where rows were taken out of a table. */
const ROW_NUMBERS = /^(Unnamed: 0(\.\d+)?|__index_level_\d+__)$/;

/** Numbers whose range is a smaller share of their size have a thousandth of their deviation below a step of float32. */
const APART = 3500 * 2 ** -23;

/** Returns what a column is. */
export const kindOf = (column: Column): Kind => {
  const { name, rows, missing, word, values, isWide, numbers } = column;
  const present = rows - missing;
  const none = (why: string): Kind => ({ kind: 'none', why });
  if (name === '') return none('it has no name');
  if (present === 0) return none('it is empty');
  const [only = ''] = values.keys();
  if (values.size === 1)
    return none(
      `it is ${short(only)} in every row${missing > 0 ? ' that has one' : ''}${word ? ` (${word.text} is read as missing)` : ''}`,
    );
  const areDifferent = !isWide && values.size === present && rows > 20;
  const order = datesIn(column);
  if (order !== undefined) return { kind: 'dates', ...(order !== 'iso' && { order }) };
  if (numbers) {
    const isNumbering = numbers.areCounting || IDENTIFIER.test(name) || CAMEL_IDENTIFIER.test(name);
    if (numbers.areWhole && ((areDifferent && isNumbering) || ROW_NUMBERS.test(name)))
      return none('it numbers the rows');
    if (numbers.areWhole && CODE.test(name))
      return isWide || values.size > CLASSES || values.size * 2 > present
        ? none('it is codes, not amounts, and too many for classes')
        : { kind: 'classes', names: sortedClasses(values.keys()) };
    if (numbers.most - numbers.least < APART * Math.max(Math.abs(numbers.least), Math.abs(numbers.most)))
      return none(
        'its numbers differ by too little for their size, which float32 cannot tell apart: subtract a constant',
      );
    return numbers.areWhole && values.size === 2
      ? { kind: 'classes', names: sortedClasses(values.keys()) }
      : { kind: 'numbers', isCount: numbers.areWhole && numbers.least >= 0 };
  }
  const odd = wordsBetween(column);
  if (odd.length > 0 && (areDifferent || isWide || values.size > CLASSES || values.size * 2 > present))
    return none(`it has text between its numbers, such as ${odd.slice(0, 3).map(short).join(', ')}`);
  if (areDifferent) return none('it is text that differs in each row');
  if (values.size <= CLASSES && values.size * 2 > present)
    return none(`it is text of ${values.size} different values in ${present} rows`);
  if (isWide || values.size > CLASSES)
    return none(`it is text of ${isWide ? 'more than ' : ''}${values.size.toLocaleString('en')} different values`);
  return { kind: 'classes', names: sortedClasses(values.keys()) };
};

/** Returns the different texts of a column most of which are numbers; none if it is numbers, or text. */
export const wordsBetween = ({ values, numbers }: Column): readonly string[] => {
  if (numbers) return [];
  const words = [...values.keys()].filter((text) => !isNumeral(text));
  return values.size - words.length > Math.max(12, words.length) ? words : [];
};

/** Returns the order of a column of dates, `iso` if they say it themselves; undefined if it is none. */
const datesIn = ({ name, values, numbers }: Column): DateOrder | 'iso' | undefined => {
  const texts = [...values.keys()];
  if (numbers && !(/date|day|time/i.test(name) && texts.every((text) => /^(19|20)\d{6}$/.test(text)))) return undefined;
  const isRead = (order?: DateOrder): boolean =>
    texts.every((text) => {
      try {
        return monthOf(text, order) !== undefined;
      } catch (error) {
        if (isUserError(error)) return false;
        throw error;
      }
    });
  if (!/\d/.test(texts[0] ?? '') || texts.every(isSpan)) return undefined;
  if (texts.every((text) => /^\d{4}|^\d+\.|[a-z]{3}/i.test(text))) return isRead() ? 'iso' : undefined;
  return (['mdy', 'dmy'] as const).find((order) => isRead(order));
};

/** Whether text is a span of two years, `2009-10`, rather than a month. */
const isSpan = (text: string): boolean => {
  const [, from, to] = /^(\d{4})[-/](\d{2})$/.exec(text) ?? [];
  return to !== undefined && (Number(from) + 1) % 100 === Number(to);
};

/** Whether numbers of a condition are rather classes: a few whole ones, each of which occurs often. */
export const areFew = ({ values, isWide, rows, missing, numbers }: Column): boolean =>
  numbers?.areWhole === true && !isWide && values.size <= 12 && (rows - missing) / values.size >= 5;

/** Returns the share of the most frequent value, with that value. */
export const commonest = ({ values, rows, missing, numbers }: Column): readonly [value: string, share: number] => {
  const [value, count] = mostOf(values);
  return [numbers ? valueText(numbers.commonest) : short(value), count / Math.max(1, rows - missing)];
};

/** Whether many rows share a value of a column of numbers, which then has a probability of its own. */
export const isSpiked = (column: Column): boolean => commonest(column)[1] > SPIKE && mostOf(column.values)[1] >= FEW;

/**
 * Returns whether numbers are amounts, of which a normal distribution would draw negative ones: with zeros that many rows share, or so
 * skewed, as populations are, that they deviate from their mean by as much. (Numbers that are equally likely from 0 on have 0.58 of it.)
 */
export const amountsOf = (column: Column): 'positive' | 'zeros' | undefined => {
  const { least = -1, mean = 0, deviation = 0, commonest: value } = column.numbers ?? {};
  const isSkewed = deviation > 0.75 * mean;
  if (least === 0 && (isSkewed || (isSpiked(column) && value === 0))) return 'zeros';
  return least > 0 && isSkewed ? 'positive' : undefined;
};

/** Describes a column in a few words: `numbers from 0 to 55.9, 57 % are 0.0`. */
export const described = (column: Known): string => {
  return `${kindText(column)}${column.is.kind === 'none' ? '' : missingText(column)}`;
};

/** Returns the words between the numbers of columns that stand for missing ones. */
export const marksOf = (columns: readonly Column[]): readonly string[] => [
  ...new Set(columns.flatMap(({ marks }) => [...(marks?.keys() ?? [])])),
];

/** Says how much is missing, and which words stand for it: `, 5 % missing (unknown)`. */
const missingText = ({ rows, missing, marks }: Column): string =>
  missing > 0
    ? `, ${percent(missing / rows)} missing${marks ? ` (${[...marks.keys()].map(short).join(', ')})` : ''}`
    : '';

const kindText = (column: Known): string => {
  const { is } = column;
  switch (is.kind) {
    case 'none':
      return `left out: ${is.why}`;
    case 'dates':
      return 'dates';
    case 'classes':
      return is.names.length > 6 ? `${is.names.length} classes` : `classes ${is.names.map(short).join(', ')}`;
    case 'numbers': {
      const [value, share] = commonest(column);
      const spike = isSpiked(column) ? `, ${percent(share)} are ${value}` : '';
      return `${is.isCount ? 'whole numbers' : 'numbers'} ${rangeOf(column)}${spike}`;
    }
  }
};

/** Describes the range of numbers, with their sign if they have one: `from 0 to 55.9 %`. */
const rangeOf = ({ numbers }: Column): string => {
  const { least = 0, most = 0, sign } = numbers ?? {};
  return `from ${shown(least)} to ${shown(most)}${sign === undefined ? '' : ` ${sign}`}`;
};

/** Shows the end of a range, with a minus sign: a whole number as it is, unless it is long. */
const shown = (value: number): string => (Math.abs(value) < 1e7 ? valueText(value, 4) : withMinus(rounded(value)));

/** Shows a number with a minus sign: a whole one as it is, and others rounded to `digits` digits. */
const valueText = (value: number, digits = 6): string =>
  withMinus(Number.isInteger(value) ? `${value}` : rounded(value, digits));

/** Describes a column that a definition names, whose classes it lists: `44 % are rain`, `from 0 to 55.9`. */
export const remarked = (column: Known): string => {
  const { is, values } = column;
  const [value, share] = commonest(column);
  // The codes of places are classes that look like numbers: `01001`.
  const most = `${percent(share)} are ${is.kind === 'classes' ? short(mostOf(values)[0]) : value}`;
  const text = is.kind === 'classes' ? most : isSpiked(column) ? `${rangeOf(column)}, ${most}` : rangeOf(column);
  return `${text}${missingText(column)}`;
};

/** A value that holds more of a column than this has a probability of its own. */
const SPIKE = 0.05;
/** … if it occurs as often as this. */
const FEW = 5;

export const percent = (share: number): string => {
  const rounding = Math.round(100 * share);
  return rounding === 0 ? 'under 1 %' : rounding === 100 && share < 1 ? 'over 99 %' : `${rounding} %`;
};
