import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../src/export/compile.ts';
import { tensors } from '../../src/export/first-difference.ts';
import { realisticInputs } from '../../src/export/realistic-inputs.ts';
import { write } from '../../src/export/write.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import { numbersOf } from '../../src/onnx/tensor.ts';
import { PARTS } from '../../src/signature.ts';
import { MODELS } from './models.ts';
import { trainedWeights } from './weights.ts';

// `CVAE_PYTHON` names a Python that has onnx, onnxruntime and numpy; without one there is nothing to compare with.
const python = process.env['CVAE_PYTHON'] ?? 'python3';
const found = spawnSync(python, ['-c', 'import numpy, onnx, onnxruntime'], { encoding: 'utf8' });
const why = found.error ? found.error.message : (found.stderr.trim().split('\n').at(-1) ?? '');
if (found.status !== 0) console.log(`skipped: ${python} cannot check ONNX files: ${why}`);

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'cvae-python-'));
});
afterAll(() => rm(place, { recursive: true }));

describe.skipIf(found.status !== 0)('in Python', () => {
  test.each(Object.entries(MODELS))(
    'onnx accepts the files of %s, and onnxruntime computes the same',
    async (name, model) => {
      const folder = join(place, name);
      // Once with the weights in the file, once next to it.
      const embedded = name === 'digits' ? 1000 : undefined;
      const compiled = compile(model, trainedWeights(model), {
        recognition: true,
        sampler: model.latent > 0,
        ...(embedded && { externalDataAbove: embedded }),
      });
      const parts = PARTS.filter((part) => compiled.files[part]);
      await write(folder, compiled, async () => undefined);
      for (const part of parts) {
        const [file, listed] = [compiled.files[part], compiled.manifest.files[part]];
        if (!file || !listed) throw new Error(part);
        const inputs = realisticInputs(compiled.manifest, listed, 3);
        const outputs = Object.entries(evaluate(file.model.graph, tensors(inputs))).map(
          ([key, tensor]) => [key, { data: [...numbersOf(tensor)], shape: tensor.shape }] as const,
        );
        const given = Object.entries(inputs).map(
          ([key, { data, shape }]) => [key, { data: [...data], shape }] as const,
        );
        const expected = { inputs: Object.fromEntries(given), outputs: Object.fromEntries(outputs) };
        await writeFile(join(folder, `${part}.expected.json`), JSON.stringify(expected));
      }
      const script = fileURLToPath(new URL('../python/check_onnx.py', import.meta.url));
      const { status, stdout, stderr } = spawnSync(python, [script, folder], { encoding: 'utf8' });
      expect(status, stdout + stderr).toBe(0);
      expect(stdout.match(/^ok /gm)).toHaveLength(parts.length);
    },
  );
});
