import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { exportModel } from 'cvae-compile/compiler';
import { bernoulli, categorical, cvae, dense, gaussian, concat } from 'cvae-compile';
import { objectiveOf, weightsOf } from '../train-step/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'programs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const own = fileURLToPath(new URL('../../examples/distributed', import.meta.url));
const programsIn = (where: string) => readdirSync(where).filter((name) => /\.(py|txt)$/.test(name));

const model = cvae({
  condition: { kind: categorical(2) },
  target: bernoulli(2),
  latent: 1,
  recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(1)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(2)),
});

test('an export with python has the programs next to the model, those for training with training, and the next one removes them', async () => {
  const programs = async (options: { readonly python?: true; readonly training?: true }) => {
    await exportModel(model, weightsOf(objectiveOf(model)), { out: folder, examples: false, ...options });
    return programsIn(folder);
  };
  const all = await programs({ python: true, training: true });
  expect(all).toEqual(programsIn(own));
  for (const name of all) expect(readFileSync(join(folder, name), 'utf8')).toBe(readFileSync(join(own, name), 'utf8'));
  expect(await programs({ python: true })).toEqual([
    'draws.py',
    'noise.py',
    'requirements.txt',
    'rows.py',
    'table_model.py',
  ]);
  expect(await programs({})).toEqual([]);
}, 120_000);
