import { beforeAll, describe, expect, it } from 'vitest';
import { batchNorm, bernoulli, categorical, concat, cvae, dense, dropout, gaussian, network, relu } from 'cvae-compile';
import {
  adam,
  cosine,
  elbo,
  iwae,
  linear,
  train,
  usualEngine,
  type Checkpoint,
  type TrainingEngine,
  type Epoch,
  type Training,
  type TrainOptions,
} from 'cvae-compile/train';
import { fillUniforms, stream } from '../../src/random.ts';
import { loadOrt } from '../../src/runtime/ort-node.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/run/checkpoint.ts';
import { onnxEngine } from '../../src/train/onnx-engine.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

// Everything that has a state: a baseline's own phase, running statistics, dropout's noise, schedules, validation.
const kind = categorical(2);
const baseline = network('baseline', { kind }, (given) => given.kind.pipe(dense(16)));
const model = cvae({
  condition: { kind },
  target: bernoulli(16),
  latent: 2,
  baseline,
  prior: (x) => concat(x.kind, baseline(x)).pipe(gaussian(2)),
  recognition: ({ y, kind: k }) => concat(y, k).pipe(dense(8), batchNorm, relu, dropout(0.2), gaussian(2)),
  decoder: ({ z, kind: k }) => concat(z, k).pipe(dense(8), relu, dense(16)),
});
const noise = fillUniforms(new Float32Array(60 * 16), stream(1, 'data'), 16);
const data = {
  kind: Array.from({ length: 60 }, (_, i) => i % 2),
  y: Array.from({ length: 60 }, (_, i) => noise.slice(i * 16, i * 16 + 16).map((v, j) => (j % 2 === i % 2 ? v : 0))),
};
const OPTIONS: TrainOptions = {
  epochs: 3,
  batch: 12,
  learningRate: cosine({ from: 0.02 }),
  objective: elbo({ beta: linear({ to: 1, epochs: 2 }) }),
  validateBy: iwae(2),
  seed: 4,
};

const bits = ({ weights }: Training) =>
  Object.fromEntries([...weights].map(([name, { data: own }]) => [name, Buffer.from(own.buffer).toString('hex')]));
const without = (epochs: readonly Epoch[]) => epochs.map((epoch) => ({ ...epoch, seconds: 0 }));

const ENGINES: Readonly<Record<string, () => Promise<TrainingEngine>>> = {
  'TensorFlow.js': usualEngine,
  onnxruntime: async () =>
    onnxEngine({ ort: await loadOrt(), name: 'onnxruntime-node', version: '1', provider: 'cpu', threads: 1 }),
};

describe.each(Object.entries(ENGINES))('resuming with %s', (name, load) => {
  /** Whether an engine is tried with what is the same in both. */
  const isTried = IS_LONG || name === 'onnxruntime';
  let engine: TrainingEngine;
  let whole: Training;
  const checkpoints: Checkpoint[] = [];
  beforeAll(async () => {
    engine = await load();
    whole = await train(model, data, {
      ...OPTIONS,
      engine,
      checkpointEvery: { steps: 1 },
      onCheckpoint: (checkpoint) => void checkpoints.push(decodeCheckpoint(encodeCheckpoint(checkpoint), 'here')),
    });
  });

  it('resumes from any checkpoint to the same weights and metrics, to the bit', async () => {
    expect(checkpoints.length).toBeGreaterThanOrEqual(8);
    expect(new Set(checkpoints.map(({ phase }) => phase))).toEqual(new Set(['baseline', 'model']));
    // In the middle of epochs and at their ends: of 5 steps, every third.
    const third = checkpoints.filter((_, at) => at % 3 === 1);
    for (const resume of chosen('checkpoints', third, 3)) {
      const again = await train(model, data, { ...OPTIONS, engine, resume });
      const where = `${resume.phase} ${resume.epoch}, ${resume.step}`;
      expect(bits(again), where).toEqual(bits(whole));
      expect(without(again.epochs), where).toEqual(without(whole.epochs));
      expect(again.validation, where).toEqual(whole.validation);
    }
  });

  it.runIf(isTried)('continues if more epochs are asked for, as if they had been from the start', async () => {
    const plain = { ...OPTIONS, learningRate: 0.01, objective: elbo(), engine };
    let last: Checkpoint | undefined;
    await train(model, data, { ...plain, baselineEpochs: 2, epochs: 2, onCheckpoint: (c) => void (last = c) });
    const longer = { ...plain, baselineEpochs: 2, epochs: 4 };
    if (!last) throw new Error('no checkpoint');
    const again = await train(model, data, { ...longer, resume: last });
    expect(bits(again)).toEqual(bits(await train(model, data, longer)));
  });

  it.runIf(isTried)('compares epochs by one β where more epochs let it rise further', async () => {
    const warm = {
      ...OPTIONS,
      learningRate: 0.01,
      baselineEpochs: 1,
      objective: elbo({ beta: linear({ to: 4, epochs: 16 }) }),
      engine,
    };
    const { validateBy, ...rising } = warm;
    let last: Checkpoint | undefined;
    await train(model, data, { ...rising, epochs: 1, onCheckpoint: (c) => void (last = c) });
    if (!last || !validateBy) throw new Error('no checkpoint');
    const longer = { ...rising, epochs: 16 };
    const straight = await train(model, data, longer);
    const again = await train(model, data, { ...longer, resume: last });
    // Without that, the first epoch, in which β was a sixteenth, has the lowest loss of all.
    expect(again.ended).toEqual(straight.ended);
    expect(again.ended.kept).toBeGreaterThan(1);
    expect(bits(again)).toEqual(bits(straight));
    const main = (run: Training) =>
      run.epochs.filter(({ phase }) => phase === 'model').map(({ validation }) => validation);
    expect(main(again)).toEqual(main(straight));
  });

  it.runIf(isTried)('resumes with an average of the weights, to the bit', async () => {
    const held: Checkpoint[] = [];
    const averaged = { ...OPTIONS, averaging: 0.975, engine };
    const kept = await train(model, data, {
      ...averaged,
      checkpointEvery: { steps: 1 },
      onCheckpoint: (checkpoint) => void held.push(decodeCheckpoint(encodeCheckpoint(checkpoint), 'here')),
    });
    expect(bits(kept)).not.toEqual(bits(whole));
    expect(held.at(-1)?.average?.size).toBeGreaterThan(0);
    const fifth = held.filter((_, at) => at % 5 === 2);
    for (const resume of chosen('averages', fifth, 1)) {
      const again = await train(model, data, { ...averaged, resume });
      expect(bits(again), `${resume.phase} ${resume.epoch}, ${resume.step}`).toEqual(bits(kept));
    }
  });

  it('checkpoints where it is interrupted', async () => {
    const stop = new AbortController();
    let last: Checkpoint | undefined;
    const interrupted = await train(model, data, {
      ...OPTIONS,
      engine,
      signal: stop.signal,
      onCheckpoint: (c) => void (last = c),
      onProgress: ({ phase, epoch }) => phase === 'model' && epoch === 2 && stop.abort(),
    });
    expect(interrupted.stopped).toBe('aborted');
    if (!last) throw new Error('no checkpoint');
    expect(bits(await train(model, data, { ...OPTIONS, engine, resume: last }))).toEqual(bits(whole));
  });
});

describe('a run that resumes with something else', () => {
  let resume: Checkpoint;
  beforeAll(async () => {
    await train(model, data, { ...OPTIONS, epochs: 1, onCheckpoint: (c) => void (resume = c) });
  });
  const { y, ...conditions } = data;

  it.each<readonly [string, Partial<TrainOptions>, object, string]>([
    ['seed', { seed: 5 }, data, 'the seed that the run was started with, 4, got 5'],
    ['batch size', { batch: 6 }, data, 'the batch size that the run was started with, 12, got 6'],
    [
      'learning rate',
      { learningRate: 0.1 },
      data,
      'the learning rate that the run was started with, a schedule, got 0.1',
    ],
    ['averaging', { averaging: 0.9 }, data, 'the averaging that the run was started with, none, got 0.9'],
    ['objective', { objective: iwae(2) }, data, 'the objective that the run was started with, elbo, got iwae'],
    ['schedule', { learningRate: cosine({ from: 0.03 }) }, data, 'the schedules that the run was started with'],
    [
      "objective's schedule",
      { objective: elbo({ beta: linear({ to: 1, epochs: 3 }) }) },
      data,
      'the schedules that the run was started with',
    ],
    ['optimiser', { optimiser: adam({ beta2: 0.99 }) }, data, "the optimiser's numbers that the run was started with"],
    ['data', {}, { ...conditions, y: y.map((row) => row.map((v) => v / 2)) }, 'the data that the run was started with'],
  ])('is refused: another %s', async (_, options, given, sentence) => {
    await expect(train(model, given as typeof data, { ...OPTIONS, ...options, resume })).rejects.toThrow(sentence);
  });

  it('says that weights will not be the same to the bit: another objective of the same name, another engine', async () => {
    const notices: string[] = [];
    const onNotice = (notice: string) => void notices.push(notice);
    const objective = elbo({ beta: linear({ to: 1, epochs: 2 }), freeBits: 0.1 });
    await train(model, data, { ...OPTIONS, objective, resume, epochs: 1, onNotice });
    expect(notices.at(-1)).toMatch(
      /^resume: the run continues with another objective, .* not be identical to the bit; /,
    );
    const other = { ...(await usualEngine()), name: 'another' };
    await train(model, data, { ...OPTIONS, engine: other, resume, epochs: 1, onNotice });
    expect(notices.at(-1)).toMatch(
      /^resume: the run continues with another \S+ instead of \S+ \d.*: its weights will not be/,
    );
  });

  it('is refused: another model', async () => {
    const other = { ...model, networks: { ...model.networks, decoder: cvaeOf(5).networks.decoder } };
    await expect(train(other, data, { ...OPTIONS, resume })).rejects.toThrow('the model that the run was started with');
  });
});

const cvaeOf = (units: number) =>
  cvae({
    condition: { kind },
    target: bernoulli(16),
    latent: 2,
    recognition: ({ y, kind: k }) => concat(y, k).pipe(gaussian(2)),
    decoder: ({ z, kind: k }) => concat(z, k).pipe(dense(units), relu, dense(16)),
  });

it('says of other files that they are no checkpoints', () => {
  expect(() => decodeCheckpoint(new Uint8Array(4), 'run/a.safetensors')).toThrow('run/a.safetensors: expected');
});
