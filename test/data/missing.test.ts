import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  add,
  beta,
  bernoulli,
  categorical,
  concat,
  cvae,
  dense,
  distribution,
  div,
  exp,
  gamma,
  gaussian,
  heads,
  hurdle,
  logNormal,
  mixture,
  normal,
  normalScores,
  relu,
  where,
} from 'cvae-compile';
import { csv } from 'cvae-compile/data';
import { train } from 'cvae-compile/train';
import { inference } from '../../src/layers/inference.ts';
import { toDataset } from '../../src/data/convert.ts';
import { variablesOf } from '../../src/train/parameters.ts';
import { own } from '../../src/values/own.ts';

const folder = mkdtempSync(join(tmpdir(), 'missing-'));
afterAll(() => rmSync(folder, { recursive: true }));

const targets = {
  rain: normal(1, { mask: true }),
  sky: categorical('clear', 'cloudy', { mask: true }),
  wind: normal(1),
};
const model = cvae({
  condition: {},
  target: targets,
  latent: 2,
  recognition: ({ y, mask }) =>
    concat(where(mask.rain, y.rain, 0), mask.rain, y.sky, mask.sky, y.wind).pipe(dense(8), relu, gaussian(2)),
  decoder: ({ z }) => z.pipe(heads(targets)),
});
const variables = variablesOf(model);

describe('a missing value', () => {
  const rows = [
    { rain: 1, sky: 'clear', wind: 3 },
    { rain: null, sky: 'cloudy', wind: 4 },
    { rain: 5, sky: undefined, wind: 5 },
    { rain: NaN, sky: null, wind: 6 },
  ];
  const columns = {
    rain: rows.map(({ rain }) => rain),
    sky: rows.map(({ sky }) => sky),
    wind: rows.map(({ wind }) => wind),
  };

  it.each(Object.entries({ rows, columns }))('is left out by a mask: %s', async (_, data) => {
    const { train: examples, scaling } = await toDataset(data, variables);
    const of = (name: string): number[] => [...(examples.columns[name]?.data ?? [])];
    expect([of('rain'), of('rain_mask')]).toEqual([
      [1, 0, 5, 0],
      [1, 0, 1, 0],
    ]);
    expect([of('sky'), of('sky_mask')]).toEqual([
      [0, 1, 0, 0],
      [1, 1, 0, 0],
    ]);
    // The mean of what is there.
    expect(scaling?.['rain']).toEqual({ mean: [3], deviation: [2] });
  });

  it('of some targets may be all that a recognition network reads', async () => {
    const targets = { a: bernoulli(3, { mask: true }), b: normal(2, { mask: true }), c: normal(1, { mask: true }) };
    const model = cvae({
      condition: {},
      target: targets,
      latent: 1,
      recognition: ({ y, mask }) => concat(y.a, y.b, mask.b).pipe(gaussian(1)),
      decoder: ({ z }) => z.pipe(heads(targets)),
    });
    const examples = Array.from({ length: 20 }, (_, i) => ({
      a: i % 4 === 0 ? null : [i % 2, 1, 0],
      b: i % 3 === 0 ? null : [i, -i],
      c: i % 5 === 0 ? null : [i],
    }));
    const { test } = await train(model, { train: examples, test: examples }, { epochs: 1, engine: 'onnx' });
    expect(test?.negativeElbo).toBeTypeOf('number');
    const { recognition } = inference(model);
    // A mask of numbers that are standardised also says where y is missing, and is their mean.
    const masks = recognition?.inputs.map(({ name }) => name).filter((name) => name.endsWith('_mask'));
    expect(masks).toEqual(['b_mask', 'c_mask']);
  });

  it('is an error where the variable has no mask', async () => {
    const data = rows.map((row) => ({ ...row, wind: row.wind === 4 ? null : row.wind }));
    await expect(toDataset(data, variables)).rejects.toThrow(
      'wind of example 1 is null; fill it in, leave the example out, or define the variable with { mask: true }',
    );
  });

  it('is read from a table', async () => {
    const path = join(folder, 'weather.csv');
    writeFileSync(path, 'rain,sky,wind\n1,clear,3\nNA,cloudy,4\n5,,5\n?,-,6\n');
    const variables = { rain: 'continuous', sky: { classes: ['clear', 'cloudy'] }, wind: 'continuous' } as const;
    const data = await csv(path, { target: variables, missing: 'mask' });
    expect(data.scaling?.['rain']).toEqual({ mean: [3], deviation: [2] });
    const fromRows = await toDataset(rows, variablesOf(model));
    const fromTable = await toDataset(data, variablesOf(model));
    for (const name of ['rain', 'rain_mask', 'sky', 'sky_mask', 'wind'])
      expect([...(fromTable.train.columns[name]?.data ?? [])], name).toEqual([
        ...(fromRows.train.columns[name]?.data ?? []),
      ]);
    await expect(csv(path, { target: variables })).rejects.toThrow(
      "line 3 lacks rain (NA); fill it in, or leave such lines out with { missing: 'skip' }, or keep them with { missing: 'mask' }",
    );
  });

  it('is reported if it is the word None, unless that is a class or listed as missing', async () => {
    const path = join(folder, 'heating.csv');
    writeFileSync(path, 'x,heating\n1,Gas\n2,None\n3,Oil\n4,None\n5,\n');
    const noticesOf = async (classes: readonly string[], missingValues: readonly string[] = []) =>
      (await csv(path, { target: { heating: { classes } }, missing: 'mask', missingValues })).notices;
    expect(await noticesOf(['Gas', 'Oil'])).toEqual([
      `${path}: heating is None in 2 lines, which is read as missing; if it is a class, name it among the classes, and if it is none, write missingValues: ['None']`,
    ]);
    expect(await noticesOf(['Gas', 'None', 'Oil'])).toBeUndefined();
    expect(await noticesOf(['Gas', 'Oil'], ['None'])).toBeUndefined();
  });

  it('is refused in a table whose model has no mask', async () => {
    const path = join(folder, 'wind.csv');
    writeFileSync(path, 'rain,sky,wind\n1,clear,3\n2,cloudy,\n');
    const variables = { rain: 'continuous', sky: { classes: ['clear', 'cloudy'] }, wind: 'continuous' } as const;
    const data = csv(path, { target: variables, missing: 'mask' });
    await expect(toDataset(data, variablesOf(model))).rejects.toThrow(
      'expected no wind_mask, which wind does not take, got one; write { mask: true } in wind',
    );
  });

  it('may be one of a likelihood that has no zeros, or be called missing by a mask', async () => {
    const columns = {
      share: beta(1, { mask: true }),
      amount: gamma(1, { mask: true }),
      income: logNormal(1, { mask: true }),
      price: mixture(logNormal(1, { mask: true }), 2),
      own: distribution('exponential', [1], {
        parameters: { rate: [1] },
        mean: ({ rate }) => exp(rate),
        nll: ({ rate }, y) => add(div(y, exp(rate)), rate),
        values: 'positive',
        mask: true,
      }),
    };
    const positive = cvae({
      condition: {},
      target: columns,
      latent: 1,
      recognition: ({ y, mask }) => concat(y.share, y.amount, mask.price).pipe(gaussian(1)),
      decoder: ({ z }) => z.pipe(heads(columns)),
    });
    const names = ['share', 'amount', 'income', 'price', 'own'];
    const rowOf = (gap: (name: string) => Record<string, number | null>) => (_: unknown, i: number) =>
      names.reduce(
        (row, name, j) => ({ ...row, ...(i % 5 === j ? gap(name) : { [name]: 0.5, [`${name}_mask`]: 1 }) }),
        {},
      );
    const marked = Array.from(
      { length: 10 },
      rowOf((name) => ({ [name]: 0, [`${name}_mask`]: 0 })),
    );
    const empty = marked.map((row) =>
      Object.fromEntries(names.map((name) => [name, own(row, `${name}_mask`) === 0 ? null : 0.5])),
    );
    for (const data of [marked, empty]) {
      const { epochs } = await train(positive, data, { epochs: 1, seed: 1 });
      expect(epochs.at(-1)?.train.loss).toSatisfy(Number.isFinite);
    }
    const wrong = marked.map((row) => ({ ...row, share_mask: 1 }));
    await expect(train(positive, wrong, { epochs: 1 })).rejects.toThrow(
      'share of example 0 is 0, not strictly between',
    );
  });

  it('changes nothing that training does, whatever is in its place', async () => {
    const many = Array.from({ length: 8 }, () => rows).flat();
    const filled = many.map((row) => ({
      ...row,
      rain: row.rain === null || Number.isNaN(row.rain) ? 7 : row.rain,
      rain_mask: row.rain === null || Number.isNaN(row.rain) ? 0 : 1,
    }));
    const [one, other] = [
      await train(model, many, { epochs: 2, seed: 1 }),
      await train(model, filled, { epochs: 2, seed: 1 }),
    ];
    expect(other.epochs.at(-1)?.train.loss).toBe(one.epochs.at(-1)?.train.loss);
  });
});

describe('a column as it is', () => {
  it('is learned from what is there, not from what is in place of the rest', async () => {
    const columns = { rain: hurdle(normalScores(1, { mask: true })), wind: normal(1) };
    const own = cvae({
      condition: {},
      target: columns,
      latent: 1,
      recognition: ({ y }) => y.wind.pipe(gaussian(1)),
      decoder: ({ z }) => z.pipe(heads(columns)),
    });
    // A quarter is missing; no value that is there is near 0, or held by many rows.
    const rows = Array.from({ length: 64 }, (_, i) => ({ rain: i % 4 === 0 ? null : 10 + i / 10, wind: i }));
    const lines: string[] = [];
    await train(own, rows, { epochs: 1, seed: 1, onLearned: (line) => lines.push(line) });
    expect(lines.join('\n')).toMatch(/rain.* 1\d(\.\d)? to 16/);
    expect(lines.join('\n')).not.toContain('of the rows');
  });
});
