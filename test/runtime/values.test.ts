import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidData } from '../../src/errors.ts';
import { usual } from '../../src/runtime/usual-values.ts';
import { encodeConditions, encodeValue, type Variable } from '../../src/runtime/values.ts';

const digit: Variable = { kind: 'categorical', shape: [4], dataShape: [], classes: 4 };
const pet: Variable = { kind: 'categorical', shape: [2], dataShape: [], classes: ['cat', 'dog'] };
const map: Variable = { kind: 'categorical', shape: [2, 2, 3], dataShape: [2, 2], classes: 3 };
const size: Variable = { kind: 'continuous', shape: [1], dataShape: [1] };
const point: Variable = { kind: 'continuous', shape: [3], dataShape: [3] };
const stars: Variable = { kind: 'categorical', shape: [5], dataShape: [], classes: ['1', '2', '3', '4', '5'] };
const codes: Variable = { kind: 'categorical', shape: [4], dataShape: [], classes: ['01', '007', 'none', '1.0'] };
const day = 86_400;
const time: Variable = { ...size1(), scaling: { mean: [1_699_000_000], deviation: [100 * day] } };
const image: Variable = { kind: 'image', shape: [1, 2, 2], dataShape: [1, 2, 2] };

/** One number without a scale. */
function size1(): Variable {
  return { kind: 'continuous', shape: [1], dataShape: [1] };
}

const picture: Variable = { kind: 'image', shape: [2, 2, 1], dataShape: [2, 2, 1] };
/** What `getImageData` of a page gives: red, half a white, black, white. */
const canvas = {
  width: 2,
  height: 2,
  colorSpace: 'srgb',
  data: Uint8ClampedArray.of(255, 0, 0, 255, 255, 255, 255, 128, 0, 0, 0, 255, 255, 255, 255, 255),
};

const rows = (variable: Variable, value: unknown): number[][] => {
  const { rows, size, data } = encodeValue('v', variable, value);
  expect(data).toHaveLength(rows * size);
  return Array.from({ length: rows }, (_, row) => [...data.subarray(row * size, (row + 1) * size)]);
};

const ALL = [digit, pet, stars, codes, map, size, time, point, image, picture];
const ODD = { withTypedArray: true, withSparseArray: true, withBigInt: true, withDate: true, withMap: true } as const;

describe('a value', () => {
  it.each<[string, Variable, unknown, number[][]]>([
    ['a class by its number', digit, 2, [[0, 0, 1, 0]]],
    ['a class by its name', pet, 'dog', [[0, 1]]],
    ['a class that has a name by its number', pet, 0, [[1, 0]]],
    [
      'classes',
      pet,
      ['dog', 0],
      [
        [0, 1],
        [1, 0],
      ],
    ],
    [
      'a picture as rows of pixels',
      picture,
      [
        [[0], [0.25]],
        [[0.5], [1]],
      ],
      [[0, 0.25, 0.5, 1]],
    ],
    ['a grey picture as rows of numbers', picture, [[0, 0.25], Float32Array.of(0.5, 1)], [[0, 0.25, 0.5, 1]]],
    [
      'pictures as rows of numbers',
      picture,
      [
        [
          [0, 0.25],
          [0.5, 1],
        ],
        [
          [1, 0],
          [0, 1],
        ],
      ],
      [
        [0, 0.25, 0.5, 1],
        [1, 0, 0, 1],
      ],
    ],
    [
      'as many rows as a picture has, each a picture',
      picture,
      [Float32Array.of(0, 1, 0, 1), [1, 1, 1, 1]],
      [
        [0, 1, 0, 1],
        [1, 1, 1, 1],
      ],
    ],
    [
      'classes of pixels in rows',
      map,
      [
        [0, 2],
        [1, 0],
      ],
      [[1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0]],
    ],
    [
      'classes in an array of integers',
      digit,
      Uint8Array.of(3, 0),
      [
        [0, 0, 0, 1],
        [1, 0, 0, 0],
      ],
    ],
    ['a blend', pet, Float32Array.of(0.25, 0.75), [[0.25, 0.75]]],
    [
      'blends',
      pet,
      Float64Array.of(0.25, 0.75, 1, 0),
      [
        [0.25, 0.75],
        [1, 0],
      ],
    ],
    [
      'a blend next to a class',
      pet,
      [[0.25, 0.75], 'cat'],
      [
        [0.25, 0.75],
        [1, 0],
      ],
    ],
    ['classes of places', map, [0, 1, 2, 0], [[1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0]]],
    ['weights of places', map, new Float32Array(12).fill(0.5), [Array(12).fill(0.5)]],
    [
      'several classes of places',
      map,
      [[0, 0, 0, 0], Int32Array.of(1, 1, 1, 1)],
      [
        [1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0],
        [0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0],
      ],
    ],
    ['a number', size, -2.5, [[-2.5]]],
    ['numbers', size, [1, 2, 3], [[1], [2], [3]]],
    ['numbers in an array of floats', size, Float32Array.of(1, 2), [[1], [2]]],
    ['numbers each in a list', size, [[1], [2]], [[1], [2]]],
    ['a vector', point, [1, 2, 3], [[1, 2, 3]]],
    [
      'vectors',
      point,
      [[1, 2, 3], Float32Array.of(4, 5, 6)],
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    [
      'vectors in one array',
      point,
      Float32Array.of(1, 2, 3, 4, 5, 6),
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    ['bytes that are numbers', point, Uint8Array.of(1, 2, 255), [[1, 2, 255]]],
    ['pixels', image, [0, 0.5, 1, 0], [[0, 0.5, 1, 0]]],
    ['pixels that are bytes', image, Uint8Array.of(0, 51, 255, 0), [[0, Math.fround(0.2), 1, 0]]],
    [
      'images of bytes',
      image,
      [Uint8ClampedArray.of(0, 0, 0, 255), Float32Array.of(1, 0, 0, 0)],
      [
        [0, 0, 0, 1],
        [1, 0, 0, 0],
      ],
    ],
    ['images of floats in one array', image, new Float32Array(16), [0, 1, 2, 3].map(() => [0, 0, 0, 0])],
    ['a class by the number that is its name', stars, 2, [[0, 1, 0, 0, 0]]],
    ['the last class by the number that is its name', stars, 5, [[0, 0, 0, 0, 1]]],
    ['a class by its name, which is a number', stars, '2', [[0, 1, 0, 0, 0]]],
    [
      'classes by the numbers that are their names',
      stars,
      Int32Array.of(1, 5),
      [
        [1, 0, 0, 0, 0],
        [0, 0, 0, 0, 1],
      ],
    ],
    ['a class by a number that is written otherwise', codes, 7, [[0, 1, 0, 0]]],
    ['a class by one of its names that mean the same number', codes, '1.0', [[0, 0, 0, 1]]],
    ['a number of many digits, as float32 has it', size, 0.1, [[Math.fround(0.1)]]],
    ['a large number that float32 keeps', size, 1_700_000_000 - (1_700_000_000 % 128), [[1_699_999_872 + 128]]],
    ['a large number whose rounding is nothing in its scale', time, 1_700_000_001, [[1_700_000_000]]],
  ])('may be %s', (_, variable, value, expected) => {
    expect(rows(variable, value)).toEqual(expected);
  });

  it.each<[string, Variable, unknown, string]>([
    ['nothing', digit, undefined, 'v: expected a class, 0 to 3, got nothing; give it'],
    ['null', digit, null, 'v: expected a class, 0 to 3, got nothing; give it'],
    ['a class out of range', digit, 4, 'v: expected a class, 0 to 3, got 4; give one of these'],
    ['a negative class', digit, [0, -1], 'v: expected a class, 0 to 3, got -1; give one of these'],
    ['a number as text', digit, '3', 'v: expected a class, 0 to 3, got "3"; give one of these'],
    ['a name that is none', pet, 'cow', 'v: expected a class, cat or dog, got "cow"; give one of these'],
    ['a blend in a plain list', pet, [0.5, 0.5], 'got 0.5; a blend of classes is a Float32Array of 2 weights'],
    ['a blend of too few', digit, Float32Array.of(1, 0), 'v: expected a class, 0 to 3, got 2 numbers; give 4'],
    [
      'a blend with NaN',
      pet,
      Float32Array.of(NaN, 0),
      'v: expected a class, cat or dog, got NaN at 0; give finite numbers',
    ],
    ['true', digit, true, 'v: expected a class, 0 to 3, got true; give one of these'],
    ['classes of too few places', map, [0, 1], 'v: expected a class for each of [2, 2], 0 to 2, got 2 numbers; give 4'],
    ['an empty list', size, [], 'v: expected a number, or several, got an empty list; give one'],
    ['text for a number', size, 'big', 'v: expected a number, got "big" at 0; give finite numbers'],
    ['infinity', size, Infinity, 'v: expected a number, got Infinity at 0; give finite numbers'],
    ['a bigint', size, 3n, 'v: expected a number, got 3n; give a number'],
    ['an object', point, { x: 1 }, 'v: expected numbers of [3], got an object; give an array of 3 numbers'],
    ['a vector of too many', point, [1, 2, 3, 4], 'v: expected numbers of [3], got 4 numbers; give 3'],
    [
      'lists within a list of other axes',
      { kind: 'continuous', shape: [3, 2], dataShape: [3, 2] },
      [
        [1, 2],
        [3, 4],
      ],
      'v: expected numbers of [3, 2], got 2 numbers; give 6 in one list',
    ],
    ['a vector of none', point, new Float32Array(), 'v: expected numbers of [3], got 0 numbers; give 3'],
    ['a vector with NaN', point, [1, NaN, 3], 'v: expected numbers of [3], got NaN at 1; give finite numbers'],
    [
      'vectors of which one is short',
      point,
      [
        [1, 2, 3],
        [4, 5],
      ],
      'v: expected numbers of [3], got 2 numbers; give 3',
    ],
    ['a number for a vector', point, 1, 'v: expected numbers of [3], got 1 number; give 3'],
    [
      'pixels to 255',
      image,
      [0, 128, 255, 0],
      'v: expected pixels from 0 to 1, got 128 at 1; divide by 255, or give them as a Uint8Array',
    ],
    ['bigints', point, BigInt64Array.of(1n, 2n, 3n), 'v: expected numbers of [3], got 1n at 0; give finite numbers'],
    [
      'a buffer',
      point,
      new ArrayBuffer(12),
      'v: expected numbers of [3], got an ArrayBuffer; give an array of 3 numbers',
    ],
    ['a bigint for a class', digit, 3n, 'v: expected a class, 0 to 3, got 3n; give one of these'],
    [
      'a sparse list of classes',
      digit,
      Object.assign([], { length: 3, 1: 1, 2: 2 }),
      'v: expected a class, 0 to 3, got undefined at 0; give all of them',
    ],
    [
      'a sparse vector',
      point,
      Object.assign([], { length: 3, 0: 1, 2: 3 }),
      'v: expected numbers of [3], got undefined at 1; give all of them',
    ],
    ['pixels below zero', image, [-1, 0, 0, 0], 'v: expected pixels from 0 to 1, got -1 at 0; '],
    [
      'pixels far below zero',
      image,
      Float32Array.of(0, -1000, 0, 0),
      'v: expected pixels from 0 to 1, got -1000 at 1; ',
    ],
    [
      'a class that no number names, where numbers are names',
      stars,
      0,
      'v: expected a class, 1 or 2 or 3 or 4 or 5, got 0; give one of these; a number is the class of that name',
    ],
    ['a place among classes whose names are numbers and words', codes, 2, 'got 2; give one of these; a number is'],
    [
      'a number that names two classes',
      codes,
      1,
      'v: expected a class, 01 or 007 or none or 1.0, got 1, which several are called; give the name as text',
    ],
    [
      'a number that float32 does not keep',
      size,
      1_700_000_001,
      'v: expected a number that float32 can tell apart, got 1700000001 at 0, of which float32 keeps 1700000000; subtract a constant',
    ],
    [
      'numbers that are one in float32',
      { ...time, scaling: { mean: [1.7e9], deviation: [1000] } },
      [1_700_000_000, 1_700_000_040],
      'got 1700000040 at 0, of which float32 keeps 1700000000',
    ],
    [
      'a mask in bytes',
      image,
      Uint8Array.of(0, 1, 1, 0),
      'v: expected pixels of [1, 2, 2], got bytes that are all 0 or 1; give 0 and 255, or 0 and 1 as a Float32Array',
    ],
    [
      'the RGBA of a canvas',
      picture,
      canvas.data,
      'v: expected pixels of [2, 2, 1], got an array of 16, 4 times as many; pass the pixels of a canvas as an ImageData',
    ],
    [
      'the RGBA of a canvas in floats',
      picture,
      Float32Array.from(canvas.data, (byte) => byte / 255),
      'got an array of 16, 4 times as many',
    ],
    [
      'the RGBA of a canvas in a plain list',
      picture,
      Array.from(canvas.data, (byte) => byte / 255),
      'got an array of 16, 4 times as many',
    ],
    ['the RGB of a decoder for grey', picture, new Uint8Array(12), 'got an array of 12, 3 times as many'],
    ['several canvases in bytes', picture, new Uint8Array(32), 'got an array of 32, 8 times as many'],
    [
      'the ImageData of another size',
      picture,
      { ...canvas, width: 1, height: 4 },
      'v: expected pixels of [2, 2, 1], got an image of [4, 1, 4]; give an image of this size',
    ],
    [
      'an ImageData that lacks pixels',
      picture,
      { ...canvas, data: canvas.data.subarray(4) },
      'got an image of [2, 2, 4]; ',
    ],
    ['an ImageData for a class', digit, canvas, 'v: expected a class, 0 to 3, got an object; give one of these'],
    [
      'an ImageData for numbers',
      point,
      canvas,
      'v: expected numbers of [3], got an object; give an array of 3 numbers',
    ],
    ['a date', size, new Date(0), 'v: expected a number, got a Date; give a number'],
  ])('may not be %s', (_, variable, value, message) => {
    expect(() => encodeValue('v', variable, value)).toThrow(InvalidData);
    expect(() => encodeValue('v', variable, value)).toThrow(message);
  });

  it('may be the ImageData of a page, in the channels that the model has: alpha over black, colours as luma', () => {
    const bytes = (variable: Variable) => rows(variable, canvas)[0]?.map((value) => Math.round(value * 255));
    expect(bytes(picture)).toEqual([76, 128, 0, 255]);
    const rgb: Variable = { kind: 'image', shape: [2, 2, 3], dataShape: [2, 2, 3] };
    expect(bytes(rgb)).toEqual([255, 0, 0, 128, 128, 128, 0, 0, 0, 255, 255, 255]);
    expect(bytes({ ...rgb, shape: [2, 2, 4], dataShape: [2, 2, 4] })).toEqual([...canvas.data]);
    expect(bytes({ ...rgb, shape: [2, 2, 2], dataShape: [2, 2, 2] })).toEqual([76, 255, 255, 128, 0, 255, 255, 255]);
    expect(rows(picture, [canvas, canvas])).toHaveLength(2);
    // A picture that a model gave says its channels.
    const grey = { width: 2, height: 2, channels: 1, data: Uint8ClampedArray.of(0, 51, 102, 255) };
    expect(rows(picture, grey)[0]?.map((value) => Math.round(value * 255))).toEqual([0, 51, 102, 255]);
  });

  it('means the same when its arrays come from another realm', () => {
    const elsewhere = (code: string): unknown => runInNewContext(code);
    const foreign = elsewhere('Float32Array.of(0.25, 0.75)');
    expect(foreign).not.toBeInstanceOf(Float32Array);
    expect(rows(pet, foreign)).toEqual([[0.25, 0.75]]);
    expect(rows(digit, elsewhere('Float32Array.of(1, 0, 0, 0)'))).toEqual([[1, 0, 0, 0]]);
    expect(rows(digit, elsewhere('Uint8Array.of(3, 0)'))).toEqual([[0, 0, 0, 1], [1, 0, 0, 0]]); // prettier-ignore
    expect(rows(image, elsewhere('Uint8Array.of(0, 51, 255, 0)'))).toEqual([[0, Math.fround(0.2), 1, 0]]);
    expect(rows(picture, elsewhere('({ width: 2, height: 2, data: new Uint8ClampedArray(16).fill(255) })'))).toEqual([
      [1, 1, 1, 1],
    ]);
    expect(rows(size, elsewhere('[1, 2, 3]'))).toEqual([[1], [2], [3]]);
    expect(rows(point, elsewhere('Float32Array.of(1, 2, 3)'))).toEqual([[1, 2, 3]]);
    expect(() => rows(picture, elsewhere('new Uint8ClampedArray(16)'))).toThrow('4 times as many');
  });

  it('is read, or refused in one sentence that names the condition, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(ODD), fc.constantFrom(...ALL), (value, variable) => {
        try {
          rows(variable, value);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidData);
          expect(String(error)).toMatch(/^InvalidData: v: expected .+, got .+; .+$/s);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is the same in the form that a page knows at once and in full', () => {
    const values = fc.oneof(
      fc.anything(ODD),
      fc.double(),
      fc.integer({ min: -2, max: 6 }),
      fc.constantFrom('1', '2', 'cat', 'dog', 'none', '01', '007'),
      fc.float32Array({ minLength: 1, maxLength: 5 }),
      fc.array(fc.double({ min: -0.1, max: 1.1 }), { maxLength: 5 }),
    );
    let known = 0;
    fc.assert(
      fc.property(values, fc.constantFrom(...ALL), (value, variable) => {
        const found = usual({ v: variable }, { v: value });
        if (!found) return;
        known += 1;
        expect(found).toEqual(encodeConditions({ v: variable }, { v: value }));
      }),
      { numRuns: 3000, seed: 5 },
    );
    expect(known).toBeGreaterThan(100);
  });

  it('in a batch is what it is alone', () => {
    const classes = fc.array(fc.nat(3), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(classes, (list) => {
        expect(rows(digit, list)).toEqual(list.flatMap((label) => rows(digit, label)));
      }),
    );
  });
});

describe('conditions', () => {
  it('have as many rows as the longest, and single values as one', () => {
    const { rows, values } = encodeConditions({ digit, size }, { digit: [1, 2, 3], size: 4 });
    expect(rows).toBe(3);
    expect([values['digit']?.rows, values['size']?.rows]).toEqual([3, 1]);
    expect(encodeConditions({}, {}).rows).toBe(1);
  });

  it('of which two have different numbers of values are refused', () => {
    expect(() => encodeConditions({ digit, size }, { digit: [1, 2, 3], size: [1, 2] })).toThrow(
      'size: expected one value or 3, as of the other conditions, got 2; give as many of each',
    );
  });

  it('that are unknown or missing are refused by name, those of every object included', () => {
    expect(() => encodeConditions({ digit }, { digit: 1, toString: 2 })).toThrow(
      'toString: expected conditions of this model, got another; give digit',
    );
    expect(() => encodeConditions({ digit }, {})).toThrow('digit: expected a class, 0 to 3, got nothing');
    expect(() => encodeConditions({ toString: digit }, {})).toThrow('toString: expected a class, 0 to 3, got nothing');
  });

  it.each([undefined, null, 3, 'digit', [1], Float32Array.of(1)])('that are %s are refused', (given) => {
    // Types forbid this, but JavaScript does not.
    const conditions = given as unknown as Readonly<Record<string, unknown>>;
    expect(usual({ digit }, conditions)).toBeUndefined();
    expect(() => encodeConditions({ digit }, conditions)).toThrow(
      /^conditions: expected an object with a value for each condition, got .*; give \{ digit \}$/,
    );
  });
});
