import { describe, expect, it, test } from 'vitest';
import { bernoulli, categorical, concat, continuous, cvae, dense, gaussian, normal } from 'cvae-compile';
import { compile } from 'cvae-compile/compiler';
import { cardOf } from '../../src/export/package/card.ts';
import { conditionText, targetText } from '../../src/export/package/variable-text.ts';
import type { Model } from '../../src/dsl/model.ts';
import { print } from '../../src/dsl/print.ts';
import { trainedWeights } from './weights.ts';

/** The sections of a package's card, by their titles. */
const sectionsOf = (model: Model): Readonly<Record<string, string>> => {
  const { manifest } = compile(model, trainedWeights(model), { recognition: true });
  const card = cardOf({
    manifest,
    folder: 'small',
    license: undefined,
    trained: undefined,
    definition: print(model),
  });
  return Object.fromEntries(card.split(/^## /m).map((text) => [text.slice(0, text.indexOf('\n')), text]));
};

describe("a card's logVar", () => {
  it('of z is described with the recognition network, not with a target that has none', () => {
    const model = cvae({
      condition: {},
      target: bernoulli(6),
      latent: 2,
      recognition: ({ y }) => y.pipe(gaussian(2)),
      decoder: ({ z }) => z.pipe(dense(6)),
    });
    const { Output, Files } = sectionsOf(model);
    expect(Output).toBeDefined();
    expect(Output).not.toContain('logVar');
    expect(Files).toContain('q(z\\|x,y): `mean` and `logVar`, which is log σ², of each element of z');
  });

  it('of y is described with the target', () => {
    const model = cvae({
      condition: {},
      target: normal(6, { sigma: 'learned' }),
      latent: 2,
      recognition: ({ y }) => y.pipe(gaussian(2)),
      decoder: ({ z }) => z.pipe(gaussian(6)),
    });
    expect(sectionsOf(model)['Output']).toContain('`logVar` is log σ² of each element.');
  });
});

test('names of classes that a list would not show are in quotes', () => {
  const model = cvae({
    condition: { kind: categorical('plain', 'a, b', '"c"') },
    target: categorical('yes', 'no, never'),
    latent: 1,
    recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(1)),
    decoder: ({ z, kind }) => concat(z, kind).pipe(dense(2)),
  });
  const { manifest } = compile(model, trainedWeights(model));
  expect(conditionText(manifest.conditions['kind'] ?? expect.fail())).toContain(`3 classes, plain, "a, b", '"c"', or`);
  expect(targetText(manifest.target)).toBe('probabilities of the classes yes, "no, never", on the last axis');
});

test('masks of conditions are described as what they are', () => {
  const model = cvae({
    condition: { age: continuous(2, { mask: true }) },
    target: normal(1),
    latent: 1,
    recognition: ({ y, age, age_mask }) => concat(y, age, age_mask).pipe(gaussian(1)),
    decoder: ({ z, age, age_mask }) => concat(z, age, age_mask).pipe(dense(1)),
  });
  const { manifest } = compile(model, trainedWeights(model));
  expect(conditionText(manifest.conditions['age_mask'] ?? expect.fail())).toBe(
    '1 for each element of age that is known, 0 for one that is missing.',
  );
  const card = Object.values(sectionsOf(model)).join('');
  expect(card).toContain(
    '"age_mask": np.full((count, 2), 1, np.float32),  # 1 where age is known, 0 where it is missing',
  );
  expect(card).toContain('model.sample({ age: new Float32Array(2) }, { count: 16, seed: 1 })');
  expect(card).toMatch(/age_mask_\(count \* 2, 1\); {2}\/\/ 1 where age is known, 0 where it is missing/);
});
