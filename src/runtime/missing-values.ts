import { size } from '../shape/size.ts';
import { isList } from '../values/lists.ts';
import type { Rows, Variable } from './variable.ts';

/** How values that are known are encoded, and rows of several values joined. */
interface Forms {
  readonly encodeValue: (name: string, variable: Variable, value: unknown) => Rows;
  readonly joined: (parts: readonly Rows[]) => Rows;
  /** Returns lists within lists that are one value as one list. */
  readonly unnested: (variable: Variable, value: unknown) => readonly unknown[] | undefined;
}

const isMissing = (value: unknown): boolean => value === undefined || value === null || Number.isNaN(value);

/**
 * Encodes values of a condition of which some may be missing, and its mask. A value is missing if it is null, undefined or NaN, and so
 * is an element of a list.
 *
 * @throws InvalidData as `encodeValue`.
 */
export const encodeKnown = (
  { encodeValue, joined, unnested }: Forms,
  name: string,
  condition: Variable,
  value: unknown,
): readonly [known: Rows, mask: Rows] => {
  const { shape, dataShape, classes } = condition;
  const length = size(dataShape);
  // Its value does not matter, but it must be one.
  const any = typeof classes === 'object' ? classes[0] : 0;
  const encode = (one: unknown, counts: (place: number) => number): readonly [Rows, Rows] => {
    const known = encodeValue(name, condition, one);
    const mask = Float32Array.from({ length: known.rows * length }, (_, i) => counts(i % length));
    return [known, { rows: known.rows, size: length, data: mask }];
  };
  const single = (one: unknown): readonly [Rows, Rows] => {
    if (isMissing(one)) {
      const none = (elements: number): Rows => ({ rows: 1, size: elements, data: new Float32Array(elements) });
      return [none(size(shape)), none(length)];
    }
    const items = isList(one) && one.length === length && length > 1 ? Array.from(one) : [];
    if (!items.some(isMissing)) return encode(one, () => 1);
    const filled = items.map((item) => (isMissing(item) ? any : item));
    return encode(filled, (place) => Number(!isMissing(items[place])));
  };
  const whole = unnested(condition, value);
  if (whole) return single(whole);
  // A plain list is a batch of values, unless its elements are those of one value.
  const isBatch = Array.isArray(value) && (value.length !== length || length === 1 || value.some(isList));
  if (!isBatch || value.length === 0) return single(value);
  const each = Array.from(value, (one: unknown) => single(unnested(condition, one) ?? one));
  return [joined(each.map(([known]) => known)), joined(each.map(([, mask]) => mask))];
};
