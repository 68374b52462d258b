import { size } from '../shape/size.ts';
import { fits, type Encoded, type Rows, type Variable } from './variable.ts';

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
const usualValue = (variable: Variable, value: unknown): Rows | undefined => {
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
