import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readManifest } from '../../src/runtime/node.ts';
import { writeRepository } from '../../src/serving/triton/repository.ts';
import { compile } from '../../src/export/compile.ts';
import { write } from '../../src/export/write.ts';
import { bernoulli, categorical, concat, cvae, dense, gaussian } from '../../src/index.ts';
import { trainedWeights } from '../compiler/weights.ts';

// What Triton's own protobuf makes of it, and whether an ensemble computes what it should, is in test/long/triton.test.ts.

const root = mkdtempSync(join(tmpdir(), 'cvae-triton-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
/** Exports a small model with a prior. */
const exportSmall = async (name: string): Promise<string> => {
  const model = cvae({
    condition: { kind: categorical(2) },
    target: bernoulli(4),
    latent: 2,
    prior: ({ kind }) => kind.pipe(gaussian(2)),
    recognition: ({ y }) => y.pipe(gaussian(2)),
    decoder: ({ z, kind }) => concat(z, kind).pipe(dense(4)),
  });
  await write(join(root, name), compile(model, trainedWeights(model), { name }), async () => undefined);
  return join(root, name);
};
const repository = join(root, 'repository');
const all = (folder: string): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

test('a repository has a model for each file, and samples of prior and decoder as an ensemble', async () => {
  const exported = await exportSmall('completion');
  const manifest = await readManifest(exported);
  const models = ['completion_decoder', 'completion_prior', 'completion_latent', 'completion_sampler'];
  expect(await writeRepository(exported, manifest, repository)).toEqual({ models, version: 1 });
  const files = models.flatMap((name) => [name, join(name, '1'), join(name, 'config.pbtxt')]);
  const own = models.slice(0, -1).map((name) => join(name, '1', 'model.onnx'));
  expect(all(repository)).toEqual([...files, ...own].sort());
  const latent = manifest.latent;
  expect(readFileSync(join(repository, 'completion_prior', 'config.pbtxt'), 'utf8')).toBe(`name: "completion_prior"
backend: "onnxruntime"
max_batch_size: 128
input { name: "kind" data_type: TYPE_FP32 dims: [ 2 ] }
output { name: "mean" data_type: TYPE_FP32 dims: [ ${latent} ] }
output { name: "logVar" data_type: TYPE_FP32 dims: [ ${latent} ] }
version_policy { latest { num_versions: 1 } }
dynamic_batching { }
`);
  expect(readFileSync(join(repository, 'completion_sampler', 'config.pbtxt'), 'utf8')).toContain(`  step {
    model_name: "completion_latent"
    model_version: -1
    input_map { key: "mean" value: "mean" }
    input_map { key: "logVar" value: "logVar" }
    input_map { key: "noise" value: "noise" }
    output_map { key: "z" value: "z" }
  }
`);
});

test('the same model is no new version; another one is, next to the earlier; one of another interface is refused', async () => {
  const exported = join(root, 'completion');
  const manifest = await readManifest(exported);
  expect(await writeRepository(exported, manifest, repository)).toMatchObject({ version: undefined });
  const other = join(root, 'other');
  cpSync(exported, other, { recursive: true });
  writeFileSync(join(other, 'prior.onnx'), 'trained again');
  expect(await writeRepository(other, manifest, repository)).toMatchObject({ version: 2 });
  expect(all(join(repository, 'completion_prior'))).toEqual(['1', '1/model.onnx', '2', '2/model.onnx', 'config.pbtxt']);
  expect(readFileSync(join(repository, 'completion_prior', '2', 'model.onnx'), 'utf8')).toBe('trained again');
  // Of one name, with another latent.
  const wider = {
    ...manifest,
    files: { ...manifest.files, prior: { ...manifest.files.prior!, outputs: { mean: [3] } } },
  };
  const before = all(repository);
  await expect(writeRepository(other, wider, repository)).rejects.toThrow(
    /completion_prior\/config\.pbtxt: expected a model with the same inputs and outputs, or none, got another or one that was changed; /,
  );
  expect(all(repository)).toEqual(before);
});

test('one number per row has an axis in Triton that its file does not have', async () => {
  const exported = await exportSmall('words');
  const manifest = await readManifest(exported);
  const decoder = { ...manifest.files.decoder!, inputs: { z: [2], word: [] } };
  await writeRepository(exported, { ...manifest, name: 'my words/1', files: { decoder } }, join(root, 'words'));
  expect(readFileSync(join(root, 'words', 'my_words_1_decoder', 'config.pbtxt'), 'utf8')).toContain(
    'input { name: "word" data_type: TYPE_FP32 dims: [ 1 ] reshape { shape: [ ] } }',
  );
});
