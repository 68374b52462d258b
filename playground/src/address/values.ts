import type { Condition } from '../../../src/signature.ts';
import { sizeOf, type Value } from '../condition/values.ts';
import type { Seen } from '../condition/quadrants.ts';
import { packed, unpacked } from './bytes.ts';

/** A condition's value as text; an image's pixels are left out where they are those of the example that the address names. */
export const valueText = async (value: Value, ofExample: Value | undefined): Promise<string> => {
  switch (value.kind) {
    case 'class':
      return `${value.index}`;
    case 'all':
      return 'all';
    case 'classes':
      return value.indices.join(',');
    case 'numbers':
      return value.numbers.join(',');
    case 'image': {
      const same = ofExample?.kind === 'image' && value.pixels.every((v, i) => v === ofExample.pixels[i]);
      const pixels = same ? '' : await packed(Uint8Array.from(value.pixels, (pixel) => Math.round(pixel * 255)));
      return `${value.seen}.${pixels}`;
    }
  }
};

/** The value again; `undefined` for text that is none of this condition's. */
export const valueOfText = async (
  text: string,
  { kind, shape, dataShape, classes }: Condition,
  ofExample: Value | undefined,
): Promise<Value | undefined> => {
  if (kind === 'image') {
    const at = text.indexOf('.');
    const seen = SEEN[text.slice(0, at)];
    if (at < 0 || seen === undefined) return undefined;
    if (at === text.length - 1) return ofExample?.kind === 'image' ? { ...ofExample, seen } : undefined;
    const bytes = await unpacked(text.slice(at + 1)).catch(() => undefined);
    if (bytes?.length !== sizeOf(shape)) return undefined;
    return { kind: 'image', pixels: Float32Array.from(bytes, (byte) => byte / 255), seen };
  }
  if (kind === 'categorical' && text === 'all' && dataShape.length === 0) return { kind: 'all' };
  const numbers = text.split(',').map(Number);
  if (numbers.some((number) => !Number.isFinite(number))) return undefined;
  if (kind === 'continuous') return numbers.length === sizeOf(shape) ? { kind: 'numbers', numbers } : undefined;
  const count = typeof classes === 'object' ? classes.length : (classes ?? shape.at(-1) ?? 0);
  if (numbers.length !== sizeOf(dataShape) || numbers.some((n) => !Number.isInteger(n) || n < 0 || n >= count))
    return undefined;
  return dataShape.length === 0 ? { kind: 'class', index: numbers[0] ?? 0 } : { kind: 'classes', indices: numbers };
};

const SEEN: Readonly<Record<string, Seen>> = { all: 'all', '1': 1, '2': 2, '3': 3 };
