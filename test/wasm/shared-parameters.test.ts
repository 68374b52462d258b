import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import {
  bidirectional,
  concat,
  continuous,
  cvae,
  dense,
  expand,
  flatten,
  gaussian,
  gru,
  head,
  heads,
  lstm,
  mixture,
  negativeBinomial,
  normal,
  ordinal,
  parameter,
  reduceMax,
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

// The kernel of a GRU that skips steps has a channel behind its own, and an LSTM's directions are taken apart.
it.each(['float32', 'float16', 'int8'] as const)(
  'computes recurrent networks that skip steps, with weights in %s',
  async (precision) => {
    const target = normal(6, 2, { mask: true });
    const model = cvae({
      condition: { seen: continuous(6, 1, { mask: true }) },
      target,
      latent: 2,
      recognition: ({ y, mask, seen, seen_mask }) => {
        const steps = mask.pipe(reduceMax(1));
        const both = y.pipe(bidirectional(gru(5, { mask: steps })));
        const last = concat(y, seen).pipe(bidirectional(lstm(4, { mask: steps, last: true })));
        const back = seen.pipe(lstm(3, { mask: seen_mask.pipe(reduceMax(1)), reverse: true, last: true }));
        return concat(both.pipe(flatten), last, back, y.pipe(gru(3, { mask: steps, last: true, reverse: true }))).pipe(
          gaussian(2),
        );
      },
      decoder: ({ z }) => z.pipe(expand(6), gru(4), flatten, head(target)),
    });
    const compiled = await withModule(
      compile(model, trainedWeights(model), { name: 'skips', recognition: true, precision }),
    );
    const out = join(folder, precision);
    await write(out, compiled, async () => undefined);
    const { open }: Module = await import(pathToFileURL(join(out, 'model.js')).href);
    const opened = await open();
    const { parts, passed } = await opened.selfTest();
    expect(parts.recognition).toBeLessThan(1e-5);
    expect(passed).toBe(true);
    await opened.close();
  },
);

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
  await write(join(folder, 'shared'), compiled, async () => undefined);
  const { open }: Module = await import(pathToFileURL(join(folder, 'shared', 'model.js')).href);
  const opened = await open();
  const { passed, largest } = await opened.selfTest();
  expect(largest).toBeLessThan(1e-5);
  expect(passed).toBe(true);
  await opened.close();
});

it('takes null for what is missing of a target with a mask, as a package does', async () => {
  const model = cvae({
    condition: {},
    target: normal(2, { mask: true }),
    latent: 2,
    recognition: ({ y, mask }) => concat(y, mask).pipe(gaussian(2)),
    decoder: ({ z }) => z.pipe(dense(2)),
  });
  const compiled = await withModule(compile(model, trainedWeights(model), { name: 'missing', recognition: true }));
  await write(join(folder, 'missing'), compiled, async () => undefined);
  const { open }: Module = await import(pathToFileURL(join(folder, 'missing', 'model.js')).href);
  const opened = await open();
  const { mean } = await opened.encode({ y: [null, 2] });
  expect(mean).toEqual((await opened.encode({ y: [0, 2], mask: [0, 1] })).mean);
  expect(mean).not.toEqual((await opened.encode({ y: [0, 2] })).mean);
  await opened.close();
});
