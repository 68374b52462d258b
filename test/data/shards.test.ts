import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeNpy } from '../../src/data/npy-array.ts';
import { cli, temporary } from '../cli/support/cli.ts';

const folder = temporary();
const at = (...names: readonly string[]) => join(folder, ...names);
const array = (...names: readonly string[]) => decodeNpy(readFileSync(at(...names)), names.join('/'));

const MODEL = `
import { categorical, concat, cvae, dense, gaussian, normal, relu } from 'cvae-compile';

export default cvae({
  condition: { kind: categorical('a', 'b') },
  target: normal(2),
  latent: 1,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(4), relu, gaussian(1)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(2)),
});
export const data = {
  train: Array.from({ length: 9 }, (_, i) => ({ kind: i % 2, y: [i, -i] })),
  validation: [{ kind: 0, y: [0, 0] }],
};
`;

test('data --arrays writes the examples to train on as arrays of NumPy, in shards, with what they mean', async () => {
  writeFileSync(at('model.ts'), MODEL);
  const { code, err } = await cli('data', at('model.ts'), '--arrays', at('out'), '--shards', '2');
  expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('9 examples in 2 shards') });
  const about = JSON.parse(readFileSync(at('out', 'data.json'), 'utf8'));
  expect(about).toMatchObject({
    format: 1,
    rows: 9,
    shards: [4, 5],
    once: false,
    columns: { kind: { shape: [2], classes: 2, scale: 1 }, y: { shape: [2], scale: 1 } },
  });
  const second = array('out', 'shard-00001', 'y.npy');
  expect(second.shape).toEqual([5, 2]);
  expect([...second.data]).toEqual([4, -4, 5, -5, 6, -6, 7, -7, 8, -8]);
  expect([...array('out', 'shard-00000', 'kind.npy').data]).toEqual([0, 1, 0, 1]);
});

test('more shards than examples are refused, in a sentence', async () => {
  const { code, err } = await cli('data', at('model.ts'), '--arrays', at('many'), '--shards', '10');
  expect(code).toBe(1);
  expect(err).toContain('shards: expected at most 9, one for each example, got 10; write fewer');
});
