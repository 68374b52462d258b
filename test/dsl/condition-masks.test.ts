import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { categorical, concat, continuous, cvae, dense, embedding, gaussian, network, normal, relu } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { csv } from 'cvae-compile/data';
import { open } from 'cvae-compile/runtime';
import { train } from 'cvae-compile/train';
import { cli } from '../cli/support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'condition-masks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const model = cvae({
  condition: {
    age: continuous(1, { mask: true }),
    sex: categorical('f', 'm', { mask: true }),
    site: categorical(3),
    scan: continuous(2, { mask: true }),
  },
  target: normal(1),
  latent: 1,
  recognition: ({ y, age }) => concat(y, age).pipe(dense(4), gaussian(1)),
  decoder: ({ z, age, age_mask, sex, sex_mask, site, scan, scan_mask }) =>
    concat(z, age, age_mask, sex, sex_mask, site, scan, scan_mask).pipe(dense(8), relu, dense(1)),
});

const rows = Array.from({ length: 32 }, (_, i) => ({
  age: i % 4 === 0 ? null : 20 + i,
  sex: i % 5 === 0 ? undefined : i % 2 === 0 ? 'f' : 'm',
  site: i % 3,
  scan: i % 6 === 0 ? null : [i, i % 7 === 0 ? null : -i],
  y: [i],
}));

describe('a baseline', () => {
  test('declares the masks that it takes, and is trained with them', async () => {
    const condition = { age: continuous(1, { mask: true }) };
    const masked = cvae({
      condition,
      target: normal(1),
      latent: 1,
      baseline: network('baseline', { ...condition, age_mask: continuous(1) }, ({ age, age_mask }) =>
        concat(age, age_mask).pipe(dense(4), relu, dense(1)),
      ),
      recognition: ({ y, age }) => concat(y, age).pipe(dense(4), gaussian(1)),
      decoder: ({ z, age, age_mask }) => concat(z, age, age_mask).pipe(dense(8), relu, dense(1)),
    });
    const { weights } = await train(
      masked,
      rows.map(({ age, y }) => ({ age, y })),
      { epochs: 1, seed: 1 },
    );
    expect(weights.get('baseline/dense_1/kernel')?.shape).toEqual([2, 4]);
    expect(() =>
      cvae({
        condition,
        target: normal(1),
        latent: 1,
        // @ts-expect-error: no condition has this mask.
        baseline: network('baseline', { size_mask: continuous(1) }, ({ size_mask }) => size_mask),
        decoder: ({ z }) => z.pipe(dense(1)),
      }),
    ).toThrow('baseline: expected conditions as inputs, got size_mask; the conditions are age, age_mask');
  });
});

describe('conditions whose values may be missing', () => {
  test('train on both engines alike, whatever is in place of what is missing', async () => {
    const options = { epochs: 2, seed: 1 } as const;
    const [onnx, tfjs] = [
      await train(model, rows, { ...options, engine: 'onnx' }),
      await train(model, rows, { ...options, engine: 'tfjs' }),
    ];
    const last = onnx.epochs.at(-1)?.train.loss ?? NaN;
    expect(tfjs.epochs.at(-1)?.train.loss).toBeCloseTo(last, 3);
    const filled = rows.map(({ age, sex, scan, ...row }) => ({
      ...row,
      age: age ?? 77,
      age_mask: age === null ? 0 : 1,
      sex: sex ?? 'm',
      sex_mask: sex === undefined ? 0 : 1,
      scan: scan?.map((one) => one ?? 1e6) ?? [1, 1],
      scan_mask: scan?.map((one) => (one === null ? 0 : 1)) ?? [0, 0],
    }));
    const other = await train(model, filled, { ...options, engine: 'onnx' });
    expect(other.epochs.at(-1)?.train.loss).toBe(last);
    expect(other.weights.get('scaling/age/mean')).toEqual(onnx.weights.get('scaling/age/mean'));
  });

  test('are inputs of files with their masks, and may be left out of a call', async () => {
    const { weights } = await train(model, rows, { epochs: 1, seed: 1 });
    const out = join(folder, 'out');
    await exportModel(model, weights, { out });
    const opened = await open<typeof model>(out);
    const { inputs } = opened.signature.files.decoder ?? {};
    expect(inputs).toMatchObject({ age: [1], age_mask: [1], sex: [2], sex_mask: [], scan: [2], scan_mask: [2] });
    const sample = async (given: Parameters<typeof opened.sample>[0]) => [
      ...(await opened.sample(given, { seed: 1 })).data,
    ];
    const none = await sample({ site: 1 });
    expect(await sample({ site: 1, age: null, sex: null, scan: null })).toEqual(none);
    const known = await sample({ site: 1, age: 30, sex: 'm', scan: [1, 2] });
    expect(known).not.toEqual(none);
    const half = await sample({ site: 1, age: 30, sex: 'm', scan: [1, null] });
    expect(half).not.toEqual(known);
    // A batch: each row is as it is alone.
    const batch = await opened.mean({
      site: [1, 1, 1],
      age: [null, 30, 30],
      sex: [null, 'm', 'm'],
      scan: [null, [1, 2], [1, null]],
    });
    const alone = await Promise.all([
      opened.mean({ site: 1 }),
      opened.mean({ site: 1, age: 30, sex: 'm', scan: [1, 2] }),
      opened.mean({ site: 1, age: 30, sex: 'm', scan: [1, null] }),
    ]);
    expect([...batch.data]).toEqual(alone.flatMap(({ data }) => [...data]));
    await expect(opened.sample({ site: 1, sex: 'x' as 'm' })).rejects.toThrow('sex: expected a class, f or m, got "x"');
    await opened.selfTest();
    await opened.close();
    const { code, err } = await cli('sample', out, '--set', 'site=1', '--set', 'age=30', '--count', '2');
    expect(code, err).toBe(0);
  });

  test('are read from a table', async () => {
    const path = join(folder, 'people.csv');
    writeFileSync(path, 'age,sex,site,a,b,y\n20,f,0,1,2,1\n,m,1,,2,2\n30,,2,3,NA,3\n40,f,1,4,5,4\n');
    const data = await csv(path, {
      condition: {
        age: 'continuous',
        sex: { classes: ['f', 'm'] },
        site: { classes: ['0', '1', '2'] },
        scan: { columns: ['a', 'b'] },
      },
      target: 'y',
      missing: 'mask',
    });
    const { weights } = await train(model, data, { epochs: 1, seed: 1, validation: 0 });
    // Means of what is known.
    expect([...(weights.get('scaling/age/mean')?.data ?? [])]).toEqual([30]);
    expect([...(weights.get('scaling/scan/mean')?.data ?? [])].map((mean) => Number(mean.toFixed(5)))).toEqual([
      2.66667, 3,
    ]);
  });

  test('must have names for their masks, and no mask of another', () => {
    const define = (condition: Parameters<typeof cvae>[0]['condition']) => () =>
      cvae({ condition, target: normal(1), latent: 1, decoder: ({ z }) => z.pipe(dense(1)) });
    expect(define({ age: continuous(1, { mask: true }), age_mask: continuous(1) })).toThrow(
      "condition: expected a name other than age_mask, which is that of age's mask; rename it",
    );
    expect(define({ sex: categorical(2, { mask: 'other' }) })).toThrow(
      'sex: expected true or false as the mask of a condition, got a name; write mask: true',
    );
  });

  test('a missing class of an embedding is no vector', async () => {
    const words = cvae({
      condition: { word: categorical(50, { mask: true }) },
      target: normal(1),
      latent: 1,
      recognition: ({ y }) => y.pipe(gaussian(1)),
      decoder: ({ z, word }) => concat(z, word.pipe(embedding(50, 3))).pipe(dense(1)),
    });
    const data = Array.from({ length: 16 }, (_, i) => ({ word: i % 4 === 0 ? null : i, y: [i] }));
    const { weights } = await train(words, data, { epochs: 1, seed: 1 });
    const out = join(folder, 'words');
    await exportModel(words, weights, { out });
    const opened = await open(out);
    const [none] = (await opened.mean({ word: null })).data;
    const [some] = (await opened.mean({ word: 7 })).data;
    expect(none).not.toBe(some);
    await opened.close();
  });
});
