import { anyPart, categorical, concat, cvae, flatten, gaussian, heads, hurdle, normal } from 'cvae-compile';
import { compile } from 'cvae-compile/compiler';
import { engineOf, train } from 'cvae-compile/train';
import { expect, test } from 'vitest';
import { realisticInputs } from '../../src/export/realistic-inputs.ts';

// Those of a hurdle were around 0, hundreds of deviations away from years: files were then compared where they overflow.
test('what is known of a target is tried with values as the target has them', async () => {
  const target = { year: hurdle(normal(1)), kind: categorical(3, { at: [2] }) };
  const model = cvae({
    condition: {},
    target,
    latent: 1,
    known: anyPart(),
    prior: ({ known: { year, year_mask } }) => concat(year, year_mask).pipe(gaussian(1)),
    recognition: ({ y }) => y.year.pipe(gaussian(1)),
    decoder: ({ z, known: { kind, kind_mask } }) =>
      concat(z, kind.pipe(flatten), kind_mask.pipe(flatten)).pipe(heads(target)),
  });
  const rows = Array.from({ length: 40 }, (_, i) => ({ year: 2000 + i / 7, kind: [i % 3, 0] }));
  const { weights } = await train(model, rows, { epochs: 1, engine: await engineOf('onnx') });
  const { manifest } = compile(model, weights, { example: false });
  const inputs = { known_year: [1], known_year_mask: [1], known_kind: [2, 3] };
  const drawn = realisticInputs(manifest, { inputs, outputs: {}, unused: [] }, 20);
  for (const year of drawn['known_year']?.data ?? []) expect(Math.abs(Number(year) - 2003)).toBeLessThan(15);
  expect(new Set(drawn['known_year_mask']?.data)).toEqual(new Set([0, 1]));
  const classes = Array.from(drawn['known_kind']?.data ?? [], Number);
  expect(classes.reduce((sum, one) => sum + one, 0)).toBe(40);
});
