import { expect, test } from 'vitest';
import { stream, uniforms } from '../../src/random.ts';
import { drawTarget } from '../../src/runtime/draw.ts';
import type { TargetSignature } from '../../src/signature.ts';

const COUNT = 4000;

/** Draws of one row of outputs, repeated, from noise of a fixed seed. */
const draw = async (
  target: Omit<TargetSignature, 'dataShape'>,
  outputs: Readonly<Record<string, readonly number[]>>,
): Promise<readonly number[][]> => {
  const length = target.shape.reduce((a, b) => a * b, 1);
  const rows = (values: readonly number[]) =>
    Float32Array.from({ length: COUNT * values.length }, (_, i) => values[i % values.length] ?? NaN);
  const { y = Array<number>(length).fill(0), ...more } = outputs;
  const given = Object.fromEntries(Object.entries(more).map(([name, values]) => [name, rows(values)]));
  const means = { data: rows(y), shape: [COUNT, ...target.shape], more: given };
  const noise = uniforms(stream(1, 'draws'), COUNT, length);
  const { data } = await drawTarget({ ...target, dataShape: target.shape }, means, () => noise);
  return Array.from({ length: COUNT }, (_, row) => Array.from(data.subarray(row * length, (row + 1) * length)));
};

const share = (rows: readonly (readonly number[])[], holds: (row: readonly number[]) => boolean): number =>
  rows.filter(holds).length / rows.length;
/** Four standard errors of a share of that many draws. */
const WITHIN = 4 * Math.sqrt(0.25 / COUNT);
const near = (found: number, expected: number): void => expect(Math.abs(found - expected)).toBeLessThan(WITHIN);

const mixed = { distribution: 'mixture', shape: [2], of: { distribution: 'normal', sigma: 0.1 } } as const;

test('elements of a place share a component', async () => {
  const target = { ...mixed, per: 'place', settings: { components: 2 } } as const;
  const rows = await draw(target, { weights: [0.3, 0.7], means: [-5, -6, 5, 6] });
  near(
    share(rows, ([a = 0, b = 0]) => a < 0 && b < 0),
    0.3,
  );
  expect(share(rows, ([a = 0, b = 0]) => a < 0 !== b < 0)).toBe(0);
  // What is left of the noise that chose the component draws the element.
  const own = rows.filter(([a = 0]) => a < 0);
  near(
    share(own, ([a = 0]) => a < -5),
    0.5,
  );
  near(
    share(own, ([a = 0]) => a < -5.1),
    0.1587,
  );
  near(
    share(own, ([, b = 0]) => b < -6.1),
    0.1587,
  );
});

test('elements by themselves do not', async () => {
  const target = { ...mixed, per: 'element', settings: { components: 2 } } as const;
  const rows = await draw(target, { weights: [0.3, 0.7, 0.5, 0.5], means: [-5, 5, -6, 6] });
  near(
    share(rows, ([a = 0]) => a < 0),
    0.3,
  );
  near(
    share(rows, ([a = 0, b = 0]) => a < 0 && b < 0),
    0.15,
  );
});

test('a fixed σ of each element is that element’s in every component', async () => {
  const of = { distribution: 'normal', sigma: [0.1, 3] } as const;
  const target = { distribution: 'mixture', shape: [2], per: 'example', of, settings: { components: 2 } } as const;
  const rows = await draw(target, { weights: [0.5, 0.5], means: [-50, -50, 50, 50] });
  near(
    share(rows, ([a = 0]) => Math.abs(Math.abs(a) - 50) < 0.1),
    0.6827,
  );
  near(
    share(rows, ([, b = 0]) => Math.abs(Math.abs(b) - 50) < 3),
    0.6827,
  );
});

test('a zero-inflated log-normal is 0 as often as it should be, and otherwise log-normal', async () => {
  const of = { distribution: 'logNormal', sigma: 1 } as const;
  const target = { distribution: 'zeroInflated', shape: [1], of } as const;
  const rows = await draw(target, { zero: [0.4], rest: [3], median: [2] });
  near(
    share(rows, ([a]) => a === 0),
    0.4,
  );
  near(
    share(rows, ([a = 0]) => a > 0 && a < 2),
    0.3,
  );
});

test('discretised logistics give levels, with the probability between their borders', async () => {
  const target = {
    distribution: 'discretizedLogistic',
    shape: [1, 2],
    per: 'place',
    settings: { levels: 5, components: 2 },
  } as const;
  const rows = await draw(target, { weights: [0.25, 0.75], location: [-1, -1, 0.5, 0.5], scale: [0.1, 0.1, 0.2, 0.2] });
  expect(share(rows, (row) => row.every((v) => Number.isInteger(v * 4)))).toBe(1);
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const top = 1 - sigmoid((0.75 - 0.5) / 0.2);
  near(
    share(rows, ([a]) => a === 1),
    0.75 * top,
  );
  near(
    share(rows, ([a, b]) => a === 1 && b === 1),
    0.75 * top * top,
  );
  near(
    share(rows, ([a]) => a === 0),
    0.25 * sigmoid((-0.75 + 1) / 0.1) + 0.75 * sigmoid((-0.75 - 0.5) / 0.2),
  );
});

test('a multinomial’s draws share out the total', async () => {
  const target = { distribution: 'multinomial', shape: [4], settings: { total: 10 } } as const;
  const rows = await draw(target, { y: [1, 4, 0, 5] });
  expect(share(rows, (row) => row.reduce((a, b) => a + b, 0) === 10)).toBe(1);
  expect(share(rows, ([, , c]) => c === 0)).toBe(1);
  near(
    share(rows, ([a]) => a === 0),
    0.9 ** 10,
  );
  near(
    share(rows, ([, b = 0]) => b <= 3),
    0.382281,
  );
});
