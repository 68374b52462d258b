import { expect, test } from 'vitest';
import { givenOf, initialValues, valuesOf } from '../../playground/src/condition/values.ts';
import { anyPart, bernoulli, categorical, concat, continuous, cvae, flatten, gaussian, head } from '../../src/index.ts';
import { compile } from '../../src/export/compile.ts';
import type { Specimen } from '../../src/signature.ts';
import { trainedWeights } from '../compiler/weights.ts';

const model = cvae({
  condition: { age: continuous(1, { mask: true }), kind: categorical(3) },
  target: bernoulli(4, 4, 1),
  latent: 2,
  known: anyPart({ by: 'block' }),
  recognition: ({ y }) => y.pipe(flatten, gaussian(2)),
  decoder: ({ z, age, age_mask, kind, known, known_mask }) =>
    concat(z, age, age_mask, kind, known.pipe(flatten), known_mask.pipe(flatten)).pipe(head(bernoulli(4, 4, 1))),
});
const { manifest } = compile(model, trainedWeights(model));
const example: Specimen = {
  index: 0,
  conditions: { age: 0, age_mask: 0, kind: 2, known: [], known_mask: [] },
  target: Array.from({ length: 16 }, () => 1),
};

test('a page begins without what may be missing, and shows no masks', () => {
  const values = initialValues(manifest);
  expect(values).toMatchObject({
    age: { kind: 'missing' },
    kind: { kind: 'class', index: 0 },
    known: { kind: 'missing' },
  });
  expect(Object.keys(values)).toEqual(['age', 'kind', 'known']);
  expect(givenOf(manifest, values)).toEqual({ age: null, kind: 0, known: null });
});

test('an example in a page gives the left half of its picture, and what it lacks stays missing', () => {
  const values = valuesOf(manifest, example);
  expect(values).toMatchObject({ age: { kind: 'missing' }, kind: { kind: 'class', index: 2 } });
  const { known } = givenOf(manifest, values);
  const row = [1, 1, NaN, NaN];
  expect(Array.from(known as Float32Array)).toEqual([...row, ...row, ...row, ...row]); // pixels, as the value is an image
});
