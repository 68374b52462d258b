import { describe, expect, test } from 'vitest';
import { normals, stream, uniforms } from '../../src/random.ts';
import { binned, binnedBy } from '../../src/scores/binned.ts';
import { boosted, forest } from '../../src/scores/ensembles.ts';
import { aucOf, distance, rankArea } from '../../src/scores/measures.ts';
import { coded, type Coded } from '../../src/scores/table.ts';
import { grow, leafOf, leavesOf } from '../../src/scores/tree.ts';

const column = (values: Iterable<number>): Float64Array => Float64Array.from(values);
const noise = (count: number, of: string): Float64Array => column(normals(stream(7, of), count, 1));
const table = (columns: Readonly<Record<string, ArrayLike<number> | readonly string[]>>): Coded => {
  const { it } = coded({ it: columns });
  if (!it) throw new Error('no table');
  return it;
};

describe('bins', () => {
  test('are one for each value if there are few, and of as many rows each if there are many', () => {
    expect([...(binned([column([3, 1, 2, 1])]).codes[0] ?? [])]).toEqual([2, 0, 1, 0]);
    const many = column(Array.from({ length: 10_000 }, (_, i) => i));
    const { codes, edges } = binned([many]);
    expect(edges[0]).toHaveLength(255);
    const counts = new Map<number, number>();
    for (const code of codes[0] ?? []) counts.set(code, (counts.get(code) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThan(42);
  });

  test('of other rows are those of the rows that made them, the last for larger values', () => {
    const of = binned([column([10, 20, 30])]);
    expect([...(binnedBy([column([5, 20, 21, 99])], of).codes[0] ?? [])]).toEqual([0, 1, 2, 2]);
  });
});

describe('a tree', () => {
  const x = column(Array.from({ length: 40 }, (_, i) => i));
  const rows = Int32Array.from({ length: 40 }, (_, i) => i);

  test('splits where the squares about the means are least', () => {
    const tree = grow(binned([x]), [x.map((value) => (value < 13 ? 1 : 5))], rows, { leaf: 1, depth: 1 });
    expect(leavesOf(tree).map(([, own]) => own.length)).toEqual([13, 27]);
    expect(leafOf(tree, binned([x]), 12)).toBe(leafOf(tree, binned([x]), 0));
    expect(leafOf(tree, binned([x]), 13)).not.toBe(leafOf(tree, binned([x]), 0));
  });

  test('has no leaf of fewer rows than it may, and no split that gains nothing', () => {
    const tree = grow(binned([x]), [x], rows, { leaf: 7 });
    expect(Math.min(...leavesOf(tree).map(([, own]) => own.length))).toBeGreaterThanOrEqual(7);
    expect(
      leavesOf(tree)
        .flatMap(([, own]) => [...own])
        .sort((a, b) => a - b),
    ).toEqual([...rows]);
    expect(grow(binned([x]), [x.map(() => 3)], rows, { leaf: 1 }).nodes).toHaveLength(1);
  });
});

describe('an ensemble', () => {
  const [a, b] = [column(uniforms(stream(1, 'a'), 600, 1)), column(uniforms(stream(1, 'b'), 600, 1))];
  /** Neither of the columns is informative by itself. */
  const labels = a.map((value, i) => (value > 0.5 === (b[i] ?? 0) > 0.5 ? 1 : 0));
  const [p, q] = [column(uniforms(stream(2, 'a'), 400, 1)), column(uniforms(stream(2, 'b'), 400, 1))];
  const truth = p.map((value, i) => (value > 0.5 === (q[i] ?? 0) > 0.5 ? 1 : 0));

  test('of boosted trees learns what two columns say together', () => {
    const odds = boosted([a, b], labels)([p, q]);
    expect(odds.filter((value, i) => value > 0 === (truth[i] === 1)).length / 400).toBeGreaterThan(0.95);
    // Before any tree, the odds are those of the labels.
    const constant = boosted([column([1, 1, 1, 1])], column([1, 0, 0, 0]))([column([1])]);
    expect(constant[0]).toBeCloseTo(Math.log(1 / 3), 6);
  });

  test('as a forest predicts classes and numbers, the same ones for a seed', () => {
    const shares = forest([a, b], [labels, labels.map((one) => 1 - one)], 3)([p, q]);
    const right = truth.filter((one, i) => (shares[0]?.[i] ?? 0) > 0.5 === (one === 1));
    expect(right.length / 400).toBeGreaterThan(0.95);
    for (const i of truth.keys()) expect((shares[0]?.[i] ?? 0) + (shares[1]?.[i] ?? 0)).toBeCloseTo(1, 9);
    const [number] = forest([a, b], [a.map((value) => 10 * value)], 3)([p, q]);
    const errors = p.map((value, i) => Math.abs(10 * value - (number?.[i] ?? 0)));
    expect(errors.reduce((sum, one) => sum + one, 0) / 400).toBeLessThan(0.5);
    expect(forest([a, b], [labels], 3)([p, q])).toEqual(forest([a, b], [labels], 3)([p, q]));
  });
});

describe('a measure', () => {
  test('the area under the curve is the share of pairs in the right order, ties half', () => {
    const values = column([0.1, 0.4, 0.35, 0.8, 0.4]);
    const labels = column([0, 0, 1, 1, 1]);
    let sum = 0;
    for (const i of [2, 3, 4]) for (const j of [0, 1]) sum += (Math.sign((values[i] ?? 0) - (values[j] ?? 0)) + 1) / 2;
    expect(rankArea(values, labels)).toBeCloseTo(sum / 6, 12);
  });

  test('the distance of distribution functions is that of Kolmogorov and Smirnov', () => {
    expect(distance(column([1, 2, 3]), column([2, 3, 4]))).toBeCloseTo(1 / 3, 12);
    expect(distance(column([1, 1, 2]), column([1, 2, 2]))).toBeCloseTo(1 / 3, 12);
    expect(distance(column([1, 2]), column([5, 6]))).toBe(1);
    expect(distance(column([1, NaN, 2]), column([2, 1, NaN, NaN]))).toBe(0);
  });

  test('AUC is near 0.5 for rows of one distribution, and 1 for rows that are apart', () => {
    const [one, other] = [
      table({ x: noise(400, 'x'), y: noise(400, 'y') }),
      table({ x: noise(400, 'u'), y: noise(400, 'v') }),
    ];
    expect(Math.abs(aucOf(one, other, 1) - 0.5)).toBeLessThan(0.06);
    expect(aucOf(one, table({ x: noise(400, 'u').map((x) => x + 9), y: noise(400, 'v') }), 1)).toBeGreaterThan(0.99);
  });

  test('AUC of paired rows is not below 0.5 because a real row speaks against its twin', () => {
    const x = column(Array.from({ length: 300 }, (_, i) => i));
    const [real, drawn] = [table({ x, y: noise(300, 'y') }), table({ x, y: noise(300, 'v') })];
    expect(Math.abs(aucOf(real, drawn, 1, true) - 0.5)).toBeLessThan(0.07);
    expect(aucOf(real, drawn, 1)).toBeLessThan(aucOf(real, drawn, 1, true));
  });
});
