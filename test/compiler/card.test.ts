import { describe, expect, it } from 'vitest';
import { bernoulli, cvae, dense, gaussian, normal } from 'cvae-compile';
import { compile } from 'cvae-compile/compiler';
import { cardOf } from '../../src/export/package/card.ts';
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
