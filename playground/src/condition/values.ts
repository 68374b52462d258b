import { same } from '../../../src/shape/same.ts';
import { size } from '../../../src/shape/size.ts';
import {
  truthOf,
  type Condition,
  type Manifest,
  type Specimen,
  type Specimens,
  type SpecimenValue,
} from '../../../src/signature.ts';
import { classTexts } from '../../../src/values/element-names.ts';
import { masked, seenOf, type Seen } from './quadrants.ts';
import { withMinus } from '../../../src/values/minus.ts';

/** What the page gives a model for a condition. */
export type Value =
  | { readonly kind: 'class'; readonly index: number }
  /** Each class in turn: a row of samples for each. */
  | { readonly kind: 'all' }
  /** Nothing is known, of a condition whose values may be missing. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'classes'; readonly indices: readonly number[] }
  | { readonly kind: 'numbers'; readonly numbers: readonly number[] }
  /** Pixels from 0 to 1, whole numbers of 255ths, so that a PNG holds them; what is not seen counts as 0. */
  | { readonly kind: 'image'; readonly pixels: Float32Array; readonly seen: Seen };

/** A value for each condition, by name. */
export type Values = Readonly<Record<string, Value>>;

/** The classes' names, or their numbers. */
export const classesOf = classTexts;

/** The place of the class that a name or a number means, among these; −1 for none. A number is a name where classes have some. */
export const placeOf = (condition: Pick<Condition, 'classes' | 'shape'>, value: string | number): number => {
  const names = classesOf(condition);
  const place = names.indexOf(`${value}`);
  return place < 0 && typeof value === 'number' && !hasNumbers(names) && value in names ? value : place;
};

/** Whether some names are numbers, which then are no places. */
const hasNumbers = (names: readonly string[]): boolean =>
  names.some((name) => name.trim() !== '' && Number.isFinite(Number(name)));

/** The conditions that a user sets, by name: masks follow from what is missing. */
export const conditionsOf = ({ conditions }: Pick<Manifest, 'conditions'>): readonly (readonly [string, Condition])[] =>
  Object.entries(conditions).filter(([, { maskOf }]) => maskOf === undefined);

/** What a condition begins with: unknown if it may be, else as `knownValue`. */
export const initialValue = (condition: Condition): Value =>
  condition.mask ? { kind: 'missing' } : knownValue(condition);

/** What a condition that is known begins with: its first class, the mean of its data, an empty image. */
export const knownValue = ({ kind, shape, dataShape, scaling }: Condition): Value => {
  if (kind === 'image') return { kind: 'image', pixels: new Float32Array(size(shape)), seen: 'all' };
  if (kind === 'continuous')
    return {
      kind: 'numbers',
      numbers: Array.from({ length: size(shape) }, (_, i) => rounded(scaling?.mean[i] ?? 0)),
    };
  return dataShape.length === 0
    ? { kind: 'class', index: 0 }
    : { kind: 'classes', indices: Array.from({ length: size(dataShape) }, () => 0) };
};

/** All conditions as they begin. */
export const initialValues = (manifest: Manifest): Values =>
  Object.fromEntries(conditionsOf(manifest).map(([name, condition]) => [name, initialValue(condition)]));

/** The example that a visit begins with: one that knows its conditions shows more of the model than one that lacks some. */
export const firstOfAll = (manifest: Manifest, { examples }: Pick<Specimens, 'examples'>): Specimen | undefined =>
  examples.find((one) => conditionsOf(manifest).every(([name, condition]) => !isMissing(one, name, condition))) ??
  examples[0];

/** The conditions of an example; an image that is part of its target shows what else the target has, unseen. */
export const valuesOf = (manifest: Manifest, example: Specimen): Values => {
  const { target } = manifest;
  return Object.fromEntries(
    conditionsOf(manifest).map(([name, condition]) => [
      name,
      isMissing(example, name, condition)
        ? knownPart(condition, truthOf(example, condition.knownOf ?? 'y'))
        : valueOf(
            condition,
            example.conditions[name],
            isLike(condition, target.image ?? target.shape) ? truthOf(example) : [],
          ),
    ]),
  );
};

/** The part of an example's target that is given: the left half of a picture, nothing of anything else. */
const knownPart = ({ kind, knownOf }: Condition, truth: readonly number[]): Value =>
  kind === 'image' && knownOf !== undefined ? { kind: 'image', pixels: bytes(truth), seen: 2 } : { kind: 'missing' };

/** Whether an example lacks a condition, or a part of it, which no control shows; and whether it is of the target. */
const isMissing = ({ conditions }: Specimen, name: string, { mask, knownOf }: Condition): boolean => {
  if (!mask) return false;
  const counts = conditions[`${name}_mask`];
  return knownOf !== undefined || [counts].flat().some((one) => one === 0);
};

const valueOf = (condition: Condition, given: SpecimenValue | undefined, whole: readonly number[]): Value => {
  const list = typeof given === 'object' ? given : given === undefined ? [] : [given];
  if (condition.kind === 'image') {
    const part = bytes(list.map(Number));
    const all = bytes(whole);
    const seen = all.length === part.length ? seenOf(part, all, condition.shape) : undefined;
    return seen ? { kind: 'image', pixels: all, seen } : { kind: 'image', pixels: part, seen: 'all' };
  }
  if (condition.kind === 'continuous') return { kind: 'numbers', numbers: list.map(Number) };
  const indices = list.map((one) => Math.max(0, placeOf(condition, one)));
  return condition.dataShape.length === 0 ? { kind: 'class', index: indices[0] ?? 0 } : { kind: 'classes', indices };
};

/** Whether an image condition is of the target's size, so that one can take the other's place. */
export const isLike = ({ kind, shape }: Condition, view: readonly number[]): boolean =>
  kind === 'image' && same(shape, view);

/** Pixels as bytes hold them, from 0 to 1. */
const bytes = (pixels: readonly number[]): Float32Array => Float32Array.from(pixels, (v) => Math.round(v * 255) / 255);

/** The conditions as the runtime takes them. */
export const givenOf = (manifest: Manifest, values: Values): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    conditionsOf(manifest).map(([name, condition]) => [
      name,
      given(condition, values[name] ?? initialValue(condition)),
    ]),
  );

const given = (condition: Condition, value: Value): unknown => {
  switch (value.kind) {
    case 'class':
      return callOf(condition, value.index);
    case 'all':
      return classesOf(condition).map((_, i) => callOf(condition, i));
    case 'classes':
      return callsOf(condition, value.indices);
    case 'numbers':
      return Float32Array.from(value.numbers);
    case 'missing':
      return null;
    case 'image':
      // What is not seen is missing where that is possible.
      return masked(value.pixels, value.seen, condition.shape, condition.mask ? NaN : 0);
  }
};

/** A class as the runtime takes it: by its name where it has one. */
export const callOf = ({ classes }: Pick<Condition, 'classes'>, index: number): string | number =>
  typeof classes === 'object' ? (classes[index] ?? index) : index;

/** Classes of places as the runtime takes them: places where names are words, else the numbers that are their names. */
export const callsOf = (
  condition: Pick<Condition, 'classes' | 'shape'>,
  indices: readonly number[],
): Int32Array | readonly (readonly string[])[] => {
  const names = indices.map((index) => classesOf(condition)[index] ?? '');
  const numbers = names.map(Number);
  if (numbers.every(Number.isInteger)) return Int32Array.from(numbers);
  // A list of a list is one value, and not several.
  return hasNumbers(classesOf(condition)) ? [names] : Int32Array.from(indices);
};

/** A number in the fewest digits that give the same float32: what a model is given, and what is written down to give it again. */
export const exact = (value: number): number => {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return Math.fround(value);
};

/** A number by the four digits that one reads. */
export const rounded = (value: number): number => Number(value.toPrecision(4));

/** The same conditions, with the first class where each was asked for in turn. */
export const firstOf = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.kind === 'all' ? { kind: 'class', index: 0 } : value]),
  );

/** The same as a person reads it, with a minus sign. */
export const readable = (value: number): string => withMinus(`${rounded(value)}`);
