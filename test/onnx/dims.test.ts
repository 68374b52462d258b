import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDims,
  broadcast,
  broadcastsTo,
  divideDims,
  mayEqual,
  multiplyDims,
  productOf,
  subtractDims,
} from '../../src/onnx/dims.ts';
import type { Dim } from '../../src/onnx/graph.ts';

/** A dimension's value where its symbols have these values; undefined for `?`. */
const valueOf = (dim: Dim, symbols: Readonly<Record<string, number>>): number | undefined => {
  if (typeof dim === 'number') return dim;
  if (dim === '?') return undefined;
  const factor = (word: string): number => symbols[word] ?? Number(word);
  return dim
    .split('+')
    .map((term) => term.split('*').reduce((product, word) => product * factor(word), 1))
    .reduce((a, b) => a + b, 0);
};

const dim = fc.oneof(fc.nat(9), fc.constantFrom<Dim>('N', 'k', '2*N', 'N*k', '3*N*k+N+4', 'k*k', 'N+1', '?'));
const symbols = fc.record({ N: fc.integer({ min: 1, max: 9 }), k: fc.integer({ min: 1, max: 9 }) });

describe('arithmetic of lengths', () => {
  it.each([
    ['N + N', addDims('N', 'N'), '2*N'],
    ['(N + 1) + 2', addDims('N+1', 2), 'N+3'],
    ['2N · 3', multiplyDims('2*N', 3), '6*N'],
    ['k · N', multiplyDims('k', 'N'), 'N*k'],
    ['(N + 1) · k', multiplyDims('N+1', 'k'), 'N*k+k'],
    ['0 · ?', multiplyDims(0, '?'), 0],
    ['? · 2', multiplyDims('?', 2), '?'],
    ['6N / 2N', divideDims('6*N', '2*N'), 3],
    ['N·k / k', divideDims('N*k', 'k'), 'N'],
    ['N / 2', divideDims('N', 2), '?'],
    ['7 / 2', divideDims(7, 2), '?'],
    ['1 / 0', divideDims(1, 0), '?'],
    ['N − N', subtractDims('N', 'N'), 0],
    ['(N + 3) − 1', subtractDims('N+3', 1), 'N+2'],
    ['N − 1', subtractDims('N', 1), '?'],
    ['N · 28 · 28', productOf(['N', 28, 28]), '784*N'],
  ])('%s', (_, result, expected) => {
    expect(result).toBe(expected);
  });

  it('is right whatever the symbols stand for', () => {
    fc.assert(
      fc.property(dim, dim, symbols, (a, b, values) => {
        const [x, y] = [valueOf(a, values), valueOf(b, values)];
        const same = (result: Dim, expected: number | undefined): void => {
          const value = valueOf(result, values);
          if (value !== undefined && expected !== undefined) expect(value).toBe(expected);
        };
        const both = (f: (p: number, q: number) => number): number | undefined =>
          x === undefined || y === undefined ? undefined : f(x, y);
        same(
          addDims(a, b),
          both((p, q) => p + q),
        );
        same(
          multiplyDims(a, b),
          both((p, q) => p * q),
        );
        same(
          subtractDims(a, b),
          both((p, q) => p - q),
        );
        same(
          divideDims(a, b),
          both((p, q) => p / q),
        );
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('knows a length from another one unless one is unknown', () => {
    expect(mayEqual('N', 'N')).toBe(true);
    expect(mayEqual('k*N', 'N*k')).toBe(true);
    expect(mayEqual('N', 'M')).toBe(false);
    expect(mayEqual('N', 3)).toBe(false);
    expect(mayEqual('N', '?')).toBe(true);
    expect(mayEqual(3, 4)).toBe(false);
  });
});

describe('broadcasting', () => {
  it.each([
    [[[3], ['?']], [3]],
    [[['?'], [3]], [3]],
    [
      [['N', 3], [3]],
      ['N', 3],
    ],
    [
      [['N', 3], []],
      ['N', 3],
    ],
    [
      [
        ['N', 1],
        [1, 4],
      ],
      ['N', 4],
    ],
    [[['N'], [5]], [5]],
    [[['N'], ['M']], ['?']],
    [[['N'], ['?']], ['?']],
    [
      [
        ['2*N', 3],
        ['N*2', 1],
      ],
      ['2*N', 3],
    ],
    [[[2], [3]], undefined],
    [[[0], [1]], [0]],
  ] satisfies [Dim[][], Dim[] | undefined][])('%j gives %j', (shapes, expected) => {
    expect(broadcast(...shapes)).toEqual(expected);
  });

  it('to a shape that must not change', () => {
    expect(broadcastsTo(['N', 1], ['N', 4])).toBe(true);
    expect(broadcastsTo([4], ['N', 4])).toBe(true);
    expect(broadcastsTo(['N', 4], [4])).toBe(false);
    expect(broadcastsTo([4], ['N', 1])).toBe(false);
  });
});
