import { expect, test } from 'vitest';
import { categorical, concat, cvae, gaussian, heads, mlp, normal } from 'cvae-compile';
import { batchOf } from '../../playground/src/train/batch.ts';
import { trainingExampleOf } from '../../playground/src/train/training-examples.ts';
import { pointsOf, runsOf } from '../../playground/src/view/plots.ts';
import { knownTruthOf } from '../../playground/src/view/truth.ts';
import { exportTraining } from '../../src/export/training.ts';
import type { Manifest, Specimen } from '../../src/signature.ts';
import { variableText } from '../../src/values/element-names.ts';
import { trainedWeights } from '../compiler/weights.ts';

const targets = {
  rooms: normal(2, { mask: true }),
  kind: categorical('flat', 'house', { mask: true }),
  price: normal(1),
};
const model = cvae({
  condition: { town: categorical('Ulm', 'Bonn') },
  target: targets,
  latent: 2,
  recognition: ({ y, mask, town }) => concat(y.rooms, mask.rooms, y.kind, mask.kind, y.price, town).pipe(gaussian(2)),
  decoder: ({ z, town }) => concat(z, town).pipe(mlp([4]), heads(targets)),
});
const manifest: Manifest = exportTraining(model, trainedWeights(model)).manifest;
const example: Specimen = {
  index: 0,
  conditions: { town: 'Ulm' },
  target: { rooms: [0, 3], kind: [0], price: [5] },
  masks: { rooms: [0, 1], kind: [0] },
};

test('what an example of the data lacks is missing in the page, and no 0', () => {
  expect(['rooms', 'kind', 'price'].map((name) => knownTruthOf(manifest, example, name))).toEqual([
    [NaN, 3],
    [NaN],
    [5],
  ]);
  expect(pointsOf([1, NaN, 3, NaN])).toBe('0,1 2,3');
  expect(pointsOf([NaN, 2])).toBe('1,2 1,2');
});

test('what an example of the data lacks does not count where a model learns from it', () => {
  const batch = batchOf(manifest, [trainingExampleOf(manifest, example)], [], 0);
  const first = (name: string): unknown => (batch[name] as readonly unknown[])[0];
  expect([first('rooms_mask'), first('kind_mask')]).toEqual([Float32Array.of(0, 1), Float32Array.of(0)]);
  expect([first('rooms'), first('price')]).toEqual([expect.not.arrayContaining([NaN]), Float32Array.of(5)]);
});

test('a variable is called as its column is, if it is of a single one', () => {
  const called = (dataShape: readonly number[], names?: readonly string[], units?: readonly string[]) =>
    variableText('state_2', { dataShape, ...(names && { names }), ...(units && { units }) });
  expect(called([1], ['Fläche'], ['m²'])).toBe('Fläche (m²)');
  expect(called([], ['Balkon?'])).toBe('Balkon?');
  expect(called([2], ['state 1', 'state 2'])).toBe('state');
  expect(called([2, 2], ['vx 1', 'vy 1', 'vx 2', 'vy 2'])).toBe('state_2');
  expect([called([1]), called([3])]).toEqual(['state_2', 'state_2']);
});

test('of a sequence of words long runs are counted', () => {
  const words = ['up', ...Array<string>(5).fill('down'), 'up', 'up', 'up'];
  expect(runsOf(words)).toEqual(['up', 'down\u00a0×5', 'up', 'up', 'up']);
  expect(runsOf([])).toEqual([]);
});
