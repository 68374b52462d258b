import { size } from '../../../src/shape/size.ts';
import type { Condition } from '../../../src/signature.ts';
import type { Seen } from '../condition/quadrants.ts';
import { classesOf, placeOf, type Value } from '../condition/values.ts';
import { packed, unpacked } from './bytes.ts';

/** A condition's value as text; an image's pixels are left out where they are those of the example that the address names. */
export const valueText = async (value: Value, condition: Condition, ofExample: Value | undefined): Promise<string> => {
  const names = classesOf(condition);
  switch (value.kind) {
    case 'class':
      return names[value.index] ?? '';
    case 'missing':
      return '';
    case 'all':
      return names.includes('all') ? '*' : 'all';
    case 'classes':
      return value.indices.map((index) => encodeURIComponent(names[index] ?? '')).join(',');
    case 'numbers':
      return value.numbers.join(',');
    case 'image': {
      const same = ofExample?.kind === 'image' && value.pixels.every((v, i) => v === ofExample.pixels[i]);
      const pixels = same ? '' : await packed(Uint8Array.from(value.pixels, (pixel) => Math.round(pixel * 255)));
      return `${value.seen}.${pixels}`;
    }
  }
};

/** The value again; `undefined` for text that is not a value of this condition. */
export const valueOfText = async (
  text: string,
  condition: Condition,
  ofExample: Value | undefined,
): Promise<Value | undefined> => {
  const { kind, shape, dataShape } = condition;
  if (text === '' && condition.mask) return { kind: 'missing' };
  if (kind === 'image') {
    const at = text.indexOf('.');
    const seen = SEEN[text.slice(0, at)];
    if (at < 0 || seen === undefined) return undefined;
    if (at === text.length - 1) return ofExample?.kind === 'image' ? { ...ofExample, seen } : undefined;
    const bytes = await unpacked(text.slice(at + 1), size(shape)).catch(() => undefined);
    if (bytes?.length !== size(shape)) return undefined;
    return { kind: 'image', pixels: Float32Array.from(bytes, (byte) => byte / 255), seen };
  }
  if (kind === 'categorical') return classesOfText(text, condition);
  const numbers = text.split(',').map(Number);
  if (numbers.some((number) => !Number.isFinite(number))) return undefined;
  return numbers.length === size(dataShape) ? { kind: 'numbers', numbers } : undefined;
};

/** Classes by their names; by their places too, as earlier versions wrote them, where names are no numbers. */
const classesOfText = (text: string, condition: Condition): Value | undefined => {
  const places = (parts: readonly string[]): readonly number[] =>
    parts.map((part) => {
      const place = placeOf(condition, part);
      return place < 0 && /^\d+$/.test(part) ? placeOf(condition, Number(part)) : place;
    });
  if (condition.dataShape.length > 0) {
    const indices = places(text.split(',').map(decoded));
    return indices.length === size(condition.dataShape) && indices.every((index) => index >= 0)
      ? { kind: 'classes', indices }
      : undefined;
  }
  const [index = -1] = places([text]);
  if (index >= 0) return { kind: 'class', index };
  return text === 'all' || text === '*' ? { kind: 'all' } : undefined;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const SEEN: Readonly<Record<string, Seen>> = { all: 'all', '1': 1, '2': 2, '3': 3 };
