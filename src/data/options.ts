import { InvalidData } from '../errors.ts';
import { isNumberList } from '../values/lists.ts';
import { callRefusal, isPlain, isWhole, meant, nameRule, rule, type Call, type Rule } from '../values/rules.ts';
import { list, received } from '../values/value-text.ts';
import { PARTS, type Dataset, type Examples } from './dataset.ts';
import { isDataset, isExamples } from './data-forms.ts';

/** Refuses options that are not an object, or have names other than these: an option without effect is a mistake. */
export const checkOptions = (where: string, options: unknown, known: readonly string[]): void => {
  if (!isPlain(options))
    throw new InvalidData(`${where}: expected options as an object, got ${received(options)}; give { ${list(known)} }`);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new InvalidData(`${where}: expected the options ${list(known)}, got ${unknown}; ${meant(unknown, known)}`);
};

/** Refuses an invalid value of an option. */
export const checkOption = (where: string, name: string, right: boolean, what: string, value: unknown): void => {
  if (!right) throw new InvalidData(`${where}: expected ${what} as ${name}, got ${received(value)}; correct it`);
};

/**
 * Checks the arguments of a call. @throws InvalidData for arguments that a function does not take, and for invalid columns of
 * data.
 */
export const checkCall = (where: string, call: Call, args: readonly unknown[]): void => {
  const sentence = callRefusal(call, args, received);
  if (sentence !== undefined) throw new InvalidData(`${where}: ${sentence}`);
  for (const given of args) if (isExamples(given) || isDataset(given)) checkColumns(where, given);
};

/**
 * Checks the columns of data made by hand, which may hold anything; `toDataset` reads more forms than the functions that change
 * datasets.
 */
const checkColumns = (where: string, given: Examples | Dataset): void => {
  const parts = isDataset(given) ? PARTS.map((part) => given[part]) : [given];
  for (const { columns } of parts.filter(isExamples))
    for (const [name, column] of Object.entries(columns)) {
      const { shape, data, scale }: Readonly<Record<string, unknown>> = Object(column);
      const isShape = Array.isArray(shape) && shape.every((length) => isWhole(length, 0));
      const [what, value] = !isShape ? ['shape', shape] : !isNumberList(data) ? ['data', data] : ['scale', scale];
      if (isShape && isNumberList(data) && typeof scale === 'number') continue;
      throw new InvalidData(
        `${where}: expected ${name} as { shape, data, scale }, data a typed array of numbers, got ${received(value)} as ${what}; give it so, or what toDataset makes of it`,
      );
    }
};

/** Wraps a function so that it checks its arguments, for code without static types. */
export const taking = <F extends (...args: never[]) => unknown>(name: string, call: Call, f: F): F => {
  const checked = (...args: never[]): unknown => {
    checkCall(name, call, args);
    return f(...args);
  };
  // Has the same parameters and result as `f`.
  return checked as F;
};

/** The same for a function that returns a promise, which is rejected instead. */
export const reading = <F extends (...args: never[]) => Promise<unknown>>(name: string, call: Call, f: F): F => {
  const checked = async (...args: never[]): Promise<unknown> => {
    checkCall(name, call, args);
    return f(...args);
  };
  // As above.
  return checked as F;
};

/** The argument of a change to a dataset. */
export const DATASET: Rule = rule('a dataset', isDataset, 'give one such as await digits()');

/** The rule for some examples. */
export const EXAMPLES: Rule = rule('examples', isExamples, 'give a part of a dataset, such as dataset.train');

/** The rule for the name of a column other than y, so that a condition can have the same name. */
export const COLUMN: Rule = rule(
  'a name of letters, digits and _, other than y and mask,',
  (value) => nameRule(false).holds(value) && value !== 'y' && value !== 'mask',
  'name the condition',
);

/** Whether a value is the address of a file, from any realm. */
const hasFileUrl = (value: unknown): boolean => {
  const { protocol, href }: { readonly protocol?: unknown; readonly href?: unknown } = Object(value);
  return protocol === 'file:' && typeof href === 'string';
};

/** The rule for the path of a file or a folder: text, or a `file:` address such as `new URL('rows.csv', import.meta.url)`. */
export const PATH: Rule = rule(
  'a path',
  (value) => (typeof value === 'string' ? value !== '' : hasFileUrl(value)),
  'say where the data are',
);

/** Whether a value is the number of classes, or their names. */
export const isClasses = (value: unknown): boolean =>
  typeof value === 'number' ? Number.isSafeInteger(value) && value >= 2 : isNames(value) && value.length >= 2;

/** Whether a value is a list of distinct names. */
export const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((one) => typeof one === 'string' && one !== '') &&
  new Set(value).size === value.length;
