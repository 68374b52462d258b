import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import {
  concat,
  cvae,
  dense,
  gaussian,
  heads,
  mixture,
  negativeBinomial,
  normal,
  ordinal,
  parameter,
  zeros,
} from 'cvae-compile';
import { compile } from '../../src/export/compile.ts';
import { withModule } from '../../src/export/module/module-files.ts';
import { write } from '../../src/export/write.ts';
import type { Model } from '../../src/runtime/model.ts';
import { trainedWeights } from '../compiler/weights.ts';

/** What model.js exports. */
interface Module {
  readonly open: () => Promise<Model>;
}

const folder = mkdtempSync(join(tmpdir(), 'shared-parameters-'));
afterAll(() => rmSync(folder, { recursive: true }));

// What all examples share has no axis for them: the cutpoints' matrix, for one, is multiplied by a vector.
it('computes likelihoods whose parameters all examples share', async () => {
  const target = {
    grade: ordinal(4),
    places: ordinal(3, { at: [2] }),
    visits: negativeBinomial(2),
    ways: mixture(normal(2, { sigma: 'learned', per: 'example' }), 3),
  };
  const model = cvae({
    condition: {},
    target,
    latent: 2,
    recognition: ({ y }) => concat(y.grade, y.visits, y.ways).pipe(gaussian(2)),
    decoder: ({ z }) => ({
      ...z.pipe(heads(target)),
      grade: { score: z.pipe(dense(1)), cutpoints: parameter('cutpoints', [3], zeros) },
      places: { ...z.pipe(heads(target)).places, cutpoints: parameter('cuts', [2, 2], zeros) },
      visits: { logMean: z.pipe(dense(2)), logDispersion: parameter('dispersion', [2], zeros) },
      ways: { ...z.pipe(heads(target)).ways, weights: parameter('weights', [3], zeros) },
    }),
  });
  const compiled = await withModule(compile(model, trainedWeights(model), { name: 'shared' }));
  await write(folder, compiled, async () => undefined);
  const { open }: Module = await import(pathToFileURL(join(folder, 'model.js')).href);
  const opened = await open();
  const { passed, largest } = await opened.selfTest();
  expect(largest).toBeLessThan(1e-5);
  expect(passed).toBe(true);
  await opened.close();
});
