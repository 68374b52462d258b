import { isByIndex } from '../../../src/values/class-count.ts';
import { size } from '../../../src/shape/size.ts';
import type { Condition, Manifest } from '../../../src/signature.ts';
import { isSeen } from '../condition/quadrants.ts';
import { callOf, classesOf, exact, conditionsOf, type Value, type Values } from '../condition/values.ts';

/** A string literal, valid in both JavaScript and Python. */
export const quoted = (text: string): string => JSON.stringify(text);

/** The conditions of a state as the argument of `sample`, an entry a line; and what the program needs before it. */
export const asTypeScript = (
  manifest: Manifest,
  values: Values,
): { readonly before: readonly string[]; readonly entries: readonly string[] } => {
  const before: string[] = [];
  const entries = conditionsOf(manifest).map(([name, condition]) => {
    const value = values[name];
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
    if (value?.kind !== 'image') return `${key}: ${written(condition, value)}`;
    if (before.length === 0)
      before.push('const bytes = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));');
    const called = /^[A-Za-z_]\w*$/.test(name) ? `${name}Pixels` : `pixels${before.length}`;
    before.push(`const ${called} = bytes(${quoted(base64(value.pixels))});`);
    if (value.seen === 'all') return `${key}: Float32Array.from(${called}, (byte) => byte / 255)`;
    before.push(`const ${called}Seen = bytes(${quoted(base64(seenIn(value, condition)))});`);
    const unseen = condition.mask ? 'NaN' : '0';
    return `${key}: Float32Array.from(${called}, (byte, i) => (${called}Seen[i] ? byte / 255 : ${unseen}))`;
  });
  return { before, entries };
};

const written = (condition: Condition, value: Value | undefined): string => {
  const called = (index: number): string => {
    const name = callOf(condition, index);
    return typeof name === 'string' ? quoted(name) : `${name}`;
  };
  switch (value?.kind) {
    case 'class':
      return called(value.index);
    case 'all':
      return `[${classesOf(condition)
        .map((_, i) => called(i))
        .join(', ')}]`;
    case 'classes':
      return `[[${value.indices.map(called).join(', ')}]]`;
    case 'numbers':
      return value.numbers.length === 1
        ? `${exact(value.numbers[0] ?? 0)}`
        : `[${value.numbers.map(exact).join(', ')}]`;
    default:
      return 'null';
  }
};

/** The inputs of the files for the conditions of a state, in Python, a line each; rows of each class where each is asked for in turn. */
export const asPython = (manifest: Manifest, values: Values): readonly string[] =>
  Object.entries(manifest.conditions).flatMap(([name, condition]) => {
    const of = condition.maskOf;
    const value = values[of ?? name];
    const array = of === undefined ? valueInPython(condition, value) : maskInPython(condition, value);
    return [`    ${quoted(name)}: ${array},`];
  });

const valueInPython = (condition: Condition, value: Value | undefined): string => {
  const { shape } = condition;
  const shaped = `.reshape(${['-1', ...shape].join(', ')})`;
  const classes = (indices: readonly number[]): string => {
    const list = `[${indices.join(', ')}]`;
    return isByIndex(condition)
      ? `np.array(${list}, np.float32)${shaped}`
      : `np.eye(${shape.at(-1) ?? 1}, dtype=np.float32)[${list}]${shape.length > 1 ? shaped : ''}`;
  };
  switch (value?.kind) {
    case 'class':
      return classes([value.index]);
    case 'all':
      return classes(classesOf(condition).map((_, i) => i));
    case 'classes':
      return classes(value.indices);
    case 'numbers':
      return `np.array([${value.numbers.map(exact).join(', ')}], np.float32)${shaped}`;
    case 'image': {
      const pixels = `pixels(${quoted(base64(value.pixels))})`;
      const seen = value.seen === 'all' ? '' : ` * (pixels(${quoted(base64(seenIn(value, condition)))}) > 0)`;
      return `(${pixels}${seen})${shaped}`;
    }
    default:
      return `np.zeros((${[1, ...shape].join(', ')}), np.float32)`;
  }
};

/** What of a condition that may be missing is known. */
const maskInPython = ({ shape }: Condition, value: Value | undefined): string => {
  const shaped = `(${[1, ...shape].join(', ')})`;
  if (value?.kind === 'image' && value.seen !== 'all' && size(shape) === value.pixels.length)
    return `(pixels(${quoted(base64(seenIn(value, { shape })))}) > 0).astype(np.float32).reshape(${shaped})`;
  return `np.${value === undefined || value.kind === 'missing' ? 'zeros' : 'ones'}(${shaped}, np.float32)`;
};

/** Whether each pixel is seen, 1 or 0. */
const seenIn = (value: Extract<Value, { kind: 'image' }>, { shape }: Pick<Condition, 'shape'>): Float32Array => {
  const [height = 0, width = 0, channels = 1] = shape;
  return value.pixels.map((_, i) => {
    const place = Math.floor(i / channels);
    return isSeen(value.seen, Math.floor(place / width), place % width, height, width) ? 1 : 0;
  });
};

/** Numbers from 0 to 1 as the base64 of bytes. */
const base64 = (pixels: Float32Array): string =>
  btoa(Array.from(pixels, (value) => String.fromCharCode(Math.round(value * 255))).join(''));
