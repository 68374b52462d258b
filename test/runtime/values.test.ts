import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidData } from '../../src/errors.ts';
import { encodeConditions, encodeValue, type Variable } from '../../src/runtime/values.ts';

const digit: Variable = { kind: 'categorical', shape: [4], dataShape: [], classes: 4 };
const pet: Variable = { kind: 'categorical', shape: [2], dataShape: [], classes: ['cat', 'dog'] };
const map: Variable = { kind: 'categorical', shape: [2, 2, 3], dataShape: [2, 2], classes: 3 };
const size: Variable = { kind: 'continuous', shape: [1], dataShape: [1] };
const point: Variable = { kind: 'continuous', shape: [3], dataShape: [3] };
const image: Variable = { kind: 'image', shape: [1, 2, 2], dataShape: [1, 2, 2] };

const rows = (variable: Variable, value: unknown): number[][] => {
  const { rows, size, data } = encodeValue('v', variable, value);
  expect(data).toHaveLength(rows * size);
  return Array.from({ length: rows }, (_, row) => [...data.subarray(row * size, (row + 1) * size)]);
};

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
      'a blend beside a class',
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
    ['pixels below zero, which may stand for what is not known', image, [-1, 0, 0, 0], [[-1, 0, 0, 0]]],
  ])('may be %s', (_, variable, value, expected) => {
    expect(rows(variable, value)).toEqual(expected);
  });

  it.each<[string, Variable, unknown, string]>([
    ['nothing', digit, undefined, 'v: expected a class, 0 to 3, got nothing; give this condition'],
    ['null', digit, null, 'v: expected a class, 0 to 3, got nothing; give this condition'],
    ['a class out of range', digit, 4, 'v: expected a class, 0 to 3, got 4; give one of these'],
    ['a negative class', digit, [0, -1], 'v: expected a class, 0 to 3, got -1; give one of these'],
    ['a number as text', digit, '3', 'v: expected a class, 0 to 3, got "3"; give one of these'],
    ['a name that is none', pet, 'cow', 'v: expected a class, cat or dog, got "cow"; give one of these'],
    ['a blend in a plain list', pet, [0.5, 0.5], 'got 0.5; a blend of classes is a Float32Array of 2 weights'],
    ['a blend of too few', digit, Float32Array.of(1, 0), 'v: expected a class, 0 to 3, got 2 numbers; give 4'],
    ['a blend with NaN', pet, Float32Array.of(NaN, 0), 'v: expected a class, cat or dog, got NaN at 0; mend it'],
    ['true', digit, true, 'v: expected a class, 0 to 3, got true; mend it'],
    ['classes of too few places', map, [0, 1], 'v: expected a class for each of [2, 2], 0 to 2, got 2 numbers; give 4'],
    ['an empty list', size, [], 'v: expected a number, or several, got an empty list; give one'],
    ['text for a number', size, 'big', 'v: expected a number, got "big" at 0; mend it'],
    ['infinity', size, Infinity, 'v: expected a number, got Infinity at 0; mend it'],
    ['a bigint', size, 3n, 'v: expected a number, got 3; mend it'],
    ['an object', point, { x: 1 }, 'v: expected numbers of [3], got an object; mend it'],
    ['a vector of too many', point, [1, 2, 3, 4], 'v: expected numbers of [3], got 4 numbers; give 3'],
    ['a vector of none', point, new Float32Array(), 'v: expected numbers of [3], got 0 numbers; give 3'],
    ['a vector with NaN', point, [1, NaN, 3], 'v: expected numbers of [3], got NaN at 1; mend it'],
    [
      'vectors of which one is short',
      point,
      [
        [1, 2, 3],
        [4, 5],
      ],
      'v: expected numbers of [3], got 2 numbers; give 3',
    ],
    ['a number for a vector', point, 1, 'v: expected numbers of [3], got 1 numbers; give 3'],
    [
      'pixels to 255',
      image,
      [0, 128, 255, 0],
      'v: expected pixels from 0 to 1, got 128 at 1; divide by 255, or give them as a Uint8Array',
    ],
    ['bigints', point, BigInt64Array.of(1n, 2n, 3n), 'v: expected numbers of [3], got 1 at 0; mend it'],
    ['a buffer', point, new ArrayBuffer(12), 'v: expected numbers of [3], got an object; mend it'],
  ])('may not be %s', (_, variable, value, message) => {
    expect(() => encodeValue('v', variable, value)).toThrow(InvalidData);
    expect(() => encodeValue('v', variable, value)).toThrow(message);
  });

  it('is read, or refused in one sentence that names the condition, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(digit, pet, map, size, point, image), (value, variable) => {
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
  });
});
