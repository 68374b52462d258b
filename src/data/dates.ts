import { InvalidData } from '../errors.ts';
import { oneOf, optional, rule } from '../values/rules.ts';
import { valueText } from '../values/value-text.ts';
import { isMissing } from './table/missing.ts';
import { taking } from './options.ts';

/** The order in which a date with slashes or points has its parts: `31/12/2012` is `dmy`, `12/31/2012` is `mdy`. */
export type DateOrder = 'dmy' | 'mdy';

/** A date as text, or a cell that may lack one. */
type Cell = string | null | undefined;

/** The parts of a date and time, as they are written. */
interface Moment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Hours since midnight. */
  readonly hours: number;
  /** Whether a month alone is written. */
  readonly isMonth: boolean;
}

const CALL = {
  args: [
    rule(
      'a date as text',
      (value) => value === undefined || value === null || typeof value === 'string',
      'give a cell',
    ),
    optional(oneOf('dmy', 'mdy')),
  ],
};

const reader = <T>(name: string, of: (moment: Moment) => T) =>
  taking(name, CALL, (date: Cell, order?: DateOrder): T | undefined => {
    const moment = momentOf(date, order);
    return moment && of(moment);
  });

/**
 * Returns the year of a date that is written as `2012-12-31`, `2012-12-31 18:30`, `20121231`, `Dec 31, 2012`, `31 December 2012` or, in this order, as `31/12/2012`
 * or `31/12/12`, with or without the day of the week; undefined if it is missing. A month alone, `2012-12`, `12/2012` or `Dec 2012`, is its first day. Times are taken as they are written, with `AM` or `PM` or up to 24
 * hours, whatever their zone. Throws an `InvalidData` for other text.
 */
export const yearOf = reader('yearOf', ({ year }) => year);

/** Returns the month of a date, from 1 to 12; undefined if it is missing. Dates are written as for `yearOf`. */
export const monthOf = reader('monthOf', ({ month }) => month);

/**
 * Returns the day of the week of a date, from 1, Monday, to 7; undefined if it is missing. Dates are written as for `yearOf`. Throws an
 * `InvalidData` for a month alone.
 */
export const weekdayOf = reader('weekdayOf', ({ year, month, day, isMonth }) => {
  if (isMonth)
    throw new InvalidData(
      `expected a date with its day, got a month alone, ${year}-${month}; take its month, season or year`,
    );
  return ((timeOf(year, month, day).getUTCDay() + 6) % 7) + 1;
});

/** Returns the hour of a date and time, from 0 to 23; undefined if it is missing. Dates are written as for `yearOf`. */
export const hourOf = reader('hourOf', ({ hours }) => Math.floor(hours));

/**
 * Returns the time of the year of a date, from 0 to 1, as a point on a circle: [sin 2πt, cos 2πt], which has no jump at New Year.
 * Undefined if it is missing. Dates are written as for `yearOf`.
 */
export const seasonOf = reader('seasonOf', ({ year, month, day, hours }) => {
  const begin = timeOf(year, 1, 1).getTime();
  const length = timeOf(year + 1, 1, 1).getTime() - begin;
  return circle((timeOf(year, month, day).getTime() - begin + hours * HOUR) / length);
});

/** Returns the time of day of a date and time as a point on a circle, as `seasonOf` does that of the year. */
export const timeOfDay = reader('timeOfDay', ({ hours }) => circle(hours / 24));

const circle = (share: number): readonly [sine: number, cosine: number] => [
  Math.sin(2 * Math.PI * share),
  Math.cos(2 * Math.PI * share),
];

const HOUR = 3_600_000;

const timeOf = (year: number, month: number, day: number): Date => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date;
};

const TIME = String.raw`(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:Z|(?:UTC|GMT)?(?:[+-]\d{2}:?\d{2})?))?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})${TIME}$`);
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${TIME}$`);
/** What may as well begin with its year. */
const ANY_ORDER = /^\d{1,2}-\d{1,2}-\d{2}(?!\d)/;

const MONTH = String.raw`(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?`;
const NAMED_FIRST = new RegExp(String.raw`^${MONTH} (\d{1,2}),? (\d{4})${TIME}$`, 'i');
const NAMED_SECOND = new RegExp(String.raw`^(\d{1,2})[- ]${MONTH}[- ,]+(\d{4}|\d{2})${TIME}$`, 'i');
const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+/i;
const NAMES = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** A month alone, its number or name last or first; `2012.12` is a number. */
const MONTH_LAST = /^(\d{4})[-/](\d{1,2})$/;
const MONTH_FIRST = new RegExp(String.raw`^(?:(\d{1,2})[-/]|${MONTH}[ -])(\d{4})$`, 'i');

/** Returns the first day of a month that is written alone; undefined for other text. */
const firstDay = (text: string): string | undefined => {
  const [, year, month] = MONTH_LAST.exec(text) ?? [];
  if (year !== undefined) return `${year}-${month}-1`;
  const [, number, name, after] = MONTH_FIRST.exec(text) ?? [];
  return after && `${after}-${number ?? numberOf(name)}-1`;
};

/** Returns a year, of two digits that of POSIX: 69 to 99 are of the last century. */
const yearIn = (digits: number): number => digits + (digits >= 100 ? 0 : digits >= 69 ? 1900 : 2000);

const numberOf = (month = ''): number => NAMES.indexOf(month.slice(0, 3).toLowerCase()) + 1;

/** Returns a date whose month is an English name with the year first, as the other formats are read: `1998-6-12 18:30`. */
const withNumbers = (text: string): string => {
  const first = NAMED_FIRST.exec(text);
  const second = NAMED_SECOND.exec(text);
  const [month = '', day = '', year = ''] = first?.slice(1) ?? [second?.[2], second?.[1], second?.[3]];
  if (year === '') return text;
  const [hour, minute = '', seconds] = (first ?? second)?.slice(4) ?? [];
  const time = hour === undefined ? '' : ` ${hour}:${minute}${seconds === undefined ? '' : `:${seconds}`}`;
  return `${yearIn(Number(year))}-${numberOf(month)}-${day}${time}`;
};

/** Returns a date whose time has its hours from 0 to 23: `3:11 PM` is 15:11. */
const withHours = (text: string): string =>
  text.replace(/\b(0?[1-9]|1[0-2])((?::\d{2}){1,2}(?:[.,]\d+)?)\s*([ap])\.?m\.?$/i, (_, hour, rest, half) => {
    const hours = (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
    return `${hours}${rest}`;
  });

/**
 * Returns the time of a date in milliseconds, as it is written; undefined if it is missing.
 *
 * @throws InvalidData for other text, and for a date of which nobody knows whether the day or the month is first.
 */
export const momentIn = (date: string): number | undefined => {
  const moment = momentOf(date, undefined);
  return moment && timeOf(moment.year, moment.month, moment.day).getTime() + moment.hours * HOUR;
};

/** Returns the parts of a date; undefined if the cell is empty or says that it is missing. */
const momentOf = (date: Cell, order: DateOrder | undefined): Moment | undefined => {
  const text = withHours((date ?? '').trim().replace(WEEKDAY, ''));
  if (isMissing(text, new Set())) return undefined;
  const month = firstDay(text);
  const first = YEAR_FIRST.exec(month ?? withNumbers(text));
  const last = first || ANY_ORDER.test(text) ? null : YEAR_LAST.exec(text);
  const [, a, , b, c, ...time] = (first ?? last ?? []).map(Number);
  const [hour = 0, minute = 0, second = 0] = time.map((part) => (Number.isNaN(part) ? 0 : part));
  const hours = hour + minute / 60 + second / 3600;
  if (first && a !== undefined && b !== undefined && c !== undefined && isDate(a, b, c, hours))
    return { year: a, month: b, day: c, hours, isMonth: month !== undefined };
  // Only one order may be possible; points are the sign of day, month, year.
  const known = order ?? (last?.[2] === '.' || Number(a) > 12 ? 'dmy' : Number(b) > 12 ? 'mdy' : undefined);
  if (last && a !== undefined && b !== undefined && c !== undefined && known !== undefined) {
    const parts = known === 'dmy' ? { day: a, month: b } : { day: b, month: a };
    const year = yearIn(c);
    if (isDate(year, parts.month, parts.day, hours)) return { year, ...parts, hours, isMonth: false };
  }
  const remedy =
    last && known === undefined ? "say in which order: monthOf(date, 'dmy')" : 'correct it, or leave the cell empty';
  throw new InvalidData(`expected a date such as 2012-12-31, got ${valueText(text)}; ${remedy}`);
};

const isDate = (year: number, month: number, day: number, hours: number): boolean => {
  const date = timeOf(year, month, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month >= 1 && hours < 24;
};
