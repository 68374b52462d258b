import { size } from '../shape/size.ts';
import type { Condition, TargetSignature } from '../signature.ts';

/** Values of one variable in the form that files take: `rows` of `size` numbers, one after the other. */
export interface Rows {
  readonly rows: number;
  readonly size: number;
  readonly data: Float32Array;
}

/**
 * A condition, reduced to the part of its description that determines how values are given; or a target, or its mask, of a batch
 * to train on.
 */
export interface Variable extends Pick<
  Condition,
  'kind' | 'shape' | 'dataShape' | 'classes' | 'scaling' | 'mask' | 'maskOf' | 'knownOf'
> {
  /** [height, width, channels] of a target that is an image. */
  readonly image?: TargetSignature['image'];
  /**
   * For numbers from 0 to 1: how bytes are read. As `pixels`, where 255 means 1 (as for images); as `coins`, where bytes that are
   * all 0 or 1 keep their values; or `as they are`. Other numbers are unbounded.
   */
  readonly unit?: 'pixels' | 'coins' | 'as they are';
  /** Whether these are numbers of a target in the data's own units, which float32 may round, as it rounds those to train on. */
  readonly rounded?: boolean;
}

/** Conditions as rows, each with one row or with as many as the longest. */
export interface Encoded {
  readonly rows: number;
  readonly values: Readonly<Record<string, Rows>>;
}

/**
 * Encodes conditions in the forms that most calls use: a class that is a name, or a number if classes have no names; a number; or
 * a list of these; or the numbers or pixels of one value in an array. Returns undefined for everything else, valid or not, which
 * `values.ts` handles; a page loads that only when necessary.
 */
export const usual = (
  conditions: Readonly<Record<string, Variable>>,
  given: Readonly<Record<string, unknown>>,
): Encoded | undefined => {
  const names = Object.keys(conditions);
  // Members of a prototype are never a condition's value, whatever the condition is called.
  if (!given || Object.keys(given).length !== names.length || !names.every((name) => Object.hasOwn(given, name)))
    return undefined;
  const values: Record<string, Rows> = {};
  let rows = 1;
  for (const [name, condition] of Object.entries(conditions)) {
    const value = usualValue(condition, given[name]);
    if (!value || (value.rows > 1 && rows > 1 && value.rows !== rows)) return undefined;
    values[name] = value;
    rows = Math.max(rows, value.rows);
  }
  return { rows, values };
};

/** The same for one variable. */
export const usualValue = (variable: Variable, value: unknown): Rows | undefined => {
  const { kind, shape, dataShape } = variable;
  const length = size(shape);
  const plain = Array.isArray(value);
  const list = plain || value instanceof Float32Array ? value : [value];
  // A Float32Array is a blend of classes, a plain list several of them.
  const one = kind === 'categorical' ? list !== value || plain || shape.length === 0 : length === 1;
  if (one ? dataShape.length > 1 || list.length === 0 : list.length !== length) return undefined;
  if (one && kind === 'categorical') return dataShape.length === 0 ? oneHot(variable, list) : undefined;
  const data = new Float32Array(list.length);
  for (let i = 0; i < data.length; i++) {
    if (typeof list[i] !== 'number' || !fits(variable, i, list[i])) return undefined;
    data[i] = list[i];
  }
  return { rows: data.length / length, size: length, data };
};

const oneHot = ({ classes, shape: [count = 0] }: Variable, labels: ArrayLike<unknown>): Rows | undefined => {
  const data = new Float32Array(labels.length * count);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    const index = typeof classes !== 'object' ? label : typeof label === 'string' ? classes.indexOf(label) : -1;
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= count) return undefined;
    data[i * count + index] = 1;
  }
  return { rows: labels.length, size: count, data };
};

/** Whether a number is finite, within its bounds, and preserved by float32. */
export const fits = ({ kind, unit, scaling }: Variable, at: number, value: number): boolean => {
  const kept = Math.fround(value);
  if (unit || kind === 'image') return kept >= 0 && kept <= 1;
  const lost = Math.abs(kept - value);
  // The loss must be negligible compared with the data's standard deviation; if that is unknown, whole numbers must stay whole.
  if (scaling) return lost <= 1e-3 * (scaling.deviation[at % scaling.deviation.length] ?? 1);
  return lost === 0 || (Number.isFinite(kept) && !Number.isSafeInteger(value));
};
