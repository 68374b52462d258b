import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { concat, continuous, cvae, dense, gaussian, normal, parameter, zeros } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { engineOf } from 'cvae-compile/train';
import { inference } from '../../src/layers/inference.ts';
import { drawnWeights } from '../../src/testing/draw.ts';
import { parametersOf } from '../../src/train/parameters.ts';

/** A variance that all examples share, and a prior that does not look at the condition. */
const model = cvae({
  condition: { x: continuous(2) },
  target: normal(3, { sigma: 'learned' }),
  latent: 2,
  prior: () => ({ mean: parameter('where', [2], zeros), logVar: parameter('howFar', [2], zeros) }),
  recognition: ({ y, x }) => concat(y, x).pipe(gaussian(2)),
  decoder: ({ z, x }) => ({ mean: concat(z, x).pipe(dense(3)), logVar: parameter('logVar', [3], zeros) }),
});
const weights = drawnWeights(parametersOf(model), 1);

const folder = mkdtempSync(join(tmpdir(), 'shared-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('outputs that all examples share', () => {
  it('are a row for each in exported files, as tfjs-node gives them', async () => {
    const { files } = await exportModel(model, weights, { out: join(folder, 'out'), recognition: true });
    expect(files).toContain('prior.onnx');
  });

  it.each(['tfjs', 'onnx'] as const)('are a row for each in the engine %s, from which reports draw', async (name) => {
    const engine = await engineOf(name);
    const { decoder, prior } = inference(model);
    if (!decoder || !prior) throw new Error('a network is missing');
    const values = { z: new Float32Array(6), x: new Float32Array(6) };
    const { logVar = [] } = await engine.compute(decoder, weights, values, 3);
    const row = Array.from(logVar.slice(0, 3));
    expect([...logVar]).toEqual([...row, ...row, ...row]);
    const { mean = [] } = await engine.compute(prior, weights, values, 3);
    const own = [...(weights.get('prior/parameter_1/where')?.data ?? [])];
    expect([...mean]).toEqual([...own, ...own, ...own]);
  });
});
