import { size } from '../shape/size.ts';
import type { TargetSignature } from '../signature.ts';
import { classCountOf } from '../values/class-count.ts';
import { classFinder } from '../values/classes.ts';
import { isList } from '../values/lists.ts';
import { hasMask } from '../values/mask-name.ts';

/**
 * Fills what is null behind the end of sequences, where nothing counts: so samples are written. What is null before the end is missing, and
 * stays so, as does what a mask says the same of.
 */
export const filledBehindEnd = (
  { targets = {} }: Pick<TargetSignature, 'targets'>,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const ending = Object.entries(targets).find(([, { end }]) => end !== undefined);
  if (ending === undefined) return given;
  const [name, { end, classes, dataShape }] = ending;
  const [steps = 1] = dataShape;
  const find = classFinder(classes ?? classCountOf(ending[1]));
  const isEnd = (one: unknown): boolean => one !== null && one !== undefined && find(one) === end;
  const lengthOf = (one: unknown): number =>
    isList(one) && one.length === steps ? Array.from(one).findIndex(isEnd) : -1;
  const more = given[name];
  const isBatch = Array.isArray(more) && isList(more[0]);
  const others = Object.entries(targets).flatMap(([other, target]) => {
    const value = given[other];
    if (other === name || hasMask(target) || target.dataShape[0] !== steps || !Array.isArray(value)) return [];
    const filler = typeof target.classes === 'object' ? target.classes[0] : 0;
    const width = size(target.dataShape) / steps;
    const fill = (one: unknown, length: number): unknown =>
      length < 0 || !Array.isArray(one) || one.length % steps !== 0
        ? one
        : one.map((item: unknown, i) =>
            i * steps < length * one.length ? item : filled(item, filler, one.length === steps ? width : 1),
          );
    return [
      [other, isBatch ? value.map((one: unknown, i) => fill(one, lengthOf(more[i]))) : fill(value, lengthOf(more))],
    ];
  });
  return { ...given, ...Object.fromEntries(others) };
};

/** Fills a step, or one of its numbers. */
const filled = (item: unknown, filler: unknown, width: number): unknown => {
  if (Array.isArray(item)) return item.map((one: unknown) => one ?? filler);
  return item ?? (width > 1 ? Array.from({ length: width }, () => filler) : filler);
};
