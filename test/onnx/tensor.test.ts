import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../../src/float16.ts';
import { DTYPES, ELEMENT, dtypeOfCode, dtypeOfWord } from '../../src/onnx/dtype.ts';
import { shortest } from '../../src/onnx/float32.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';

describe('float16', () => {
  it('keeps all of its 65,536 numbers', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromHalf(bits);
      if (Number.isNaN(value)) expect(fromHalf(toHalf(value))).toBeNaN();
      else expect(toHalf(value)).toBe(bits);
    }
  });

  it('rounds to the nearest, and to the even one of two', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7bfe }), fc.double({ min: 0, max: 1, noNaN: true }), (bits, part) => {
        const [low, high] = [fromHalf(bits), fromHalf(bits + 1)];
        const value = low + part * (high - low);
        const middle = (low + high) / 2;
        const expected = value < middle || (value === middle && bits % 2 === 0) ? low : high;
        expect(fromHalf(toHalf(value))).toBe(expected);
        expect(fromHalf(toHalf(-value))).toBe(-expected);
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('ends at 65,504', () => {
    expect([65504, 65519.99, 65520, Infinity, -1e9].map((x) => fromHalf(toHalf(x)))).toEqual([
      65504,
      65504,
      Infinity,
      Infinity,
      -Infinity,
    ]);
  });
});

describe('the shortest number', () => {
  it('that float32 rounds to the same', () => {
    expect(shortest(Math.fround(0.1))).toBe(0.1);
    expect(Object.is(shortest(-0), -0)).toBe(true);
    fc.assert(
      fc.property(fc.float(), (x) => Object.is(Math.fround(shortest(x)), x)),
      { numRuns: 3000, seed: 1 },
    );
  });
});

describe('tensors', () => {
  it('hold numbers as their type holds them', () => {
    const given = [-1.6, 0, 0.25, 300];
    const held = DTYPES.map((dtype) => [dtype, ...numbersOf(tensorOf(dtype, [4], given))]);
    expect(held).toEqual([
      ['float32', Math.fround(-1.6), 0, 0.25, 300],
      ['uint8', 255, 0, 0, 44],
      ['int8', -1, 0, 0, 44],
      ['int32', -1, 0, 0, 300],
      ['int64', -1, 0, 0, 300],
      ['bool', 1, 0, 1, 1],
      ['float16', -1.599609375, 0, 0.25, 300],
      ['float64', -1.6, 0, 0.25, 300],
    ]);
  });

  it('of int64 end where int64 ends', () => {
    expect([...tensorOf('int64', [4], [Infinity, -Infinity, 2 ** 70, -(2 ** 63)]).data]).toEqual([
      2n ** 63n - 1n,
      -(2n ** 63n),
      2n ** 63n - 1n,
      -(2n ** 63n),
    ]);
  });

  it('need as many numbers as their shape has elements', () => {
    expect(() => tensorOf('float32', [2, 3], [1, 2])).toThrow(
      'tensor: expected 6 numbers for the shape [2, 3], got 2; give as many numbers as the shape has elements',
    );
  });

  it("have types of ONNX's numbers and words", () => {
    for (const dtype of DTYPES) {
      expect(dtypeOfCode(ELEMENT[dtype].code)).toBe(dtype);
      expect(dtypeOfWord(ELEMENT[dtype].word)).toBe(dtype);
    }
    expect([dtypeOfCode(8), dtypeOfWord('string')]).toEqual([undefined, undefined]);
  });
});
