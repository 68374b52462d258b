import { InvalidData } from '../errors.ts';
import type { Condition } from '../signature.ts';
import { sizeOf } from './size.ts';

/** Values of one variable as files take them: `rows` of `size` numbers, one after the other. */
export interface Rows {
  readonly rows: number;
  readonly size: number;
  readonly data: Float32Array;
}

/** A condition by the part of its description that says how values are given. */
export type Variable = Pick<Condition, 'kind' | 'shape' | 'dataShape' | 'classes'>;

/**
 * All conditions as rows, each with one row or with as many as the longest; throws an `InvalidData` that names the condition
 * for one that is missing, unknown, out of range or of the wrong size.
 */
export const encodeConditions = (
  conditions: Readonly<Record<string, Variable>>,
  given: Readonly<Record<string, unknown>>,
): { readonly rows: number; readonly values: Readonly<Record<string, Rows>> } => {
  const names = Object.keys(conditions);
  for (const name of Object.keys(given))
    if (!Object.hasOwn(conditions, name))
      throw new InvalidData(`${name}: expected conditions of this model, got another; give ${names.join(', ')}`);
  const values: Record<string, Rows> = {};
  for (const [name, condition] of Object.entries(conditions)) values[name] = encodeValue(name, condition, given[name]);
  const rows = Math.max(1, ...Object.values(values).map((value) => value.rows));
  const odd = Object.entries(values).find(([, value]) => value.rows !== 1 && value.rows !== rows);
  if (odd !== undefined)
    throw new InvalidData(
      `${odd[0]}: expected one value or ${rows}, as of the other conditions, got ${odd[1].rows}; give as many of each`,
    );
  return { rows, values };
};

/**
 * One value of a variable, or several, as rows. A plain array is a batch of values, unless its numbers are those of one
 * value. A class is given by number or name, or as a blend: a Float32Array of weights (in a batch, any array of weights).
 * Pixels are numbers from 0 to 1, or bytes. A list that is k times as long as a value is k values.
 */
export const encodeValue = (name: string, variable: Variable, value: unknown): Rows => {
  if (value === undefined || value === null)
    throw new InvalidData(`${name}: expected ${described(variable)}, got nothing; give this condition`);
  if (Array.isArray(value)) {
    if (value.length === 0)
      throw new InvalidData(`${name}: expected ${described(variable)}, or several, got an empty list; give one`);
    if (value.some((item) => typeof item !== 'number') || sizeOf(variable.dataShape) === 1)
      return joined(value.map((item) => encodeOne(name, variable, item)));
  }
  return isList(value) && isClasses(variable, value) ? oneHot(name, variable, value) : encodeOne(name, variable, value);
};

const encodeOne = (name: string, variable: Variable, value: unknown): Rows => {
  const { kind, shape, dataShape } = variable;
  if (typeof value === 'number' || typeof value === 'string')
    return kind === 'categorical' ? oneHot(name, variable, [value]) : numbers(name, variable, [value]);
  if (!isList(value)) throw new InvalidData(`${name}: expected ${described(variable)}, got ${told(value)}; mend it`);
  if (kind === 'image' && isBytes(value))
    return { ...rowsOf(name, variable, value, sizeOf(shape)), data: Float32Array.from(value, (byte) => byte / 255) };
  if (dataShape.length > 0 && isClasses(variable, value)) return oneHot(name, variable, value);
  return numbers(name, variable, value);
};

/** Whether a list holds class indices; a list of floats holds weights. */
const isClasses = ({ kind }: Variable, list: ArrayLike<unknown>): boolean =>
  kind === 'categorical' && !(list instanceof Float32Array || list instanceof Float64Array);

/** Class indices or names, `dataShape` of them a row, one-hot on the last axis. */
const oneHot = (name: string, variable: Variable, labels: ArrayLike<unknown>): Rows => {
  const names = typeof variable.classes === 'object' ? variable.classes : [];
  const count = variable.shape.at(-1) ?? 0;
  const { rows } = rowsOf(name, variable, labels, sizeOf(variable.dataShape));
  const data = new Float32Array(rows * sizeOf(variable.shape));
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    const index = typeof label === 'string' ? names.indexOf(label) : label;
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= count) {
      const blend = typeof label === 'number' && !Number.isInteger(label);
      throw new InvalidData(
        `${name}: expected ${described(variable)}, got ${told(label)}; ` +
          (blend ? `a blend of classes is a Float32Array of ${count} weights` : 'give one of these'),
      );
    }
    data[i * count + index] = 1;
  }
  return { rows, size: sizeOf(variable.shape), data };
};

const numbers = (name: string, variable: Variable, values: ArrayLike<unknown>): Rows => {
  const shaped = rowsOf(name, variable, values, sizeOf(variable.shape));
  const floats = values instanceof Float32Array;
  const data = floats ? values.slice() : new Float32Array(values.length);
  const most = variable.kind === 'image' ? 1 : Infinity;
  // Of a batch this is most of what we add to a call: what is read here is a float32 array in every turn.
  for (let i = 0; i < data.length; i++) {
    if (!floats) data[i] = typeof values[i] === 'number' ? Number(values[i]) : NaN;
    const value = data[i] ?? NaN;
    if (value - value === 0 && value <= most) continue;
    throw new InvalidData(
      value > most && value < Infinity
        ? `${name}: expected pixels from 0 to 1, got ${value} at ${i}; divide by 255, or give them as a Uint8Array`
        : `${name}: expected ${described(variable)}, got ${told(values[i])} at ${i}; mend it`,
    );
  }
  return { ...shaped, data };
};

/** How many rows of `size` there are in a list that holds nothing else. */
const rowsOf = (name: string, variable: Variable, list: ArrayLike<unknown>, size: number): Omit<Rows, 'data'> => {
  const rows = list.length / size;
  if (!Number.isInteger(rows) || rows === 0)
    throw new InvalidData(`${name}: expected ${described(variable)}, got ${list.length} numbers; give ${size}`);
  return { rows, size: sizeOf(variable.shape) };
};

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

const described = ({ kind, shape, dataShape, classes }: Variable): string => {
  const many = dataShape.length > 0 ? ` for each of [${dataShape.join(', ')}]` : '';
  if (kind === 'categorical')
    return `a class${many}, ${typeof classes === 'object' ? classes.join(' or ') : `0 to ${(shape.at(-1) ?? 0) - 1}`}`;
  if (kind === 'image') return `pixels of [${shape.join(', ')}]`;
  return sizeOf(shape) === 1 ? 'a number' : `numbers of [${shape.join(', ')}]`;
};

const told = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
};

const isBytes = (value: unknown): value is Uint8Array | Uint8ClampedArray =>
  value instanceof Uint8Array || value instanceof Uint8ClampedArray;

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
