import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, expect, it } from 'vitest';
import { load } from '../../src/cli/load.ts';
import { onnxruntime, type InferenceEngine, type Values } from '../../src/export/engine.ts';
import { exportTraining } from '../../src/export/training.ts';
import { verifyTraining } from '../../src/export/verify-training.ts';
import { write } from '../../src/export/write.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { ZOO } from '../support/zoo.ts';

// A norm takes out the scale that the norm in front of it has multiplied by, so that this scale's gradient is what is left where large
// numbers cancel: no engine that stores float32 has more than some of its digits right.
const SCALE = 'recognition/batchNorm_1/gamma';

const root = mkdtempSync(join(tmpdir(), 'rounding-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** onnxruntime, with what a whole step makes of a parameter's velocity multiplied by one more than a share. */
const off = (name: string, share: number): InferenceEngine => {
  const engine = onnxruntime({ InferenceSession: ort.InferenceSession, Tensor: ort.Tensor }, 'onnxruntime-node');
  const loading: InferenceEngine['load'] = async (bytes, external) => {
    const loaded = await engine.load(bytes, external);
    const run = async (inputs: Values): Promise<Values> => {
      const changed = Object.entries(await loaded.run(inputs)).map(([key, value]) =>
        'y' in inputs && key === `next/velocity/${name}`
          ? ([key, { ...value, data: Float32Array.from(value.data, (one) => one * (1 + share)) }] as const)
          : ([key, value] as const),
      );
      return Object.fromEntries(changed);
    };
    return { ...loaded, run };
  };
  return { ...engine, load: loading };
};

it('a gradient in which large numbers cancel may be as far off as float32 makes it, and others may not', async () => {
  const { model } = await load(join(ZOO, 'grabnet.ts'));
  const { manifest, ...files } = exportTraining(model, trainedWeights(model));
  await write(root, { manifest, ...files }, async () => undefined);
  const { training } = manifest;
  if (!training) throw new Error('exported without training');
  const verified = (engine: InferenceEngine) => verifyTraining(root, manifest, training, engine);
  expect((await verified(off(SCALE, 0.05))).step).toBeLessThan(1e-4);
  await expect(verified(off(SCALE, 1))).rejects.toThrow(`expected next/velocity/${SCALE} from onnxruntime-node`);
  await expect(verified(off('recognition/resBlock_1/dense_1/kernel', 3e-4))).rejects.toThrow(
    'expected next/velocity/recognition/resBlock_1/dense_1/kernel from onnxruntime-node',
  );
});
