import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  categorical,
  concat,
  constant,
  continuous,
  cvae,
  dense,
  gaussian,
  gru,
  heads,
  normal,
  steps,
  tanh,
} from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { evaluate as run, decode } from 'cvae-compile/onnx';
import { evaluate, train } from 'cvae-compile/train';
import { withScaling } from 'cvae-compile/data';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { toDataset } from '../../src/data/convert.ts';
import { variablesOf } from '../../src/train/parameters.ts';

const folder = mkdtempSync(join(tmpdir(), 'units-'));
afterAll(() => rmSync(folder, { recursive: true }));

const track = {
  place: normal(4, 2, { sigma: 'learned' }),
  kind: categorical('walk', 'rest', 'end', { at: [4], end: 'end' }),
};

/** Tracks of people: where they are, in metres, and what they do. */
const tracks = cvae({
  condition: { age: continuous(1) },
  target: track,
  latent: 1,
  recognition: ({ y }) => concat(y.place, y.kind).pipe(gru(3, { last: true }), gaussian(1)),
  decoder: ({ z, age }) => {
    const start = { place: concat(z, age).pipe(dense(2)), kind: constant([3], [0, 1, 0]) };
    return steps(track, { start, state: z.pipe(dense(3)) }, ({ previous, state }) => {
      const next = concat(previous.place, previous.kind, state, age.pipe(dense(2), tanh)).pipe(dense(4), tanh);
      const { place, kind } = next.pipe(heads({ place: normal(2, { sigma: 'learned' }), kind: categorical(3) }));
      return { out: { place, kind }, state: next.pipe(dense(3)) };
    });
  },
});

const examples = Array.from({ length: 24 }, (_, i) => {
  const length = 1 + (i % 4);
  return {
    age: 20 + i,
    place: Array.from({ length: 8 }, (_x, k) => (k < 2 * length ? 500 + 30 * Math.sin(i + k) + (k % 2) * 1000 : -9999)),
    kind: Array.from({ length: 4 }, (_x, t) => (t < length ? t % 2 : 2)),
  };
});

it('numbers of all steps before the end have one standardisation', async () => {
  const { scaling = {} } = await toDataset(examples, variablesOf(tracks));
  const { mean = [], deviation = [] } = scaling['place'] ?? {};
  const seen = examples.flatMap(({ place, kind }) => place.filter((_, k) => kind[Math.floor(k / 2)] !== 2));
  const expected = [0, 1].map((d) => {
    const own = seen.filter((_, i) => i % 2 === d);
    const average = own.reduce((a, b) => a + b, 0) / own.length;
    return [average, Math.sqrt(own.reduce((sum, x) => sum + (x - average) ** 2, 0) / own.length)] as const;
  });
  expect(mean).toHaveLength(8);
  for (const [i, value] of mean.entries()) expect(value).toBeCloseTo(expected[i % 2]?.[0] ?? NaN, 3);
  for (const [i, value] of deviation.entries()) expect(value).toBeCloseTo(expected[i % 2]?.[1] ?? NaN, 3);
  const own = await toDataset(examples, variablesOf(tracks));
  const apart = withScaling({ ...own, scaling: {} }, ['place']);
  await expect(train(tracks, apart, { epochs: 1 })).rejects.toThrow(
    'scaling: expected the same for all steps of place, each of which is given to the next, got different ones; leave it out, or pass the same',
  );
});

it('the files of a step have the likelihood that was trained, in the units of the data', async () => {
  const { weights } = await train(tracks, examples, { epochs: 3, batch: 8, seed: 1 });
  const out = join(folder, 'out');
  const { manifest } = await exportModel(tracks, weights, { out });
  expect(manifest.target.targets?.['place']?.scaling?.mean).toHaveLength(8);
  const [start, step] = (['start', 'step'] as const).map(
    (part) => decode(readFileSync(join(out, `${part}.onnx`))).graph,
  );
  if (!start || !step) throw new Error('no files');
  const compute = (graph: typeof start, all: Readonly<Record<string, readonly number[]>>) =>
    Object.fromEntries(
      Object.entries(
        run(
          graph,
          Object.fromEntries(
            graph.inputs.map(({ name }) => [name, tensorOf('float64', [1, all[name]?.length ?? 0], all[name] ?? [])]),
          ),
        ),
      ).map(([name, tensor]) => [name, [...numbersOf(tensor)]]),
    );
  const losses = examples.map(({ age, place, kind }) => {
    const around = { z: [0], age: [age] };
    let given: Record<string, readonly number[]> = { ...around, ...compute(start, around) };
    let sum = 0;
    for (const [t, chosen] of kind.entries()) {
      const made = compute(step, given);
      sum -= Math.log(made['kind']?.[chosen] ?? NaN);
      if (chosen === 2) break;
      const own = place.slice(2 * t, 2 * t + 2);
      for (const [d, y] of own.entries()) {
        const logVar = made['place_logVar']?.[d] ?? NaN;
        sum += 0.5 * (Math.log(2 * Math.PI) + logVar + (y - (made['place']?.[d] ?? NaN)) ** 2 / Math.exp(logVar));
      }
      given = {
        ...given,
        state: made['next_state'] ?? [],
        previous_place: own,
        previous_kind: [0, 1, 2].map((k) => (k === chosen ? 1 : 0)),
      };
    }
    return sum;
  });
  const { deterministic } = await evaluate(tracks, weights, examples, { samples: 1, part: 'train' });
  expect(losses.reduce((a, b) => a + b, 0) / losses.length).toBeCloseTo(deterministic, 3);
});
