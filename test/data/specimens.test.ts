import { expect, test } from 'vitest';
import { concat, continuous, cvae, dense, gaussian, normal } from 'cvae-compile';
import completion, { data } from '../../examples/completion/model.ts';
import digitsModel from '../../examples/digits/model.ts';
import table, { data as weather } from '../../examples/table/model.ts';
import several, { data as days } from '../../examples/weather/model.ts';
import { isDataset, toDataset } from '../../src/data/convert.ts';
import { binarise, digits, quadrants } from '../../src/data/index.ts';
import { specimensOf } from '../../src/data/specimens.ts';
import type { Data } from '../../src/data/source.ts';
import type { Model } from '../../src/dsl/model.ts';
import { encodeConditions } from '../../src/runtime/values.ts';
import { truthOf } from '../../src/signature.ts';
import { variablesOf } from '../../src/train/parameters.ts';

const all = async (model: Model, source: Data, count?: number) => {
  const given = await (typeof source === 'function' ? source() : source);
  const dataset = await toDataset(given, variablesOf(model));
  const { targets } = model.target;
  const specimens = specimensOf(dataset, variablesOf(model), isDataset(given) ? given : undefined, {
    ...(targets && { targets: Object.keys(targets) }),
    ...(count !== undefined && { count }),
  });
  if (!specimens) throw new Error('there are none');
  return specimens;
};

/** The same of a model of a single target. */
const read = async (...given: Parameters<typeof all>) => {
  const { examples, ...more } = await all(...given);
  return { ...more, examples: examples.map((one) => ({ ...one, target: truthOf(one) })) };
};

test('of digits with a quarter seen: one of each class, which the model is not given, and what it is given of them', async () => {
  const { source, examples } = await read(completion, data);
  expect(source).toMatch(/, test$/);
  expect(examples.map(({ about }) => about?.['digit'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
  for (const { conditions, target } of examples) {
    const x = conditions['x'];
    if (!Array.isArray(x)) throw new Error('x is no image');
    // Bottom left is seen, as it is in the target; nothing else is.
    for (let i = 0; i < 784; i++) expect(x[i]).toBe(i % 28 < 14 && i >= 392 ? target[i] : 0);
    expect(Math.max(...target)).toBeGreaterThan(0.9);
  }
});

test('are conditions as `sample` takes them, and of test examples', async () => {
  const { examples } = await read(digitsModel, digits, 3);
  const { test: part } = await digits();
  for (const { index, conditions, target } of examples) {
    const { values } = encodeConditions(
      { digit: { kind: 'categorical', shape: [10], dataShape: [], classes: 10 } },
      conditions,
    );
    expect(values['digit']?.data.indexOf(1)).toBe(part?.columns['digit']?.data[index]);
    const pixels = part?.columns['y']?.data.subarray(index * 784, (index + 1) * 784) ?? [];
    expect(target.map((value) => Math.round(value * 255))).toEqual([...pixels]);
  }
});

test('are the same each time, and small', async () => {
  const [one, two] = [JSON.stringify(await read(completion, data)), JSON.stringify(await read(completion, data))];
  expect(one).toBe(two);
  expect(one.length).toBeLessThan(100_000);
});

test('are as training sees them: changed by what changes the data', async () => {
  const { examples } = await read(completion, async () => quadrants(1)(binarise('dynamic')(await digits())), 4);
  for (const { conditions, target } of examples) {
    expect(new Set(target)).toEqual(new Set([0, 1]));
    const x = conditions['x'];
    expect(Array.isArray(x) && x.every((value, i) => value === 0 || value === target[i])).toBe(true);
  }
});

test('name classes that have names', async () => {
  const { examples } = await read(table, weather);
  expect(examples.slice(0, 4).map(({ conditions }) => conditions['station'])).toEqual([
    'coast',
    'valley',
    'peak',
    'coast',
  ]);
  expect(examples[0]?.target).toHaveLength(3);
  expect(examples[0]?.conditions['day']).toEqual(expect.any(Number));
});

const line = cvae({
  condition: { at: continuous(1), pair: continuous(2) },
  target: normal(2, { sigma: 1 }),
  latent: 1,
  recognition: ({ y, at, pair }) => concat(y, at, pair).pipe(gaussian(1)),
  decoder: ({ z, at, pair }) => concat(z, at, pair).pipe(dense(2)),
});

test('keep whole numbers whole', async () => {
  const given = { at: [1_234_567, 2_345_678], pair: [[0.123456789, 1], [2, 3]], y: [[8_765_432, 1], [1, 2]] }; // prettier-ignore
  const { examples } = await read(line, given);
  expect(examples[0]).toEqual({ index: 0, conditions: { at: 1_234_567, pair: [0.123457, 1] }, target: [8_765_432, 1] });
});

test('without classes are spread over the whole part; of training data where there are no others', async () => {
  const many = Array.from({ length: 100 }, (_, i) => i);
  const given = { at: many, pair: many.map((i) => [i / 3, 0]), y: many.map((i) => [i, -i]) };
  const { source, examples } = await read(line, given, 5);
  expect(source).toBe('data, train');
  expect(examples.map(({ index }) => index)).toEqual([0, 20, 40, 60, 80]);
  expect(examples[2]).toEqual({ index: 40, conditions: { at: 40, pair: [13.3333, 0] }, target: [40, -40] });
});

test('of several targets have each by its name, and of classes the index', async () => {
  const { source, examples } = await all(several, days);
  expect(source).toBe('days.csv, test');
  expect(examples.map(({ conditions }) => conditions['month'])).toEqual(
    ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'], // prettier-ignore
  );
  for (const example of examples) {
    const [rain, temperature, sky] = ['rain', 'temperature', 'sky'].map((name) => truthOf(example, name));
    expect([Object.keys(example.target), rain?.length, temperature?.length]).toEqual([
      ['rain', 'temperature', 'sky'],
      1,
      2,
    ]);
    expect([0, 1, 2]).toContain(sky?.[0]);
    if (sky?.[0] === 2) expect(rain?.[0]).toBeGreaterThan(0);
  }
});
