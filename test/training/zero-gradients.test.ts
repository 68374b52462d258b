import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { bernoulli, conv2d, cvae, flatten, gaussian, image, instanceNorm, mul, reshape, dense } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { objectiveOf, weightsOf } from '../train-step/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'zero-gradients-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a bias that a norm takes out again has a gradient of rounding errors, which are no difference', async () => {
  const model = cvae({
    condition: { x: image(8, 8, 1) },
    target: bernoulli(8, 8, 1),
    latent: 1,
    recognition: ({ y }) => y.pipe(flatten, gaussian(1)),
    // Pixels that are nearly the same: the norm magnifies small differences, and so rounding errors.
    decoder: ({ x, z }) =>
      mul(
        mul(x, 0.05).pipe(conv2d(4), instanceNorm, conv2d(4), instanceNorm, conv2d(1)),
        z.pipe(dense(64), reshape(8, 8, 1)),
      ),
  });
  const weights = weightsOf(objectiveOf(model));
  await expect(exportModel(model, weights, { out: join(folder, 'out'), training: {} })).resolves.toBeDefined();
});
