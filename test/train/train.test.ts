import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  batchNorm,
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  dropout,
  gaussian,
  network,
  normal,
  predictor,
  relu,
  squaredError,
} from 'cvae-compile';
import {
  Diverged,
  train,
  usualEngine,
  type Checkpoint,
  type TrainingEngine,
  type Epoch,
  type Training,
} from 'cvae-compile/train';
import { fillNormals, fillUniforms, stream } from '../../src/random.ts';
import { IS_LONG } from '../support/chosen.ts';

let engine: TrainingEngine;
beforeAll(async () => {
  engine = await usualEngine();
});

/** 16 pixels of which the first or the second half is lit, as the class says, with some noise. */
const stripes = (count: number, seed = 1) => {
  const noise = fillUniforms(new Float32Array(count * 16), stream(seed, 'stripes'), 16);
  return {
    kind: Array.from({ length: count }, (_, i) => i % 2),
    y: Array.from({ length: count }, (_, i) =>
      Array.from({ length: 16 }, (_, j) => (j < 8 === (i % 2 === 0) ? 0.9 : 0.1) * (noise[i * 16 + j] ?? 0)),
    ),
  };
};

const small = cvae({
  condition: { kind: categorical(2) },
  target: bernoulli(16),
  latent: 2,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(12), relu, gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(12), relu, dense(16)),
});

const values = ({ weights }: Training): Record<string, number[]> =>
  Object.fromEntries([...weights].map(([name, { data }]) => [name, [...data]]));

describe('train', () => {
  it('lowers the loss, and reports its parts: loss = reconstruction + KL', async () => {
    const epochs: Epoch[] = [];
    const { test, validation } = await train(
      small,
      { train: stripes(256), test: stripes(64, 2) },
      {
        engine,
        epochs: 8,
        batch: 32,
        learningRate: 1e-2,
        onEpoch: (e) => epochs.push(e),
      },
    );
    expect(epochs).toHaveLength(8);
    expect(epochs.at(-1)?.train['loss']).toBeLessThan((epochs[0]?.train['loss'] ?? 0) - 1);
    for (const metrics of [test, validation]) {
      expect(metrics?.negativeElbo).toBeCloseTo((metrics?.reconstruction ?? 0) + (metrics?.kl ?? 0), 4);
      expect(metrics?.kl).toBeGreaterThan(0);
    }
  });

  it('gives the same weights for the same seed, to the bit, and others for another', async () => {
    const run = (seed: number) => train(small, stripes(100), { engine, epochs: 2, batch: 32, seed });
    const first = values(await run(3));
    expect(values(await run(3))).toEqual(first);
    expect(values(await run(4))).not.toEqual(first);
  });

  it('keeps the weights of the best validation, and stops early without a better one', async () => {
    const epochs: Epoch[] = [];
    const options = { engine, batch: 32, learningRate: 0.3, seed: 2 };
    const data = { train: stripes(64), validation: stripes(32, 5) };
    const training = await train(small, data, { ...options, epochs: 200, patience: 3, onEpoch: (e) => epochs.push(e) });
    expect(training.stopped).toBe('early');
    const losses = epochs.map((e) => e.validation?.['loss'] ?? Infinity);
    const best = losses.indexOf(Math.min(...losses));
    expect(epochs.length - 1 - best).toBe(3);
    expect(training.validation?.negativeElbo).toBeCloseTo(losses[best] ?? 0, 5);
    const again = await train(small, data, { ...options, epochs: best + 1 });
    expect(values(again)).toEqual(values(training));
  });

  it('stops when it is asked to, and keeps the weights so far', async () => {
    const stop = new AbortController();
    const { stopped, weights, epochs } = await train(small, stripes(128), {
      engine,
      epochs: 1000,
      signal: stop.signal,
      onEpoch: ({ epoch }) => epoch === 2 && stop.abort(),
    });
    expect(stopped).toBe('aborted');
    expect(epochs).toHaveLength(2);
    expect(weights.size).toBeGreaterThan(0);
  });

  it('reports progress with rates and the time left', async () => {
    const onProgress = vi.fn<(progress: { examplesPerSecond: number; secondsLeft: number; steps: number }) => void>();
    await train(small, stripes(128), { engine, epochs: 2, batch: 16, validation: 0, onProgress });
    const last = onProgress.mock.lastCall?.[0];
    expect(last).toMatchObject({ phase: 'model', epoch: 2, epochs: 2, step: 8, steps: 8, secondsLeft: 0 });
    expect(last?.examplesPerSecond).toBeGreaterThan(0);
  });

  it('says at what step the loss stopped being a number, and keeps the last good weights', async () => {
    const wild = train(small, stripes(64), { engine, epochs: 50, batch: 16, learningRate: 1e6, validation: 0 });
    const error = await wild.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Diverged);
    if (!(error instanceof Diverged)) return;
    expect(error.message).toMatch(
      /^train: expected a finite loss, got (NaN|-?Infinity) at step \d+ \(epoch \d+\) of the model; lower/,
    );
    expect([...error.weights.values()].every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });

  it('refuses options that mean nothing', async () => {
    await expect(train(small, stripes(8), { engine, epochs: 0 })).rejects.toThrow(
      'a positive whole number as epochs, got 0',
    );
    await expect(train(small, stripes(8), { engine, learningRate: NaN })).rejects.toThrow('as learningRate, got NaN');
  });

  it('refuses a cvae without a recognition network, which the ELBO needs', async () => {
    const { recognition: _, ...networks } = small.networks;
    await expect(train({ ...small, networks }, stripes(8), { engine })).rejects.toThrow(
      'elbo: expected a model with a recognition network',
    );
  });

  const EPOCHS = IS_LONG ? 100 : 10;
  it(`leaves as many live tensors after step ${10 * EPOCHS} as after step 10`, async () => {
    const { loadBackend } = await import('../../src/train/backend.ts');
    const { tf } = await loadBackend();
    const counts: number[] = [];
    const model = cvae({
      condition: { kind: categorical(2) },
      target: bernoulli(16),
      latent: 2,
      recognition: ({ y, kind }) => concat(y, kind).pipe(dense(8), batchNorm, relu, dropout(0.2), gaussian(2)),
      decoder: ({ z, kind }) => concat(z, kind).pipe(dense(16)),
    });
    await train(model, stripes(160), {
      engine,
      epochs: EPOCHS,
      batch: 16,
      validation: 0,
      onEpoch: () => counts.push(tf.memory().numTensors),
    });
    expect(counts).toHaveLength(EPOCHS);
    expect(counts.at(-1)).toBe(counts[0]);
  });
});

describe('a baseline', () => {
  const kind = categorical(2);
  const baseline = network('baseline', { kind }, ({ kind }) => kind.pipe(dense(16)));
  const model = cvae({
    condition: { kind },
    target: bernoulli(16),
    latent: 2,
    baseline,
    prior: ({ kind }) => concat(kind, baseline({ kind })).pipe(gaussian(2)),
    recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(2)),
    decoder: ({ z, kind }) => concat(z, kind, baseline({ kind })).pipe(dense(16)),
  });
  const part = (training: Training, prefix: string) =>
    Object.fromEntries(Object.entries(values(training)).filter(([name]) => name.startsWith(prefix)));

  it('is trained first, on its own likelihood, and then left as it is', async () => {
    const epochs: Epoch[] = [];
    const options = { engine, batch: 32, seed: 7, validation: 0, baselineEpochs: 3 };
    const one = await train(model, stripes(96), { ...options, epochs: 1, onEpoch: (e) => epochs.push(e) });
    const three = await train(model, stripes(96), { ...options, epochs: 3 });
    expect(epochs.map((e) => e.phase)).toEqual(['baseline', 'baseline', 'baseline', 'model']);
    expect(epochs[0]?.train).not.toHaveProperty('kl');
    expect(part(three, 'baseline/')).toEqual(part(one, 'baseline/'));
    expect(part(three, 'decoder/')).not.toEqual(part(one, 'decoder/'));
  });

  it('is left as it is with what it shares, also where no other network calls it', async () => {
    const shared = network('shared', { x: continuous(4) }, ({ x }) => x.pipe(dense(3), relu));
    const alone = network('alone', { kind }, ({ kind }) => shared({ x: kind.pipe(dense(4)) }).pipe(dense(16)));
    const sharing = cvae({
      condition: { kind },
      target: bernoulli(16),
      latent: 2,
      baseline: alone,
      recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(2)),
      decoder: ({ z, kind }) => shared({ x: concat(z, kind) }).pipe(dense(16)),
    });
    const options = { engine, batch: 32, seed: 7, validation: 0, baselineEpochs: 2 };
    const one = await train(sharing, stripes(96), { ...options, epochs: 1 });
    const three = await train(sharing, stripes(96), { ...options, epochs: 3 });
    for (const frozen of ['alone/', 'shared/']) expect(part(three, frozen)).toEqual(part(one, frozen));
    expect(part(three, 'decoder/')).not.toEqual(part(one, 'decoder/'));
  });

  it('learns with the rest where training is joint', async () => {
    const epochs: Epoch[] = [];
    const options = { engine, batch: 32, seed: 7, validation: 0, joint: true };
    const one = await train(model, stripes(96), { ...options, epochs: 1, onEpoch: (e) => epochs.push(e) });
    const two = await train(model, stripes(96), { ...options, epochs: 2 });
    expect(epochs.map((e) => e.phase)).toEqual(['model']);
    expect(part(two, 'baseline/')).not.toEqual(part(one, 'baseline/'));
  });
});

describe('other models', () => {
  it('trains a predictor on its likelihood, without a KL', async () => {
    const model = predictor({
      condition: { kind: categorical(2) },
      target: bernoulli(16),
      network: ({ kind }) => kind.pipe(dense(16)),
    });
    const { test } = await train(model, { train: stripes(64), test: stripes(32, 3) }, { engine, epochs: 2 });
    expect(test?.kl).toBe(0);
    expect(test?.negativeElbo).toBe(test?.reconstruction);
  });

  it('never calls a sum of squares nats', async () => {
    const model = predictor({
      condition: { kind: categorical(2) },
      target: squaredError(16),
      network: ({ kind }) => kind.pipe(dense(16)),
    });
    expect((await train(model, stripes(32), { engine, epochs: 1 })).unit).toBe('squared error');
  });

  it('keeps running statistics with the weights', async () => {
    const model = predictor({
      condition: { x: continuous(3) },
      target: normal(1),
      network: ({ x }) => x.pipe(dense(4), batchNorm, relu, dense(1)),
    });
    const x = fillNormals(new Float32Array(300), stream(1, 'x'), 3);
    const data = {
      x: Array.from({ length: 100 }, (_, i) => Array.from(x.subarray(3 * i, 3 * i + 3))),
      y: Array.from({ length: 100 }, (_, i) => [x[3 * i] ?? 0]),
    };
    const { weights } = await train(model, data, { engine, epochs: 3, batch: 20, validation: 0 });
    expect(weights.get('network/batchNorm_1/mean')?.data.some((v) => v !== 0)).toBe(true);
    expect(weights.get('network/batchNorm_1/variance')?.data.every((v) => v !== 1)).toBe(true);
  });
});

describe('averaging', () => {
  const plain = { epochs: 2, batch: 16, learningRate: 0.01, validation: 0.25 } as const;
  const data = stripes(128);

  it('validates and keeps a moving average of the weights over steps: the plain mean until it remembers enough', async () => {
    const steps: Checkpoint[] = [];
    // 0.95 remembers 20 steps and takes in each; there are 12.
    const kept = await train(small, data, {
      ...plain,
      engine,
      averaging: 0.95,
      checkpointEvery: { steps: 1 },
      onCheckpoint: (checkpoint) => void steps.push(checkpoint),
    });
    // One a step, and one at the end of training.
    const taken = steps.slice(0, 12);
    for (const [name, { data: values }] of kept.weights)
      for (const [i, value] of values.entries()) {
        const mean = taken.reduce((sum, { weights }) => sum + (weights.get(name)?.data[i] ?? NaN), 0) / taken.length;
        expect(value).toBeCloseTo(mean, 5);
      }
    const last = await train(small, data, { ...plain, engine });
    expect(kept.epochs.at(-1)?.validation?.['loss']).not.toBe(last.epochs.at(-1)?.validation?.['loss']);
    expect(kept.epochs.at(-1)?.train).toEqual(last.epochs.at(-1)?.train);
  });

  it('forgets what lies further back than it remembers', async () => {
    const steps: Checkpoint[] = [];
    const options = { ...plain, engine, averaging: 0.5, checkpointEvery: { steps: 1 } };
    await train(small, data, { ...options, onCheckpoint: (checkpoint) => void steps.push(checkpoint) });
    const name = 'decoder/dense_1/bias';
    const [before, after] = steps.slice(9, 11);
    const expected = before?.average
      ?.get(name)
      ?.data.map((v, i) => (v + (after?.weights.get(name)?.data[i] ?? NaN)) / 2);
    expect(after?.average?.get(name)?.data).toEqual(expected);
  });

  it.each([0, 1, -0.1, NaN])('is refused where it remembers nothing or everything: %s', async (averaging) => {
    await expect(train(small, data, { ...plain, engine, averaging })).rejects.toThrow(
      'expected a number above 0 and below 1 as averaging',
    );
  });
});

describe('weights to start from', () => {
  const data = stripes(40);
  const short = { epochs: 1, batch: 20, validation: 0 };

  it('may be of some parameters, and are refused where the model has no such parameter or one of another shape', async () => {
    const { weights } = await train(small, data, { ...short, engine });
    const bias = 'decoder/dense_1/bias';
    const some = new Map([[bias, weights.get(bias) ?? { shape: [], data: new Float32Array(1) }]]);
    await expect(train(small, data, { ...short, engine, weights: some })).resolves.toMatchObject({
      stopped: 'finished',
    });
    const other = new Map([['encoder/dense_1/bias', { shape: [12], data: new Float32Array(12) }]]);
    await expect(train(small, data, { ...short, engine, weights: other })).rejects.toThrow(
      'weights: expected parameters of this model to start from, got encoder/dense_1/bias of shape [12], which it does not have; give only those that both models share',
    );
    const wide = new Map([[bias, { shape: [16], data: new Float32Array(16) }]]);
    await expect(train(small, data, { ...short, engine, weights: wide })).rejects.toThrow(
      'got decoder/dense_1/bias of shape [16], which has the shape [12] here',
    );
  });
});
