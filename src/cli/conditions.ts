import { classCountOf } from '../values/class-count.ts';
import { InvalidData } from '../errors.ts';
import { listColumns } from '../data/table/list-columns.ts';
import { columnFor } from './named-columns.ts';
import type { Header } from '../data/table/lines.ts';
import { numeralReader } from '../data/table/numerals.ts';
import { isMissing } from '../data/table/missing.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import type { Condition } from '../signature.ts';
import { classTexts } from '../values/element-names.ts';
import { classFinder, isNumeral } from '../values/classes.ts';
import { list } from '../values/value-text.ts';
import type { Setting } from '../values/drawn-rows.ts';
import { own } from '../values/own.ts';
import { tableAt } from './table-files.ts';

/** The texts that `--set name=text` gave for a condition, in order. */
export type Settings = ReadonlyMap<string, readonly string[]>;

/** Reads an image file as pixels of [height, width, channels] from 0 to 1. */
export type ReadImage = (path: string, name: string, condition: Condition) => Promise<Float32Array>;

/**
 * Returns settings by the names of conditions. A condition may also be called as its column in the data that the model was trained on
 * (`recorded`), or as a column whose name `init` has changed to it: `Ship Mode` is `Ship_Mode`.
 */
export const byCondition = (
  conditions: Readonly<Record<string, Condition>>,
  recorded: Readonly<Record<string, readonly string[]>>,
  settings: Settings,
): Settings => {
  const names = Object.keys(conditions);
  const meant = (given: string): string =>
    names.find((name) => name === given) ??
    names.find((name) => own(recorded, name)?.join() === given) ??
    names.find((name) => columnFor(name, [given]) !== undefined) ??
    given;
  const found = new Map<string, readonly string[]>();
  for (const [given, texts] of settings) found.set(meant(given), [...(found.get(meant(given)) ?? []), ...texts]);
  return found;
};

/**
 * Returns the rows that settings request: each combination of the conditions' values, the last condition changing fastest. A
 * class is given by its name or by its number, several separated by commas, all by `all`; a single number likewise; a list of
 * numbers separated by commas; an image by the path of a PNG, JPEG or WebP file. A condition that is set twice has both values.
 *
 * @throws InvalidData for a condition that is missing or unknown; whether a value fits is checked by the runtime.
 */
export async function combinations(
  conditions: Readonly<Record<string, Condition>>,
  settings: Settings,
  readImage: ReadImage,
): Promise<readonly Readonly<Record<string, Setting>>[]> {
  const names = Object.keys(conditions);
  for (const name of settings.keys())
    if (!Object.hasOwn(conditions, name))
      throw new InvalidData(`${name}: expected a condition of this model, got another; set ${names.join(', ')}`);
  let rows: readonly Readonly<Record<string, Setting>>[] = [{}];
  for (const [name, condition] of Object.entries(conditions)) {
    const texts = settings.get(name);
    // What may be missing is, unless it is set; a mask follows from that.
    if (texts === undefined && (condition.mask || condition.maskOf !== undefined)) continue;
    if (texts === undefined)
      throw new InvalidData(`${name}: expected ${wanted(condition)}, got none; give --set ${name}=…`);
    const values = await Promise.all(texts.map((text) => valuesOf(name, condition, [text], readImage)));
    rows = rows.flatMap((row) => values.flat().map((setting) => ({ ...row, [name]: setting })));
  }
  return rows;
}

/**
 * Returns the rows of a table, one combination each: its columns are called as the conditions are, or as the data were that the model was
 * trained on (`recorded`); others are ignored. A cell holds what `--set` would be given for it, of one value; what may be missing is, if its
 * cell is empty or it has no column.
 *
 * @throws InvalidData for another condition that has no column, and for a cell of several values.
 */
export async function rowsOf(
  conditions: Readonly<Record<string, Condition>>,
  recorded: Readonly<Record<string, readonly string[]>>,
  path: string,
  readImage: ReadImage,
): Promise<readonly Readonly<Record<string, Setting>>[]> {
  // A mask follows from what is missing.
  const given = Object.entries(conditions).filter(([, { maskOf }]) => maskOf === undefined);
  const file = await tableAt(path);
  const numeral = numeralReader(file);
  const others = new Set(file.missingValues);
  const lines: (readonly [cells: readonly string[], line: number | string])[] = [];
  let places: readonly (readonly number[])[] = [];
  await file.rows((header: Header) => {
    places = given.map(([name, condition]) => placesOf(name, condition.dataShape, own(recorded, name), header));
    const [missing] = given.find(([, { mask }], i) => !mask && places[i]?.length === 0) ?? [];
    const needed = given.filter(([, { mask }]) => !mask).map(([name]) => name);
    if (missing !== undefined)
      throw new InvalidData(
        `${path}: expected a column for each condition (${list(needed)}), got none for ${missing}; name one so`,
      );
    return (...line) => void lines.push(line);
  });
  if (lines.length === 0)
    throw new InvalidData(`${path}: expected a ${file.unit} for each combination, got none; write at least one`);
  const rows = lines.map(async ([cells, line]) => {
    const each = given.map(async ([name, condition], i) => {
      const own = (places[i] ?? []).map((place) => cells[place] ?? '');
      // In a list in one cell commas separate numbers, whatever they do in the other cells.
      const isNumber = condition.kind === 'continuous' && own.length === size(condition.dataShape);
      const texts = isNumber ? own.map(numeral) : own;
      const text = texts.join(',');
      if (condition.mask && texts.every((one) => isUnknown(condition, one, others))) return [name, UNKNOWN] as const;
      const [setting, ...more] = await valuesOf(name, condition, texts, readImage);
      if (!setting || more.length > 0)
        throw new InvalidData(
          `${path}, ${file.unit} ${line}: expected one value of ${name}, got ${text}; give a ${file.unit} for each`,
        );
      return [name, setting] as const;
    });
    return Object.fromEntries(await Promise.all(each));
  });
  return Promise.all(rows);
}

/** Returns where the columns of a condition are: those that are recorded, or else the one of its name, or a list's; none if it has none. */
const placesOf = (
  name: string,
  shape: Shape,
  recorded: readonly string[] | undefined,
  header: Header,
): readonly number[] => {
  const column = columnFor(name, header);
  const isThere = recorded?.every((each) => header.includes(each)) === true;
  const columns = isThere ? recorded : column === undefined ? listColumns(name, shape, header) : [column];
  return (columns ?? []).map((each) => header.indexOf(each));
};

/** A value that is missing, as a model takes it and as samples show it. */
const UNKNOWN: Setting = { value: null, text: '' };

/** Whether a text denotes a missing value, by itself or as one of these texts, rather than a class of this name, such as `NA`. */
const isUnknown = ({ classes }: Condition, text: string, others: ReadonlySet<string> = new Set()): boolean =>
  isMissing(text, others) && !(typeof classes === 'object' && classes.includes(text));

/** Returns the values that a text lists, separated by commas, or the one whose elements are in several texts. */
const valuesOf = async (
  name: string,
  condition: Condition,
  texts: readonly string[],
  readImage: ReadImage,
): Promise<readonly Setting[]> => {
  const { kind, dataShape, classes, mask } = condition;
  const text = texts.join(',');
  if (kind === 'image') return [{ value: await readImage(text, name, condition), text }];
  const known = typeof classes === 'object' ? classes : [];
  const setting = kind === 'categorical' ? classOf(condition) : numberOf;
  if (kind === 'categorical' && text === 'all' && dataShape.length === 0 && !known.includes('all'))
    return classTexts(condition).map(setting);
  const isWhole = texts.length > 1 || known.includes(text);
  const parts = isWhole ? texts : text.split(',').map((part) => part.trim());
  // Elements of what may be missing may be, each by itself.
  const settings = parts.map((part) => (mask && isUnknown(condition, part) ? UNKNOWN : setting(part)));
  if (dataShape.every((length) => length === 1)) return settings;
  return [{ value: settings.map(({ value }) => value), text: settings.map((each) => each.text).join(',') }];
};

const numberOf = (text: string): Setting => ({ value: isNumeral(text) ? Number(text) : text, text });

/** Returns a function that reads a class by its name, or by its number, which is converted to its name if it has one. */
const classOf = ({ classes, shape }: Condition): ((text: string) => Setting) => {
  const find = classFinder(classes ?? shape.at(-1) ?? 0);
  return (text) => {
    const named = typeof classes === 'object';
    const exact = named && classes.includes(text);
    const value = exact || !isNumeral(text) ? text : Number(text);
    const index = find(value);
    // A text that is not a class is left for the runtime to refuse.
    if (!(index >= 0)) return { value, text };
    const name = named ? (classes[index] ?? text) : `${index}`;
    return { value: named ? name : index, text: name };
  };
};

const wanted = (condition: Condition): string => {
  const { kind, shape, dataShape, classes } = condition;
  if (kind === 'image') return `an image file (PNG, JPEG, WebP) of ${shape[1]} × ${shape[0]} pixels`;
  const names = typeof classes === 'object' ? list(classes) : `0 to ${classCountOf(condition) - 1}`;
  if (kind === 'categorical') return dataShape.length === 0 ? `a class (${names})` : `classes of ${show(dataShape)}`;
  return dataShape.every((length) => length === 1) ? 'a number' : `numbers of ${show(dataShape)}`;
};
