// Files as a disk, a network or somebody with bad intent may leave them.
import { crc32, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import type { Choices } from '../choices.ts';

type Bytes = Uint8Array;

const NUMBERS = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1, 0x7f, 0x80, 0xff, 2 ** 24] as const;

const joined = (...parts: readonly Bytes[]): Bytes => Uint8Array.from(parts.flatMap((part) => [...part]));

/** One change of bytes. */
const changed = (bytes: Bytes, choices: Choices): Bytes => {
  const at = choices.below(bytes.length + 1);
  const length = choices.of([1, 2, 4, 8, 16, 64, 256]);
  const [before, rest] = [bytes.subarray(0, at), bytes.subarray(at)];
  const after = rest.subarray(length);
  const set = (value: number): Bytes => joined(before, Uint8Array.of(value & 255), rest.subarray(1));
  return choices.of<() => Bytes>([
    () => set((rest[0] ?? 0) ^ (1 << choices.below(8))),
    () => before,
    () => joined(before, after),
    () => set(choices.of([0, 255, 128, 127])),
    () => joined(before, rest.subarray(0, length), rest),
    () =>
      joined(
        before,
        Uint8Array.from({ length }, () => choices.below(256)),
        rest,
      ),
    () =>
      joined(
        before,
        Uint8Array.from({ length }, () => choices.below(256)),
        after,
      ),
    () => {
      const from = choices.below(bytes.length + 1);
      return joined(before, bytes.subarray(from, from + length), after);
    },
    () => {
      const word = new DataView(new ArrayBuffer(4));
      word.setInt32(0, choices.of(NUMBERS), choices.once(2));
      return joined(before, new Uint8Array(word.buffer), rest.subarray(4));
    },
    () => joined(bytes, bytes),
    () => Uint8Array.from(bytes).reverse(),
    () => new Uint8Array(),
  ])();
};

/** Bytes that were changed in a few places. */
export const mutateBytes = (bytes: Bytes, choices: Choices): Bytes => {
  let now = bytes;
  for (let n = choices.between(1, 3); n > 0; n--) now = changed(now, choices);
  return now;
};

const DEEP = JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`);
/** Values to put where something else is expected. */
const VALUES: readonly [unknown, ...unknown[]] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  -0.0001,
  '',
  'x',
  '../../etc/passwd',
  '/etc/passwd',
  '__proto__',
  'constructor',
  'a\nb\u0000c',
  'x'.repeat(100_000),
  [],
  [[]],
  {},
  { toString: 1 },
  { __proto__: null, length: 3 },
  [1, 2, 3],
  Array.from({ length: 20_000 }, () => 1),
  DEEP,
  '1e999',
];

type Place = { readonly parent: Record<string, unknown>; readonly key: string };

/** All places of a JSON value, in order. */
const placesOf = (value: unknown): readonly Place[] => {
  const places: Place[] = [];
  const stack: unknown[] = [value];
  for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    // A list is an object whose keys are its indices.
    const parent = one as Record<string, unknown>;
    for (const key of Object.keys(parent)) {
      places.push({ parent, key });
      stack.push(parent[key]);
    }
  }
  return places;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** JSON in which a few values are changed, removed, renamed or duplicated. */
export const mutateJson = (text: string, choices: Choices): string => {
  // `value` is the whole document, which may be replaced too.
  const whole: Record<string, unknown> = { value: parsed(text) };
  for (let n = choices.between(1, 3); n > 0; n--) {
    const places = placesOf(whole);
    const { parent, key } = places[choices.below(places.length)] ?? { parent: whole, key: 'value' };
    const value = parent[key];
    choices.of<() => void>([
      () => void (parent[key] = choices.of(VALUES)),
      () => void (Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key]),
      // A list with such a member would have lost the methods that are needed to continue.
      () => void (Array.isArray(parent) || (parent[choices.of(['x', 'constructor', 'valueOf', `${key} `])] = value)),
      () => {
        const other = places[choices.below(places.length)];
        parent[key] = other ? structuredClone(other.parent[other.key]) : null;
      },
      () => void (typeof value === 'number' ? (parent[key] = value + choices.of([1, -1, 0.5, 1e9])) : undefined),
      () => void (typeof value === 'string' ? (parent[key] = `${value}${value}`) : undefined),
      () => void (Array.isArray(value) ? value.push(...value) : undefined),
    ])();
  }
  return JSON.stringify(whole.value) ?? '';
};

/** Text whose lines were cut, doubled, swapped, or hold other words. */
const mutateText = (text: string, choices: Choices): string => {
  const lines = text.split('\n');
  const at = choices.below(lines.length);
  const line = lines[at] ?? '';
  const cells = line.split(',');
  const cell = choices.below(cells.length);
  const odd = choices.of([
    '',
    '"',
    'NaN',
    '1e999',
    '-',
    '٣',
    '0x10',
    '"a""',
    '\u0000',
    "'",
    '1,2',
    '\ufeff',
    'x'.repeat(70_000),
  ]);
  return choices.of([
    () => lines.with(at, cells.with(cell, odd).join(',')).join('\n'),
    () => lines.toSpliced(at, 1).join('\n'),
    () => lines.toSpliced(at, 0, line).join('\n'),
    () => lines.with(at, line.slice(0, choices.below(line.length + 1))).join('\n'),
    () => lines.join(choices.of(['\r\n', '\r', ',', ''])),
    () => lines.with(at, `${line},${line}`).join('\n'),
    () => `${text}${text}`,
  ])();
};

/** JSON lines of which one is changed. */
const mutateLines = (text: string, choices: Choices): string => {
  const lines = text.trimEnd().split('\n');
  const at = choices.below(lines.length);
  return choices.once(3)
    ? mutateText(text, choices)
    : `${lines.with(at, mutateJson(lines[at] ?? '{}', choices)).join('\n')}\n`;
};

/** A PNG with changed bytes in a chunk whose checksum is right again, or in its pixels before they are compressed. */
const mutatePng = (bytes: Bytes, choices: Choices): Bytes => {
  const data = Buffer.from(bytes);
  const chunks: { type: string; body: Buffer }[] = [];
  for (let at = 8; at + 12 <= data.length;) {
    const length = data.readUInt32BE(at);
    chunks.push({ type: data.toString('latin1', at + 4, at + 8), body: data.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  const i = choices.below(chunks.length);
  const chunk = chunks[i];
  if (!chunk) return mutateBytes(bytes, choices);
  const inner = chunk.type === 'IDAT' && choices.once(2);
  const body = inner ? deflateSync(mutateBytes(inflateSync(chunk.body), choices)) : mutateBytes(chunk.body, choices);
  const all = chunks.with(i, { ...chunk, body: Buffer.from(body) }).map(({ type, body: content }) => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const [head, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    head.writeUInt32BE(content.length);
    sum.writeUInt32BE(crc32(named) >>> 0);
    return Buffer.concat([head, named, sum]);
  });
  return Buffer.concat([data.subarray(0, 8), ...all]);
};

/** A safetensors file with a changed header, whose length is right. */
const mutateSafetensors = (bytes: Bytes, choices: Choices): Bytes => {
  const data = Buffer.from(bytes);
  const length = Number(data.readBigUInt64LE(0));
  const header = Buffer.from(mutateJson(data.toString('utf8', 8, 8 + length), choices));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([size, header, data.subarray(8 + length)]);
};

const text = (change: (text: string, choices: Choices) => string) => (bytes: Bytes, choices: Choices) =>
  Buffer.from(change(Buffer.from(bytes).toString('utf8'), choices));

/** How files of each kind are changed besides their bytes. */
const KINDS = {
  json: text(mutateJson),
  lines: text(mutateLines),
  text: text(mutateText),
  png: mutatePng,
  gzip: (bytes: Bytes, choices: Choices): Bytes => gzipSync(mutateBytes(gunzipSync(bytes), choices)),
  safetensors: mutateSafetensors,
  bytes: mutateBytes,
} as const;
export type Kind = keyof typeof KINDS;

/** A file of a kind, changed: what it holds in two of three cases, else its bytes. */
export const mutate = (bytes: Bytes, kind: Kind, choices: Choices): Bytes =>
  choices.once(3) ? mutateBytes(bytes, choices) : KINDS[kind](bytes, choices);
