import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bernoulli, categorical, concat, cvae, dense, gaussian } from 'cvae-compile';
import { open } from 'cvae-compile/runtime';
import { compile } from '../../src/export/compile.ts';
import { write } from '../../src/export/write.ts';
import { exportTraining } from '../../src/export/training.ts';
import { objectiveOf, weightsOf } from '../train-step/support.ts';
import { chosen } from '../support/chosen.ts';

const PROGRAM = fileURLToPath(new URL('closing.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cvae-close-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const model = cvae({
  condition: { kind: categorical('left', 'right') },
  target: bernoulli(8),
  latent: 2,
  // With a prior, a sample runs two files.
  prior: ({ kind }) => kind.pipe(gaussian(2)),
  recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(8)),
});

beforeAll(async () => {
  const weights = weightsOf(objectiveOf(model));
  const options = { name: 'small' };
  const { files, others, manifest } = exportTraining(model, weights, options);
  // Files that carry examples, in addition to the step.
  const plain = compile(model, weights, options);
  const both = { ...plain, manifest: { ...plain.manifest, ...(manifest.training && { training: manifest.training }) } };
  expect(Object.keys(files)).toEqual(Object.keys(plain.files));
  await write(folder, { ...both, ...(others && { others }) }, async () => undefined);
});

describe.each(chosen('backends that are closed', ['auto', 'wasm'], 1))('close, with %s', (backend) => {
  // In a process of its own, which a time limit can end: WASM that is entered twice never comes back.
  it('lets the calls before it end, at whatever moment of theirs it comes, and refuses those after it', () => {
    const { status, stdout, stderr, signal } = spawnSync(process.execPath, [PROGRAM, folder, backend], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect({ status, signal }, stderr).toEqual({ status: 0, signal: null });
    const { model: models, trainer, disposed, many } = JSON.parse(stdout);
    const closed = 'Unavailable: small: expected an open model, got a closed one; open it again';
    for (const calls of models) expect(calls).toEqual([true, '6,8', '2,8', 'done', closed, 'done', 'done', closed]);
    const late = 'Unavailable: small: expected an open trainer, got a closed one; open it again';
    for (const calls of trainer) expect(calls).toEqual(['a loss', 'a loss', late, 'done', 'done', true]);
    expect(disposed).toEqual(['2,8', closed]);
    expect(many).toBe(true);
  }, 90_000);
});

it('is what `await using` does at the end of a block', async () => {
  let kept: Awaited<ReturnType<typeof open>>;
  {
    await using inner = await open(folder);
    kept = inner;
    expect((await inner.mean({ kind: 'left' })).shape).toEqual([1, 8]);
  }
  await expect(kept.mean({ kind: 'left' })).rejects.toThrow('expected an open model, got a closed one');
});
