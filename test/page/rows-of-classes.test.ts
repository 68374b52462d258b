import { expect, test } from 'vitest';
import { categorical, concat, cvae, flatten, gaussian, mlp, reshape } from 'cvae-compile';
import { rowsOf } from '../../playground/src/ask/own.ts';
import { batchOf } from '../../playground/src/train/batch.ts';
import { trainingExampleOf } from '../../playground/src/train/training-examples.ts';
import { exportTraining } from '../../src/export/training.ts';
import { encodeConditions } from '../../src/runtime/values.ts';
import type { Manifest, Specimen } from '../../src/signature.ts';
import { trainedWeights } from '../compiler/weights.ts';

// Gears: some names are numbers, and so no place can be given as a number.

const gear = categorical('1', '2', 'P', { at: [3] });
const model = cvae({
  condition: { driver: categorical('Ann', 'Bob') },
  target: { gear },
  latent: 2,
  recognition: ({ y, driver }) => concat(flatten(y.gear), driver).pipe(gaussian(2)),
  decoder: ({ z, driver }) => ({ gear: concat(z, driver).pipe(mlp([4]), mlp([9]), reshape(3, 3)) }),
});
const manifest: Manifest = exportTraining(model, trainedWeights(model)).manifest;
const examples: readonly Specimen[] = [
  { index: 0, conditions: { driver: 'Ann' }, target: { gear: [0, 1, 2] } },
  { index: 1, conditions: { driver: 'Bob' }, target: { gear: [2, 2, 0] } },
];
const taught = examples.map((example) => trainingExampleOf(manifest, example));
const variable = { kind: 'categorical', shape: [3, 3], dataShape: [3], classes: ['1', '2', 'P'] } as const;
const encoded = (value: unknown): unknown => encodeConditions({ gear: variable }, { gear: value }).values['gear'];

test('sequences of classes of which some are called by numbers are rows of a batch', () => {
  const { gear: asked } = rowsOf(manifest, taught, examples);
  // prettier-ignore
  const data = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, /* the next */ 0, 0, 1, 0, 0, 1, 1, 0, 0);
  expect(encoded(asked)).toMatchObject({ rows: 2, data });
  expect(encoded(batchOf(manifest, taught, [], 0)['gear'])).toMatchObject({ rows: 16 });
});
