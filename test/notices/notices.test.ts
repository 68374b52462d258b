import { beforeAll, describe, expect, it } from 'vitest';
import { add, concat, continuous, cvae, dense, gaussian, mul, normal, predictor, relu } from 'cvae-compile';
import {
  elbo,
  gsnn,
  hybrid,
  linear,
  onnxEngine,
  sgd,
  train,
  usualEngine,
  type Checkpoint,
  type TrainingEngine,
  type TrainOptions,
} from 'cvae-compile/train';
import type { Model } from '../../src/dsl/model.ts';
import type { Epoch } from '../../src/train/epoch.ts';
import { noticesOf } from '../../src/train/notices.ts';
import { normals, stream, uniforms } from '../../src/random.ts';
import { loadOrt } from '../../src/runtime/ort-node.ts';
import type { Data } from '../../src/data/source.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

// Real trainings, each of a second, on 1,000 points of which y has two halves: one that x decides and one that nothing in x determines.
const COUNT = 1000;
const x = Array.from(uniforms(stream(1, 'x'), COUNT, 1));
const hidden = normals(stream(1, 'hidden'), COUNT, 1);
const noise = normals(stream(1, 'noise'), COUNT, 4);
const some = (at: number, i: number) => 0.05 * (noise[at * 4 + i] ?? 0);
/** y depends on x and on something that x does not determine. */
const twofold = { x, y: x.map((v, at) => [v, -v, hidden[at] ?? 0, -(hidden[at] ?? 0)].map((m, i) => m + some(at, i))) };
/** y depends on x alone. */
const told = { x, y: x.map((v, at) => [v, -v, 2 * v, 1 - v].map((m, i) => m + some(at, i))) };

const condition = { x: continuous(1) };
const target = normal(4, { sigma: 0.1 });
const modelOf = (sigma: number) =>
  cvae({
    condition,
    target: normal(4, { sigma }),
    latent: 2,
    recognition: ({ x: given, y }) => concat(given, y).pipe(dense(16), relu, gaussian(2)),
    decoder: ({ x: given, z }) => concat(given, z).pipe(dense(16), relu, dense(4)),
  });
const model = modelOf(0.1);
/** Least squares: its loss is a parabola. */
const plain = predictor({ condition, target, network: (given) => given.x.pipe(dense(4)) });
/** Its decoder has no use for z, whatever it is trained with. */
const deaf = cvae({
  condition,
  target,
  latent: 2,
  recognition: ({ x: given, y }) => concat(given, y).pipe(dense(16), relu, gaussian(2)),
  decoder: ({ x: given, z }) => add(given.pipe(dense(16), relu, dense(4)), mul(z.pipe(dense(4)), 1e-4)),
});

const ENGINES: Readonly<Record<string, () => Promise<TrainingEngine>>> = {
  'TensorFlow.js': usualEngine,
  onnxruntime: async () =>
    onnxEngine({ ort: await loadOrt(), name: 'onnxruntime-node', version: '1', provider: 'cpu', threads: 1 }),
};

describe.each(Object.entries(ENGINES))('training with %s', (name, load) => {
  /** Notices follow from the numbers alone: one test shows that the slower engine's are reported too. */
  const some = <T>(cases: readonly T[]): readonly T[] => (IS_LONG || name === 'onnxruntime' ? cases : []);
  let engine: TrainingEngine;
  beforeAll(async () => {
    engine = await load();
  });
  const run = async (given: Model, data: Data, options: TrainOptions = {}) => {
    const notices: string[] = [];
    // Where tfjs-node is missing, its engine says why.
    const onNotice = (notice: string) => void (notice === engine.notice || notices.push(notice));
    const usual = { epochs: 15, batch: 50, learningRate: 3e-3, engine, onNotice };
    return { ...(await train(given, data, { ...usual, ...options })), notices };
  };

  it.each(
    some<readonly [string, TrainOptions]>([
      ['the plain bound', {}],
      ['β warm-up', { objective: elbo({ beta: linear({ to: 1, epochs: 8 }) }) }],
      ['free bits', { objective: elbo({ freeBits: 0.2 }) }],
      ['hybrid', { objective: hybrid(0.5) }],
    ]),
  )('says nothing of a healthy run: %s', async (_name, options) => {
    const { notices, epochs } = await run(model, twofold, options);
    expect(notices).toEqual([]);
    const last = epochs.at(-1)?.latent;
    expect(last?.share).toBeGreaterThan(0.01);
    expect(last?.kl).toHaveLength(2);
    expect(last?.activeUnits).toBeGreaterThanOrEqual(1);
  });

  it.runIf(some([name]).length > 0)(
    'says once that the posterior collapses, with the remedies, and not again when the run continues',
    async () => {
      let resume: Checkpoint | undefined;
      const options = { learningRate: 0.01, onCheckpoint: (last: Checkpoint) => void (resume = last) };
      const { notices, epochs } = await run(modelOf(0.5), told, options);
      expect(notices).toEqual([
        expect.stringMatching(
          /^posterior collapse: the KL is \S+ nats in epoch \d+, .*; usual remedies: β warm-up, .*; free bits, .*, docs\/samples\.md$/,
        ),
      ]);
      expect(epochs.filter(({ noticed }) => noticed)).toHaveLength(1);
      if (!resume) throw new Error('no checkpoint');
      expect((await run(modelOf(0.5), told, { learningRate: 0.01, epochs: 18, resume })).notices).toEqual([]);
    },
  );

  it.each(
    some<readonly [string, Model, Data, TrainOptions]>([
      ['though free bits are paid', deaf, twofold, { objective: elbo({ freeBits: { total: 2 } }) }],
      ['where there is nothing for it to say', model, told, { objective: gsnn(), learningRate: 0.02 }],
    ]),
  )('says once that the decoder ignores z, %s', async (_name, given, data, options) => {
    const { notices, epochs } = await run(given, data, options);
    // The GSNN does not train the recognition network, so the KL is not reported.
    expect(epochs.at(-1)?.latent?.kl?.length).toBe(options.objective?.name === 'gsnn' ? undefined : 2);
    expect(notices).toEqual([
      expect.stringMatching(/^the decoder ignores z: .*% of y's variance .*; usual remedies: .*, docs\/samples\.md$/),
    ]);
  });

  it('says once that the loss diverges while it is still a number: from the start, or after it had learned', async () => {
    // All examples at once: steps of 2.05 times the curvature's inverse, which is 1/σ² as all is standardised, go 5 % too far.
    const steep = { optimiser: sgd(), learningRate: 2.05 * 0.01, batch: COUNT, validation: 0, epochs: 20 };
    const { notices, epochs } = await run(plain, told, steep);
    expect(epochs.at(-1)?.train['loss']).toBeGreaterThan(4 * (epochs[0]?.train['loss'] ?? NaN));
    expect(notices).toEqual([expect.stringMatching(/^the loss diverges: \S+ in epoch \d+, (after|and) \S+ /)]);

    const late = await run(plain, told, { learningRate: ({ epoch }) => (epoch < 6 ? 0.02 : 5), epochs: 8 });
    expect(late.notices).toEqual([
      expect.stringMatching(/^the loss diverges: \S+ in epoch \d+, (after|and) .*; usual remedies: a smaller learning/),
    ]);
  });
});

describe('training on numbers in which there is nothing to learn', () => {
  const noiseModel = cvae({
    condition,
    target: normal(100),
    latent: 2,
    recognition: ({ x: given, y }) => concat(given, y).pipe(dense(8), relu, gaussian(2)),
    decoder: ({ x: given, z }) => concat(given, z).pipe(dense(8), relu, dense(100)),
  });
  const noiseOf = (seed: number, count: number) => {
    const values = normals(stream(seed, 'nothing'), count, 100);
    const y = Array.from({ length: count }, (_, i) => values.subarray(i * 100, (i + 1) * 100));
    return { x: Array.from(uniforms(stream(seed, 'none'), count, 1)), y };
  };

  it.each<readonly [string, number, TrainOptions]>([
    ['in many steps', 600, { batch: 50 }],
    ['in one step an epoch', 600, { batch: 600 }],
    ['in a handful of examples', 12, { batch: 12 }],
    ['at a learning rate that no longer learns', 600, { batch: 100, learningRate: 1e-6 }],
    ['with β warm-up', 600, { batch: 100, objective: elbo({ beta: linear({ to: 1, epochs: 10 }) }) }],
  ])('is not said to diverge: %s', async (name, count, options) => {
    const engine = await ENGINES['onnxruntime']?.();
    if (!engine) throw new Error('no engine');
    for (const seed of chosen(name, [1, 2, 3], 1)) {
      const notices: string[] = [];
      await train(noiseModel, noiseOf(seed, count), {
        epochs: 20,
        validation: 0,
        seed,
        engine,
        onNotice: (notice) => void notices.push(notice),
        ...options,
      });
      expect(notices.filter((notice) => notice.includes('diverges'))).toEqual([]);
    }
  });

  const epoch = (at: number, loss: number, deviation = 0): Epoch => ({
    phase: 'model',
    epoch: at,
    train: { loss },
    spread: { first: 142, deviation },
    seconds: 1,
  });
  const found = (losses: readonly number[], steps: number, since?: number) =>
    noticesOf(
      losses.map((loss, i) => epoch(i + 1, loss, 0.01)),
      steps,
      since,
    ).map(({ text }) => text.split(';')[0]);

  it('is not reported for a rise of nine hundredths, as it once was', () => {
    expect(found([142, 141.95, 142.04], 5)).toEqual([]);
    expect(found([142, 141.95, 142.04], 20)).toEqual([]);
    expect(found([142, 141.95, 142.04], 1)).toEqual([]);
  });

  it('is reported if a loss has risen for good, or by far, since its objective last changed', () => {
    expect(found([142, 100, 60, 62, 75, 90], 20)).toEqual(['the loss diverges: 90 in epoch 6, after 60 in epoch 3']);
    expect(found([142, 100, 60, 62, 85], 20)).toEqual([]);
    expect(found([142, 100, 60, 62, 150], 20)).toEqual(['the loss diverges: 150 in epoch 5, after 60 in epoch 3']);
    // From epoch 4 on, β has another value.
    expect(found([142, 100, 60, 75, 90, 90], 20, 4)).toEqual([]);
    expect(found([142, 100, 60, 75, 2000], 20, 4)).toEqual([
      'the loss diverges: 2000 in epoch 5, and 142 before training',
    ]);
  });
});
