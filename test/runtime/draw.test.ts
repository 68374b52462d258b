import { expect, it } from 'vitest';
import { drawTarget } from '../../src/runtime/draw.ts';
import type { TargetSignature } from '../../src/signature.ts';

const classes: TargetSignature = { distribution: 'categorical', shape: [3], dataShape: [], classes: 3 };
const drawn = async (chances: readonly number[], uniform: number): Promise<number | undefined> => {
  const means = { data: Float32Array.from(chances), shape: [1, 3] };
  return (await drawTarget(classes, means, () => Float32Array.of(uniform))).data[0];
};

it('a class is drawn by its share of what lies between 0 and 1', async () => {
  const all = [0, 0.24, 0.25, 0.74, 0.75].map((u) => drawn([0.25, 0.5, 0.25], u));
  expect(await Promise.all(all)).toEqual([0, 0, 1, 1, 2]);
});

it('where chances add up to a little less than 1, what is beyond them is the last class that there can be', async () => {
  const [most, almost] = [1 - 2 ** -24, 0.5 - 2 ** -20];
  expect(await drawn([0.5, almost, 0], most)).toBe(1);
  expect(await drawn([almost, 0.5, 0], most)).toBe(1);
  expect(await drawn([1 - 2 ** -20, 0, 0], most)).toBe(0);
  expect(await drawn([0, 0.5, almost], most)).toBe(2);
});
