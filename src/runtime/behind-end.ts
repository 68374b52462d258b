import { size } from '../shape/size.ts';
import type { TargetSignature } from '../signature.ts';
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
  // What is no object is refused by whoever reads it.
  if (ending === undefined || typeof given !== 'object' || given === null) return given;
  const [name, { end, classes, dataShape }] = ending;
  const [steps = 1] = dataShape;
  const isEnd = endFinder(classes, end);
  const lengthOf = (one: unknown): number =>
    isList(one) && one.length === steps ? Array.from(one).findIndex(isEnd) : -1;
  const more = given[name];
  const isBatch = Array.isArray(more) && isList(more[0]);
  const lengths = (isBatch ? more : [more]).map(lengthOf);
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
    const all = (isBatch ? value : [value]).map((one: unknown, i) => fill(one, lengths[i] ?? -1));
    return [[other, isBatch ? all : all[0]]];
  });
  return { ...given, ...Object.fromEntries(others) };
};

/** Returns what finds the class of an end: by its name, or by its number, which is its name if names are numbers. */
const endFinder = (classes: TargetSignature['classes'], end: number | undefined): ((one: unknown) => boolean) => {
  const names = typeof classes === 'object' ? classes : [];
  const name = names[end ?? -1];
  const number = names.some((one) => !Number.isNaN(Number(one))) ? Number(name) : end;
  return (one) => one !== undefined && (one === name || one === number);
};

/** Lists of values, typed or not. */
const isList = (one: unknown): one is ArrayLike<unknown> => Array.isArray(one) || ArrayBuffer.isView(one);

/** Fills a step, or one of its numbers. */
const filled = (item: unknown, filler: unknown, width: number): unknown => {
  if (Array.isArray(item)) return item.map((one: unknown) => one ?? filler);
  return item ?? (width > 1 ? Array.from({ length: width }, () => filler) : filler);
};
