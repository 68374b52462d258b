import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bits,
  fillNormals,
  fillUniforms,
  inverseNormal,
  normals,
  permutation,
  stream,
  uniform,
  uniforms,
} from '../src/random.ts';

const seed = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const hex = (words: Iterable<number>) => Array.from(words, (word) => word.toString(16).padStart(8, '0')).join(' ');
const bitsOf = (floats: Float32Array) => hex(new Uint32Array(floats.buffer, floats.byteOffset, floats.length));

describe('the generator', () => {
  it("gives Random123's known answers for threefry2x32 of 20 rounds", () => {
    expect(hex(bits([0, 0], 0, 0))).toBe('6b200159 99ba4efe');
    expect(hex(bits([0xffffffff, 0xffffffff], 0xffffffff, 0xffffffff))).toBe('1cb996fc bb002be7');
    expect(hex(bits([0x13198a2e, 0x03707344], 0x243f6a88, 0x85a308d3))).toBe('c4923a9c 483df7a0');
  });

  it('never changes: a seed means the same numbers in every version', () => {
    expect(hex(stream(1, 'order', 2))).toMatchInlineSnapshot(`"84f592ee d31e7120"`);
    expect(hex(stream(Number.MAX_SAFE_INTEGER))).toMatchInlineSnapshot(`"ffffffff 001fffff"`);
    expect(uniform(stream(7), 3)).toMatchInlineSnapshot(`0.17015938454621937`);
    expect(bitsOf(uniforms(stream(0), 1, 5))).toMatchInlineSnapshot(`"3ed64002 3f19ba4e 3ea11df6 3f40de3f 3ec94c4c"`);
    expect(bitsOf(normals(stream(0), 2, 5))).toMatchInlineSnapshot(
      `"be52c848 3e826010 bef71a5d 3f2f6949 be8acc86 bf48e669 3f5b3ffc 3e445081 bf478869 bec5c284"`,
    );
    expect(bitsOf(normals(stream(123456789012345, 'sample'), 1, 8, 4294967295))).toMatchInlineSnapshot(
      `"3cf7d454 3f3b3a34 bf2fc3b7 bd13c4ae 3cdf73de be6335fd bf641935 be0cfa2e"`,
    );
    expect(permutation(12, stream(5, 'order')).join()).toBe('10,9,5,0,2,11,1,8,7,4,3,6');
  });
});

describe('streams', () => {
  it('differ by seed and by path, however alike the paths are', () => {
    const paths: (string | number)[][] = [
      [],
      [0],
      [1],
      [0, 0],
      [''],
      ['', ''],
      ['a'],
      ['ab'],
      ['a', 'b'],
      ['b', 'a'],
      ['1'],
      [97],
      ['order', 1],
      ['order', 11],
      ['order1', 1],
      ['noise', 1],
      [2 ** 32],
      [2 ** 32 + 1],
    ];
    const keys = [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER].flatMap((s) => paths.map((path) => hex(stream(s, ...path))));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('refuse what is not a non-negative safe integer', () => {
    for (const bad of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      expect(() => stream(bad)).toThrow(RangeError);
      expect(() => stream(0, 'epoch', bad)).toThrow('expected a whole number from 0');
    }
  });

  it('of neighbouring seeds are uncorrelated', () => {
    const a = normals(stream(1), 1, 20_000);
    const b = normals(stream(2), 1, 20_000);
    expect(Math.abs(mean(a.map((x, i) => x * (b[i] ?? 0))))).toBeLessThan(4 / Math.sqrt(20_000));
  });
});

describe('rows of samples', () => {
  it('depend on the stream and on their own index only, not on how many are drawn with them', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 9 }), fc.nat(6), fc.nat(1e6), (s, length, row, first) => {
        for (const draw of [normals, uniforms]) {
          const many = draw(stream(s), 7, length, first);
          const one = draw(stream(s), 1, length, first + row);
          expect(bitsOf(many.slice(row * length, (row + 1) * length))).toBe(bitsOf(one));
        }
      }),
    );
  });

  it('begin alike whatever their length', () => {
    expect(normals(stream(3), 1, 20).slice(0, 7)).toEqual(normals(stream(3), 1, 7));
  });

  it('are filled in place, and one row is the default', () => {
    const out = new Float32Array(6);
    expect(fillNormals(out, stream(1))).toBe(out);
    expect(out).toEqual(normals(stream(1), 1, 6));
    expect(fillUniforms(new Float32Array(6), stream(1), 3, 4)).toEqual(uniforms(stream(1), 2, 3, 4));
    expect(normals(stream(1), 0, 4)).toHaveLength(0);
  });

  it('must be whole, and counted from 0 to 2³² − 1', () => {
    expect(() => fillNormals(new Float32Array(7), stream(1), 2)).toThrow('7 numbers are not rows of 2');
    expect(() => normals(stream(1), 2, 1, 2 ** 32 - 1)).toThrow(RangeError);
    expect(() => normals(stream(1), 1, 1, -1)).toThrow(RangeError);
    expect(() => normals(stream(1), 1, 1, 0.5)).toThrow(RangeError);
  });
});

describe('the distributions', () => {
  const count = 100_000;
  const seeds = Array.from({ length: 40 }, (_, i) => i);

  it('of uniforms is uniform on [0, 1)', () => {
    const drawn = uniforms(stream(11), 100, count / 100);
    expect(Math.min(...drawn.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(Math.abs(mean(drawn) - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
    expectLikeKolmogorov(seeds.map((s) => kolmogorov(uniforms(stream(s), 100, 50), (x) => x)));
    const single = Float64Array.from({ length: 5000 }, (_, i) => uniform(stream(12), i));
    expect(kolmogorov(single, (x) => x)).toBeLessThan(1.95);
    expect(single.every((x) => x >= 0 && x < 1)).toBe(true);
  });

  it('of normals is standard normal', () => {
    for (const length of [1, 20, 1000]) {
      const drawn = normals(stream(21), count / length, length);
      expect(Math.abs(mean(drawn))).toBeLessThan(4 / Math.sqrt(count));
      expect(Math.abs(mean(drawn.map((x) => x * x)) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
      expectLikeKolmogorov(seeds.map((s) => kolmogorov(normals(stream(s), 5000 / length, length), standardNormal)));
    }
  });

  it('has no correlation between neighbours, in a row or from row to row', () => {
    const length = 10;
    const drawn = normals(stream(31), count / length, length);
    for (const lag of [1, 2, length]) {
      const products = drawn.slice(lag).map((x, i) => x * (drawn[i] ?? 0));
      expect(Math.abs(mean(products))).toBeLessThan(4 / Math.sqrt(count));
    }
  });
});

describe('the inverse normal distribution', () => {
  // mpmath at 60 digits.
  const exact: readonly (readonly [number, number])[] = [
    [2 ** -33, -6.3379577545537895],
    [1e-10, -6.361340902404057],
    [1e-5, -4.264890793922825],
    [0.001, -3.0902323061678136],
    [0.025, -1.9599639845400543],
    [0.0749, -1.440238267527964],
    [0.075, -1.439531470938456],
    [0.0751, -1.43882539275254],
    [0.2, -0.8416212335729142],
    [0.4, -0.2533471031357997],
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.9, 1.2815515655446006],
    [0.925, 1.4395314709384561],
    [0.9251, 1.440238267527964],
    [0.975, 1.9599639845400538],
    [0.9999, 3.7190164854557084],
    [1 - 2 ** -33, 6.3379577545537895],
  ];

  it('agrees with high-precision values to 1e-14, tails included', () => {
    for (const [p, z] of exact) expect(Math.abs(inverseNormal(p) - z)).toBeLessThanOrEqual(1e-14 * Math.abs(z));
  });

  it('undoes the distribution function', () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (z) => {
        const p = standardNormal(z);
        const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
        // What the rounding of p itself is worth in z, and a little.
        expect(Math.abs(inverseNormal(p) - z)).toBeLessThan(1e-12 + 4e-16 / density);
      }),
    );
  });

  it('rises, also across the borders of its two pieces', () => {
    for (const border of [0.075, 0.5, 0.925]) {
      const step = Math.min(border, 1 - border) / 2 ** 14;
      let last = -Infinity;
      for (let i = -2000; i <= 2000; i++) {
        const z = Math.fround(inverseNormal(border + i * step));
        expect(z).toBeGreaterThanOrEqual(last);
        last = z;
      }
    }
    const grid = Float64Array.from({ length: 9999 }, (_, i) => inverseNormal((i + 1) / 10_000));
    for (let i = 1; i < grid.length; i++) expect(grid[i]).toBeGreaterThan(grid[i - 1] ?? NaN);
  });

  it('is right to the last number that 32 bits give', () => {
    const ends = [2 ** -33, 1.5 * 2 ** -32, 1 - 1.5 * 2 ** -32, 1 - 2 ** -33].map(inverseNormal);
    expect(ends.map((z) => z.toFixed(6))).toEqual(['-6.337958', '-6.166430', '6.166430', '6.337958']);
  });
});

describe('permutations', () => {
  it('hold every index once', () => {
    fc.assert(
      fc.property(seed, fc.nat(300), (s, n) => {
        const order = permutation(n, stream(s));
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(permutation(n, stream(s))).toEqual(order);
      }),
    );
  });

  it('differ from one epoch to the next', () => {
    fc.assert(
      fc.property(seed, fc.nat(1000), (s, epoch) => {
        const orders = [epoch, epoch + 1].map((e) => permutation(50, stream(s, 'order', e)).join());
        expect(orders[0]).not.toBe(orders[1]);
      }),
    );
  });

  it('of four are equally likely, all twenty-four of them', () => {
    const counts = new Map<string, number>();
    const drawn = 24_000;
    for (let i = 0; i < drawn; i++) {
      const order = permutation(4, stream(9, i)).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const expected = drawn / 24;
    const chiSquared = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(49.7); // the 0.999 quantile at 23 degrees of freedom
  });
});

const mean = (values: Float32Array | Float64Array): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};

/** Kolmogorov's D·√n, D being the largest distance between the empirical distribution and `cdf`. */
const kolmogorov = (values: Float32Array | Float64Array, cdf: (x: number) => number): number => {
  const sorted = Float64Array.from(values).sort();
  const distance = sorted.reduce((worst, x, i) => {
    const p = cdf(x);
    return Math.max(worst, p - i / sorted.length, (i + 1) / sorted.length - p);
  }, 0);
  return distance * Math.sqrt(sorted.length);
};

/** Kolmogorov's distribution has mean 0.8687 and deviation 0.2603, and exceeds 2.3 once in 20,000 times. */
const expectLikeKolmogorov = (statistics: readonly number[]): void => {
  const average = statistics.reduce((sum, d) => sum + d, 0) / statistics.length;
  expect(Math.abs(average - 0.8687)).toBeLessThan((4 * 0.2603) / Math.sqrt(statistics.length));
  expect(Math.max(...statistics)).toBeLessThan(2.3);
};

/** Φ(x) by Marsaglia's series, ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …): nothing of it is shared with the inverse. */
const standardNormal = (x: number): number => {
  if (x > 0) return 1 - standardNormal(-x);
  let term = -x;
  let sum = term;
  for (let n = 3; term > sum * 1e-17; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 - (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
};
