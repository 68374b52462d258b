import type { Condition, Manifest, Specimen, SpecimenValue } from '../../../src/signature.ts';
import { masked, seenOf, type Seen } from './quadrants.ts';

/** What a condition is told in the page. */
export type Value =
  | { readonly kind: 'class'; readonly index: number }
  /** Each class in turn: a row of samples for each. */
  | { readonly kind: 'all' }
  | { readonly kind: 'classes'; readonly indices: readonly number[] }
  | { readonly kind: 'numbers'; readonly numbers: readonly number[] }
  /** Pixels from 0 to 1, whole numbers of 255ths, so that a PNG holds them; what is not seen counts as 0. */
  | { readonly kind: 'image'; readonly pixels: Float32Array; readonly seen: Seen };

/** A value for each condition, by name. */
export type Values = Readonly<Record<string, Value>>;

/** How many numbers a shape has. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** The classes' names, or their numbers. */
export const classesOf = ({ classes, shape }: Pick<Condition, 'classes' | 'shape'>): readonly string[] =>
  typeof classes === 'object' ? classes : Array.from({ length: classes ?? shape.at(-1) ?? 0 }, (_, i) => `${i}`);

/** What a condition begins with: its first class, the mean of its data, an empty image. */
export const initialValue = ({ kind, shape, dataShape, scaling }: Condition): Value => {
  if (kind === 'image') return { kind: 'image', pixels: new Float32Array(sizeOf(shape)), seen: 'all' };
  if (kind === 'continuous')
    return {
      kind: 'numbers',
      numbers: Array.from({ length: sizeOf(shape) }, (_, i) => rounded(scaling?.mean[i] ?? 0)),
    };
  return dataShape.length === 0
    ? { kind: 'class', index: 0 }
    : { kind: 'classes', indices: Array.from({ length: sizeOf(dataShape) }, () => 0) };
};

/** All conditions as they begin. */
export const initialValues = ({ conditions }: Manifest): Values =>
  Object.fromEntries(Object.entries(conditions).map(([name, condition]) => [name, initialValue(condition)]));

/** The conditions of an example; an image that is part of its target shows what else the target has, unseen. */
export const valuesOf = ({ conditions, target }: Manifest, example: Specimen): Values =>
  Object.fromEntries(
    Object.entries(conditions).map(([name, condition]) => [
      name,
      valueOf(
        condition,
        example.conditions[name],
        isLike(condition, target.image ?? target.shape) ? example.target : [],
      ),
    ]),
  );

const valueOf = (condition: Condition, given: SpecimenValue | undefined, whole: readonly number[]): Value => {
  const list = typeof given === 'object' ? given : given === undefined ? [] : [given];
  if (condition.kind === 'image') {
    const part = bytes(list.map(Number));
    const all = bytes(whole);
    const seen = all.length === part.length ? seenOf(part, all, condition.shape) : undefined;
    return seen ? { kind: 'image', pixels: all, seen } : { kind: 'image', pixels: part, seen: 'all' };
  }
  if (condition.kind === 'continuous') return { kind: 'numbers', numbers: list.map(Number) };
  const names = classesOf(condition);
  const indices = list.map((one) => (typeof one === 'string' ? Math.max(0, names.indexOf(one)) : one));
  return condition.dataShape.length === 0 ? { kind: 'class', index: indices[0] ?? 0 } : { kind: 'classes', indices };
};

/** Whether an image condition is of the target's size, so that one can stand in the other's place. */
export const isLike = ({ kind, shape }: Condition, view: readonly number[]): boolean =>
  kind === 'image' && shape.length === view.length && shape.every((length, i) => length === view[i]);

/** Pixels as bytes hold them, from 0 to 1. */
const bytes = (pixels: readonly number[]): Float32Array => Float32Array.from(pixels, (v) => Math.round(v * 255) / 255);

/** The conditions as the runtime takes them. */
export const givenOf = ({ conditions }: Manifest, values: Values): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(conditions).map(([name, condition]) => [
      name,
      given(condition, values[name] ?? initialValue(condition)),
    ]),
  );

const given = (condition: Condition, value: Value): unknown => {
  switch (value.kind) {
    case 'class':
      return value.index;
    case 'all':
      return classesOf(condition).map((_, i) => i);
    case 'classes':
      return Int32Array.from(value.indices);
    case 'numbers':
      return Float32Array.from(value.numbers);
    case 'image':
      return masked(value.pixels, value.seen, condition.shape);
  }
};

/** A number by the four digits that one reads. */
export const rounded = (value: number): number => Number(value.toPrecision(4));

/** The same conditions, with the first class where each was asked for in turn. */
export const firstOf = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.kind === 'all' ? { kind: 'class', index: 0 } : value]),
  );
