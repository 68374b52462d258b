import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidFile } from '../../src/errors.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/weights/safetensors.ts';
import type { Weight } from '../../src/weights/weights.ts';

const arrays = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape): fc.Arbitrary<Weight> => {
  const length = shape.reduce((a, b) => a * b, 1);
  return fc.float32Array({ minLength: length, maxLength: length }).map((data) => ({ shape, data }));
});
const name = fc.string({ unit: 'binary' }).filter((text) => text !== '__metadata__');
const weights = fc.array(fc.tuple(name, arrays), { maxLength: 6 }).map((entries) => new Map(entries));
const metadata = fc.dictionary(name, fc.string({ unit: 'binary' }), { maxKeys: 3, noNullPrototype: true });

/** A file with this header, as text or as JSON, and these bytes behind it. */
const file = (header: unknown, data: readonly number[] = []): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
};
const f32 = (from: number, to: number, shape = [(to - from) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [from, to],
});
const read = (bytes: Uint8Array) => decodeSafetensors(bytes, 'w.safetensors');
const bits = (array: Float32Array | undefined) =>
  array && new Uint32Array(array.buffer, array.byteOffset, array.length);

describe('what is written', () => {
  it('is read back to the bit, names, shapes and strings included', () => {
    fc.assert(
      fc.property(weights, metadata, (given, strings) => {
        const back = read(encodeSafetensors(given, strings));
        expect(back.metadata).toEqual(strings);
        expect([...back.weights.keys()].sort()).toEqual([...given.keys()].sort());
        for (const [key, { shape, data }] of given) {
          expect(back.weights.get(key)?.shape).toEqual(shape);
          expect(bits(back.weights.get(key)?.data)).toEqual(bits(data));
        }
      }),
    );
  });

  it('is the same bytes whatever order the weights come in, and is aligned', () => {
    fc.assert(
      fc.property(weights, (given) => {
        const bytes = encodeSafetensors(given);
        expect(encodeSafetensors(new Map([...given].reverse()))).toEqual(bytes);
        expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
      }),
    );
  });

  it("is what Python's safetensors 0.8.0 writes, byte for byte", () => {
    // save({'b/x': [[0, 1, 2], [3, 4, 5]], 's': 3.0, 'a': [1.5, -2]}, metadata={'fingerprint': 'abc'}), all float32
    const header =
      '{"__metadata__":{"fingerprint":"abc"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
      '"b/x":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},"s":{"dtype":"F32","shape":[],"data_offsets":[32,36]}}';
    const data = [1.5, -2, 0, 1, 2, 3, 4, 5, 3];
    const python = file(header.padEnd(Math.ceil(header.length / 8) * 8), [
      ...new Uint8Array(Float32Array.from(data).buffer),
    ]);
    const given = new Map([
      ['b/x', { shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) }],
      ['s', { shape: [], data: Float32Array.of(3) }],
      ['a', { shape: [2], data: Float32Array.of(1.5, -2) }],
    ]);
    expect(encodeSafetensors(given, { fingerprint: 'abc' })).toEqual(python);
  });

  it('cannot be weights that contradict themselves', () => {
    expect(() => encodeSafetensors(new Map([['a', { shape: [2], data: new Float32Array(3) }]]))).toThrow(RangeError);
    expect(() => encodeSafetensors(new Map([['__metadata__', { shape: [], data: new Float32Array(1) }]]))).toThrow(
      RangeError,
    );
  });
});

describe('other number formats', () => {
  const one = (dtype: string, data: number[]) => [
    ...(read(
      file({ a: { dtype, shape: [data.length / width(dtype)], data_offsets: [0, data.length] } }, data),
    ).weights.get('a')?.data ?? []),
  ];
  const width = (dtype: string) => Number(/\d+/.exec(dtype)?.[0] ?? 8) / 8;

  it('are read as float32', () => {
    expect(one('F64', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f])).toEqual([1.5]);
    expect(one('BF16', [0x80, 0x3f, 0x20, 0xc0, 0x80, 0x7f])).toEqual([1, -2.5, Infinity]);
    expect(one('I64', [255, 255, 255, 255, 255, 255, 255, 255, 7, 0, 0, 0, 0, 0, 0, 0])).toEqual([-1, 7]);
    expect(one('I32', [0xfe, 255, 255, 255])).toEqual([-2]);
    expect(one('I16', [0xfd, 255])).toEqual([-3]);
    expect(one('I8', [0xfc])).toEqual([-4]);
    expect(one('U8', [0xfc])).toEqual([252]);
    expect(one('U16', [0xfe, 255])).toEqual([65534]);
    expect(one('U32', [0xff, 255, 0, 128])).toEqual([Math.fround(2 ** 31 + 65535)]);
    expect(one('U64', [3, 0, 0, 0, 1, 0, 0, 0])).toEqual([Math.fround(2 ** 32 + 3)]);
    expect(one('BOOL', [1, 0])).toEqual([1, 0]);
  });

  it('include float16 with its zeros, subnormals, infinities and NaN', () => {
    const words = [0x0000, 0x8000, 0x3c00, 0xc100, 0x7bff, 0x0001, 0x03ff, 0x0400, 0x7c00, 0xfc00, 0x7e00];
    const data = words.flatMap((word) => [word & 255, word >> 8]);
    expect(one('F16', data)).toEqual([
      0,
      -0,
      1,
      -2.5,
      65504,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      Infinity,
      -Infinity,
      NaN,
    ]);
  });

  it('that are no numbers of ours are refused by name', () => {
    expect(() => read(file({ a: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] } }, [0]))).toThrow(
      /expected a in one of F32, F64, .*, got "F8_E4M3"/,
    );
  });
});

describe('a file that is not whole', () => {
  const good = encodeSafetensors(new Map([['a', { shape: [3], data: Float32Array.of(1, 2, 3) }]]), { k: 'v' });

  it.each<[string, Uint8Array, string]>([
    ['is empty', new Uint8Array(), 'expected a safetensors file, got 0 bytes'],
    [
      'is cut in its data',
      good.subarray(0, -1),
      `expected ${good.length} bytes, got ${good.length - 1}, so it is truncated`,
    ],
    ['is cut in its header', good.subarray(0, 20), 'got 12, so it is truncated'],
    ['has something behind it', Uint8Array.of(...good, 0), 'so it has something appended'],
    ['is another format', new TextEncoder().encode('<!doctype html><html>'), 'bytes that do not begin with the length'],
    ['has no JSON', file('{"a":'), 'one whose header is not a JSON object'],
    ['has another JSON', file('[1]'), 'one whose header is not a JSON object'],
    ['has metadata that are no strings', file({ __metadata__: { a: 1 } }), 'expected __metadata__.a to be text, got 1'],
    ['has a gap', file({ a: f32(0, 4), b: f32(8, 12) }, Array(12).fill(0)), 'the data of b to begin at byte 4, got 8'],
    [
      'has an overlap',
      file({ a: f32(0, 8), b: f32(4, 12) }, Array(12).fill(0)),
      'the data of b to begin at byte 8, got 4',
    ],
    ['has offsets that run backwards', file({ a: f32(4, 0, [1]) }, Array(4).fill(0)), 'to begin at byte 0, got 4'],
    [
      'has a shape that does not fit',
      file({ a: f32(0, 8, [3]) }, Array(8).fill(0)),
      'expected 12 bytes for a of shape [3], got 8',
    ],
    [
      'has a negative size',
      file({ a: f32(0, 4, [-1]) }, Array(4).fill(0)),
      'expected a.shape to be a list of whole numbers, got [-1]',
    ],
    [
      'has no offsets',
      file({ a: { dtype: 'F32', shape: [1] } }),
      'expected a.data_offsets to be two whole numbers, got nothing',
    ],
    ['has an entry that is none', file({ a: 3 }), 'expected a to be an object, got 3'],
    ['promises more than a machine holds', file({ a: f32(0, 4e12, [1e12]) }), 'so it is truncated'],
  ])('because it %s is refused in a sentence', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(InvalidFile);
    expect(() => read(bytes)).toThrow(message);
    expect(() => read(bytes)).toThrow(/^w\.safetensors: expected .+, got .+; copy the file again, or train again$/);
  });

  it('never ends in anything but weights or that sentence, whatever bytes change', () => {
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(good.length), (changes, length) => {
        const bytes = good.slice();
        for (const [at, value] of changes) bytes[at] = value;
        for (const candidate of [bytes, bytes.subarray(0, length)]) expectReadable(candidate);
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), expectReadable));
  });

  const expectReadable = (bytes: Uint8Array): void => {
    try {
      for (const { shape, data } of read(bytes).weights.values())
        expect(data).toHaveLength(shape.reduce((a, b) => a * b, 1));
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidFile);
    }
  };

  it('is read at any place in a larger buffer', () => {
    const larger = new Uint8Array(good.length + 5);
    larger.set(good, 3);
    expect(read(larger.subarray(3, 3 + good.length))).toEqual(read(good));
  });
});
