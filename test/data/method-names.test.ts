import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { categorical, continuous, normal } from 'cvae-compile';
import { batch } from '../../src/data/batches.ts';
import { toDataset } from '../../src/data/convert.ts';
import { imageFolder } from '../../src/data/image-folder.ts';
import { withScaling } from '../../src/data/scaling.ts';
import { start } from '../../src/train/start.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { cvae, concat, dense } from '../../src/index.ts';
import { gsnn } from '../../src/train/objectives/gsnn.ts';

const folder = mkdtempSync(join(tmpdir(), 'cvae-methods-'));
afterAll(() => rmSync(folder, { recursive: true }));

const variables = { constructor: continuous(1), toString: categorical(2), valueOf: continuous(1), y: normal(1) };
const rows = [0, 1, 2, 3].map((i) => ({ constructor: 100 + i, toString: i % 2, valueOf: 5 * i, y: i }));

describe('variables named like methods of every object', () => {
  it('are standardised like any others', async () => {
    const { scaling } = await toDataset(rows, variables);
    expect(scaling).toMatchObject({ constructor: { mean: [101.5] }, valueOf: { mean: [7.5] }, y: { mean: [1.5] } });
    expect(Object.keys(scaling ?? {})).toEqual(['constructor', 'valueOf', 'y']);
  });

  it('keep the scaling that the data say, and only what they say', async () => {
    const plain = await toDataset(rows, variables);
    const { scaling } = withScaling({ name: 'd', train: plain.train }, ['constructor']);
    expect(Object.keys(scaling ?? {})).toEqual(['constructor']);
    expect(() => withScaling({ name: 'd', train: plain.train }, ['hasOwnProperty'])).toThrow('withScaling: expected');
  });

  it('begin to train as they are scaled', () => {
    const model = cvae({
      condition: { constructor: continuous(1), valueOf: continuous(1) },
      target: normal(1),
      latent: 1,
      decoder: ({ z, constructor, valueOf }) => concat(z, constructor, valueOf).pipe(dense(1)),
    });
    const { params } = resolve(gsnn().body(model), { mode: 'train' });
    const weights = start(model, params, { valueOf: { mean: [7.5], deviation: [2] } }, new Map(), 1, undefined);
    expect(weights.get('scaling/valueOf/mean')?.data).toEqual(Float32Array.of(7.5));
    expect(weights.get('scaling/constructor/mean')?.data).toEqual(Float32Array.of(0));
  });

  it('are reported as missing, or as unknown if the model has none of the name', async () => {
    const less = rows.map(({ constructor, valueOf, y }) => ({ constructor, valueOf, y }));
    await expect(toDataset(less, variables)).rejects.toThrow('got no toString; give it or leave the example out');
    const columns = { constructor: [1, 2], valueOf: [1, 2], y: [1, 2] };
    await expect(toDataset(columns, variables)).rejects.toThrow('expected a column toString, got constructor');
    const { toString, valueOf, y } = variables;
    const fewer = { toString, valueOf, y };
    await expect(toDataset(rows, fewer)).rejects.toThrow('got also constructor, which the model does not take');
    await expect(toDataset({ ...columns, toString: [0, 1] }, fewer)).rejects.toThrow('got also constructor, which');
  });

  it('are put into batches', async () => {
    const { train } = await toDataset(rows, variables);
    const found = batch(train, [1, 3], variables);
    expect(found).toMatchObject({ constructor: Float32Array.of(101, 103), toString: Float32Array.of(0, 1, 0, 1) });
  });

  it('are no parts of a folder of images', async () => {
    for (const name of ['train/a', 'constructor']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'train/a/x.png'), '');
    await expect(imageFolder(folder)).rejects.toThrow('got also 1 folder (constructor); move them');
  });
});
