import { describe, expect, it, test } from 'vitest';
import { bernoulli, categorical, concat, cvae, dense, gaussian, normal } from 'cvae-compile';
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
