import { size } from '../shape/size.ts';
import { isByIndex } from '../values/class-count.ts';
import { isBytes, isFloats, isList, typedKind } from '../values/lists.ts';
import { oneHot } from './class-values.ts';
import type * as Missing from './missing-values.ts';
import { checkChannels, fromPicture } from './picture-values.ts';
import { rowsOf } from './rows-of.ts';
import { refused } from './value-errors.ts';
import { fits, unitOf, viewOf, type Encoded, type Pixels, type Rows, type Variable } from './variable.ts';

export type { Rows, Variable } from './variable.ts';

/** Returns encoded conditions as the argument of a method: under a name that no condition can have. */
export const passed = (encoded: Encoded): Readonly<Record<string, unknown>> => ({ '~encoded': encoded });

/** The same of conditions whose values may be missing, which few models have. @throws InvalidData as `encodeConditions`. */
export const encodeAll = async (
  conditions: Readonly<Record<string, Variable>>,
  given: Readonly<Record<string, unknown>>,
): Promise<Encoded> => {
  const made: Encoded | undefined = Object(given)['~encoded'];
  if (made) return made;
  const masked = Object.values(conditions).some(({ mask }) => mask);
  return encodeConditions(conditions, given, masked ? await import('./missing-values.ts') : undefined);
};

/**
 * Encodes all conditions as rows. @throws InvalidData that names the condition for one that is missing, unknown, or does not fit.
 */
export const encodeConditions = (
  conditions: Readonly<Record<string, Variable>>,
  given: Readonly<Record<string, unknown>>,
  missing?: typeof Missing,
): Encoded => {
  const names = Object.keys(conditions);
  // `typeof null` is also an object, and an array has names of its own.
  if (typeof given !== 'object' || given === null || isList(given))
    throw refused('conditions', 'names', given, { names });
  for (const name of Object.keys(given))
    if (!Object.hasOwn(conditions, name)) throw refused(name, 'unknown', undefined, { names });
  const values: Record<string, Rows> = {};
  // A mask that is not given says what of its condition, which comes before it, is missing.
  const masks = new Map<string, Rows>();
  for (const [name, condition] of Object.entries(conditions)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (missing && condition.mask) {
      const [known, mask] = missing.encodeKnown({ encodeValue, joined, unnested }, name, condition, value);
      values[name] = known;
      masks.set(name, mask);
    } else
      values[name] = (value === undefined && masks.get(condition.maskOf ?? '')) || encodeValue(name, condition, value);
  }
  const rows = Math.max(1, ...Object.values(values).map((value) => value.rows));
  for (const [name, value] of Object.entries(values))
    if (value.rows !== 1 && value.rows !== rows) throw refused(name, 'rows', value.rows, { at: rows });
  return { rows, values };
};

/**
 * Encodes one value of a variable, or several, as rows. A plain array is a batch of values, unless its numbers or names are those
 * of one value. A class is given by its name or number (by the number that is its name, if names are numbers), or as a blend: a
 * Float32Array of weights (in a batch, any array of weights). Pixels are numbers from 0 to 1, bytes, or a page's `ImageData`. A
 * list that is k times as long as a value is k values, unless it consists of bytes that are pixels. Lists within lists are one value if
 * they have its axes.
 *
 * @throws InvalidData for anything else.
 */
export const encodeValue = (name: string, variable: Variable, value: unknown): Rows => {
  if (value === undefined || value === null) throw refused(name, 'missing', value, { variable });
  if (Array.isArray(value)) {
    if (value.length === 0) throw refused(name, 'empty', value, { variable });
    // With `Array.from`, which does not skip the holes of a sparse array.
    const one = unnested(variable, value);
    if (one) return encodeOne(name, variable, one);
    const items: unknown[] = Array.from(value);
    const hole = items.findIndex((item) => item === undefined || item === null);
    if (hole >= 0) throw refused(name, 'number', items[hole], { variable, at: hole });
    if (items.some((item) => typeof item === 'object') || size(variable.dataShape) === 1)
      return joined(items.map((item) => encodeOne(name, variable, unnested(variable, item) ?? item)));
  }
  return isList(value) && isClasses(variable, value) ? oneHot(name, variable, value) : encodeOne(name, variable, value);
};

/**
 * Returns lists within lists that are one value, [12, 6] of numbers or classes, as one list; undefined for other values. A last axis of 1
 * may be left out, as that of a grey picture. Bytes are none: as pixels they are other numbers.
 */
const unnested = ({ dataShape }: Variable, value: unknown): readonly unknown[] | undefined => {
  if (!Array.isArray(value) || !isList(value[0])) return undefined;
  let items: readonly unknown[] = [value];
  for (const length of dataShape) {
    const lists = items.filter(isList).filter((item) => item.length === length && !isBytes(item));
    if (lists.length === items.length) items = lists.flatMap((item) => Array.from(item));
    else if (length !== 1) return undefined;
  }
  return items.some(isList) ? undefined : items;
};

const encodeOne = (name: string, variable: Variable, value: unknown): Rows => {
  const { kind, dataShape } = variable;
  if (typeof value === 'number' || typeof value === 'string')
    return kind === 'categorical' ? oneHot(name, variable, [value]) : numbers(name, variable, [value]);
  if (isPicture(value) && unitOf(variable) && viewOf(variable)) return fromPicture(name, variable, value);
  if (!isList(value)) throw refused(name, 'kind', value, { variable });
  if (unitOf(variable) && isBytes(value)) return fromBytes(name, variable, value);
  if ((dataShape.length > 0 || isByIndex(variable)) && isClasses(variable, value)) return oneHot(name, variable, value);
  return numbers(name, variable, value);
};

/** Whether a list holds classes; a list of floats holds weights, if files take them. */
const isClasses = (variable: Variable, list: ArrayLike<unknown>): boolean =>
  variable.kind === 'categorical' && (!isFloats(list) || isByIndex(variable));

const numbers = (name: string, variable: Variable, values: ArrayLike<unknown>): Rows => {
  const shaped = rowsOf(name, variable, values, size(variable.shape));
  const unit = unitOf(variable);
  if (unit && unit !== 'as they are' && viewOf(variable)) checkChannels(name, variable, values);
  const exact = typedKind(values) === 'Float32Array';
  const data = new Float32Array(values.length);
  for (let i = 0; i < data.length; i++) {
    const value = values[i];
    const kept = (data[i] = typeof value === 'number' ? Math.fround(value) : NaN);
    if (!Number.isFinite(kept)) throw refused(name, 'number', value, { variable, at: i });
    if (fits(variable, i, exact ? kept : Number(value)) || (!unit && mayRound(variable))) continue;
    throw refused(name, unit ? 'range' : 'rounded', value, { variable, at: i });
  }
  return { ...shaped, data };
};

/**
 * Whether float32 may round whole numbers: those of targets in the data's own units (amounts, counts, columns as they are), and
 * of known values of them. Training accepted such numbers, and subtracting a constant from an amount would make another of it.
 */
const mayRound = ({ rounded, knownOf, scaling }: Variable): boolean =>
  !scaling && (rounded === true || knownOf !== undefined);

const fromBytes = (name: string, variable: Variable, bytes: ArrayLike<number>): Rows => {
  const unit = unitOf(variable);
  const data = new Float32Array(bytes.length);
  let most = 0;
  for (let i = 0; i < data.length; i++) most = Math.max(most, (data[i] = bytes[i] ?? 0));
  if (unit === 'as they are') return numbers(name, variable, data);
  const shaped = rowsOf(name, variable, bytes, size(variable.shape));
  // Bytes come from decoders and canvases, whose channels may differ.
  if (shaped.rows > 1) throw refused(name, 'channels', bytes, { variable, at: shaped.rows });
  if (most !== 1) return { ...shaped, data: data.map((byte) => byte / 255) };
  if (unit === 'coins') return { ...shaped, data };
  throw refused(name, 'binary', bytes, { variable });
};

const isPicture = (value: unknown): value is Pixels =>
  typeof value === 'object' && value !== null && 'width' in value && 'data' in value && isBytes(value.data);

const joined = (parts: readonly Rows[]): Rows => {
  const size = parts[0]?.size ?? 0;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const data = new Float32Array(rows * size);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { rows, size, data };
};
