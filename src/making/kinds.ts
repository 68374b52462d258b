import { monthOf, type DateOrder } from '../data/dates.ts';
import { isUserError } from '../errors.ts';
import { sortedClasses } from '../values/classes.ts';
import { rounded } from './text.ts';
import type { Column } from './survey.ts';

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

/** Returns what a column is. */
export const kindOf = (column: Column): Kind => {
  const { name, rows, missing, values, isWide, numbers } = column;
  const present = rows - missing;
  const none = (why: string): Kind => ({ kind: 'none', why });
  if (name === '') return none('it has no name');
  if (present === 0) return none('it is empty');
  const [only = ''] = values.keys();
  if (values.size === 1) return none(`it is ${only} in every row${missing > 0 ? ' that has one' : ''}`);
  const areDifferent = !isWide && values.size === present && rows > 20;
  const order = datesIn(column);
  if (order !== undefined) return { kind: 'dates', ...(order !== 'iso' && { order }) };
  if (numbers) {
    if (areDifferent && numbers.areWhole && (numbers.areCounting || /(^|[^a-z])(id|key|index|uuid)$/i.test(name)))
      return none('it numbers the rows');
    return numbers.areWhole && values.size === 2
      ? { kind: 'classes', names: sortedClasses(values.keys()) }
      : { kind: 'numbers', isCount: numbers.areWhole && numbers.least >= 0 };
  }
  if (areDifferent) return none('it is text that differs in each row');
  if (isWide || values.size > CLASSES || values.size * 2 > present)
    return none(`it is text of ${isWide ? 'more than ' : ''}${values.size.toLocaleString('en')} different values`);
  return { kind: 'classes', names: sortedClasses(values.keys()) };
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
  if (!/\d/.test(texts[0] ?? '')) return undefined;
  if (texts.every((text) => /^\d{4}|\.|[a-z]/i.test(text))) return isRead() ? 'iso' : undefined;
  return (['mdy', 'dmy'] as const).find((order) => isRead(order));
};

/** Whether numbers of a condition are rather classes: a few whole ones, each of which occurs often. */
export const areFew = ({ values, isWide, rows, missing, numbers }: Column): boolean =>
  numbers?.areWhole === true && !isWide && values.size <= 12 && (rows - missing) / values.size >= 5;

/** Returns the share of the most frequent value, with that value. */
export const commonest = ({ values, rows, missing, numbers }: Column): readonly [value: string, share: number] => {
  const [value, count] = [...values].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0]);
  const text = numbers ? rounded(Number(value.replace(',', '.'))) : value;
  return [text, count / Math.max(1, rows - missing)];
};

/** Describes a column in a few words: `numbers from 0 to 55.9, 57 % are 0.0`. */
export const described = (column: Known): string => {
  const { is, rows, missing } = column;
  return `${kindText(column)}${missing > 0 && is.kind !== 'none' ? `, ${percent(missing / rows)} missing` : ''}`;
};

const kindText = (column: Known): string => {
  const { is, numbers } = column;
  switch (is.kind) {
    case 'none':
      return `left out: ${is.why}`;
    case 'dates':
      return 'dates';
    case 'classes':
      return is.names.length > 6 ? `${is.names.length} classes` : `classes ${is.names.join(', ')}`;
    case 'numbers': {
      const [value, share] = commonest(column);
      const [least, most] = [numbers?.least ?? 0, numbers?.most ?? 0].map(rounded);
      return `${is.isCount ? 'whole numbers' : 'numbers'} from ${least} to ${most}${share > SPIKE ? `, ${percent(share)} are ${value}` : ''}`;
    }
  }
};

/** Describes a column that a definition names, whose classes it lists: `44 % are rain`, `from 0 to 55.9`. */
export const remarked = (column: Known): string => {
  const [value, share] = commonest(column);
  const most = `${percent(share)} are ${value}`;
  const { is, missing, rows, numbers } = column;
  const [least, largest] = [numbers?.least ?? 0, numbers?.most ?? 0].map(rounded);
  const range = `from ${least} to ${largest}`;
  const text = is.kind === 'classes' ? most : share > SPIKE ? `${range}, ${most}` : range;
  return missing > 0 ? `${text}, ${percent(missing / rows)} missing` : text;
};

/** A value that holds more of a column than this has a probability of its own. */
export const SPIKE = 0.05;

export const percent = (share: number): string => {
  const rounding = Math.round(100 * share);
  return rounding === 0 ? 'under 1 %' : rounding === 100 && share < 1 ? 'over 99 %' : `${rounding} %`;
};
