import { same } from '../shape/same.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import type { Condition } from '../signature.ts';
import { isFloats } from '../values/lists.ts';
import { refuse } from './refusal.ts';
import type { GivenTensor } from './request.ts';

/**
 * Returns the values of a condition, one for each row, as `sample` of the runtime takes them: classes by name or number, in the shape of the
 * data, or as weights of a blend; numbers; pixels from 0 to 1, or bytes. `sample` checks them.
 *
 * @throws Refusal for a tensor of another shape.
 */
export const conditionOf = (
  name: string,
  { kind, shape, dataShape }: Pick<Condition, 'kind' | 'shape' | 'dataShape'>,
  { shape: given, data }: GivenTensor,
): readonly unknown[] => {
  const [rows = 0, ...rest] = given;
  // One number a row may have an axis of its own.
  const isOne = size(dataShape) === 1 && size(rest) === 1 && rest.length <= 1;
  const isBlend = kind === 'categorical' && !isOne && isFloats(data) && same(rest, shape);
  if (rows < 1 || !(isOne || isBlend || same(rest, dataShape)))
    throw refuse(`${name}: expected ${show(['N', ...dataShape])}, got ${show(given)}; send rows of this shape`);
  if (isOne) return Array.from<unknown>(data);
  const length = data.length / rows;
  const rowOf = (row: number) => [row * length, (row + 1) * length] as const;
  return Array.from({ length: rows }, (_, row) =>
    ArrayBuffer.isView(data) ? data.subarray(...rowOf(row)) : data.slice(...rowOf(row)),
  );
};
