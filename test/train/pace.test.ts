import { beforeAll, describe, expect, it } from 'vitest';
import { categorical, concat, cvae, dense, gaussian, network, normal, relu } from 'cvae-compile';
import { cosine, train, type Checkpoint, type Epoch, type FoundRate, type Training } from 'cvae-compile/train';
import { normals, stream } from '../../src/random.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/run/checkpoint.ts';
import { endingOf, onwards } from '../../src/run/ending.ts';
import { engineOf } from '../../src/train/engines.ts';
import { plateauOf } from '../../src/train/plateau.ts';
import { chosen, IS_LONG } from '../support/chosen.ts';

const of = (...losses: readonly number[]): readonly Epoch[] =>
  losses.map((loss, i) => ({ phase: 'model', epoch: i + 1, train: { loss }, validation: { loss }, seconds: 0 }));

it('says why training ended at a plateau', () => {
  const ended = (losses: readonly number[], kept: number) =>
    endingOf({ by: 'plateau', kept, epochs: losses.length }, of(...losses), 'nats');
  expect(ended([9, 8, 7, 7.5, 7.6], 3)).toBe('kept epoch 3 (validation 7.00 nats); no better for 2 epochs');
  expect(ended([9, 8, 7, 7.5], 3)).toBe('kept epoch 3 (validation 7.00 nats); no better in the epoch after it');
  // The last epochs were kept, and gained next to nothing.
  expect(ended([9, 8, 7, 7.2, 6.9999, 7.1], 5)).toBe(
    'kept epoch 5 (validation 7.00 nats); no better by more than 0.01 % for 3 epochs',
  );
});

describe('the position of a plateau', () => {
  it('begins at the last loss that is better by an amount that matters', () => {
    expect(plateauOf(of(9, 8, 7, 7.0001, 6.9999), 30)).toEqual({ gained: 3, falls: 0 });
    expect(plateauOf(of(-9, -10, -10.5), 30)).toEqual({ gained: 3, falls: 0 });
  });

  it('lowers the rate after each quarter of the wait, anew after each gain', () => {
    const falls = (...losses: readonly number[]) => plateauOf(of(...losses), 8).falls;
    expect([falls(9, 8, 8), falls(9, 8, 8, 8), falls(9, 8, 8, 8, 8, 8)]).toEqual([0, 1, 2]);
    expect(falls(9, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8)).toBe(3);
    expect(falls(9, 8, 8, 8, 7, 7, 7)).toBe(2);
  });

  it('lowers it at once when the loss jumps, which noise on the first epochs is not', () => {
    expect(plateauOf(of(9, 7, 8.5), 30).falls).toBe(1);
    expect(plateauOf(of(9, 8.99, 9.01), 30).falls).toBe(0);
  });

  it('does not wait while the objective changes', () => {
    expect(plateauOf(of(9, 8, 8, 8, 8, 8), 6, 6)).toEqual({ gained: 5, falls: 0 });
  });
});

const COUNT = 240;
const noise = normals(stream(3, 'rows'), COUNT, 2);
const kind = Array.from({ length: COUNT }, (_, i) => i % 3);
const data = { kind, y: kind.map((k, i) => [k + 0.3 * (noise[2 * i] ?? 0), 5 * k - (noise[2 * i + 1] ?? 0)]) };
const model = cvae({
  condition: { kind: categorical(3) },
  target: normal(2, { sigma: 'learned' }),
  latent: 1,
  recognition: ({ y, kind: k }) => concat(y, k).pipe(dense(8), relu, gaussian(1)),
  decoder: ({ z, kind: k }) => concat(z, k).pipe(dense(8), relu, gaussian(2)),
});
const bits = ({ weights }: Training) =>
  [...weights].map(([name, w]) => [name, Buffer.from(w.data.buffer).toString('hex')]);
const timeless = (epochs: readonly Epoch[]) => epochs.map((epoch) => ({ ...epoch, seconds: 0 }));

describe('training without a number of epochs', () => {
  const options = { batch: 24, seed: 2, patience: 9, onNotice: () => undefined };
  let engine: Awaited<ReturnType<typeof engineOf>>;
  let whole: Training;
  const found: FoundRate[] = [];
  const checkpoints: Checkpoint[] = [];
  const copied = (checkpoint: Checkpoint): Checkpoint => decodeCheckpoint(encodeCheckpoint(checkpoint), 'here');
  beforeAll(async () => {
    engine = await engineOf('onnx');
    whole = await train(model, data, {
      ...options,
      engine,
      checkpointEvery: { steps: 40 },
      onRate: (rate) => found.push(rate),
      onCheckpoint: (checkpoint) => void checkpoints.push(copied(checkpoint)),
    });
  });

  it('ends at a plateau, with the best weights and a rate that was found and has fallen', () => {
    const { ended, epochs, stopped, validation } = whole;
    expect({ stopped, by: ended.by }).toEqual({ stopped: 'early', by: 'plateau' });
    expect(ended.epochs).toBe(epochs.length);
    expect(ended.kept).toBeLessThan(ended.epochs);
    const [{ rate = NaN, trials = [] } = {}] = found;
    expect(found).toHaveLength(1);
    expect(trials.map((trial) => trial.rate)).toContain(rate);
    expect(epochs.at(0)?.rate).toBeLessThanOrEqual(rate);
    expect(epochs.at(-1)?.rate).toBeLessThan(rate / 2);
    const fixed = epochs[9]?.validation?.['loss'] ?? NaN;
    expect(validation?.negativeElbo).toBeLessThan(fixed);
    const line = `${endingOf(ended, epochs, 'nats')}${onwards(ended)}`;
    expect(line).toMatch(
      /^kept epoch \d+ \(validation [\d.]+ nats\); no better (by more than 0\.01 % )?for \d+ epochs; continue with --resume --epochs \d+$/,
    );
  });

  it('resumes from any checkpoint, and stops at the same place with the same bits', async () => {
    const some = checkpoints
      .filter(({ step }, i) => i % Math.ceil(checkpoints.length / 3) === 1 || step > 0)
      .slice(0, 3);
    expect(some.length).toBeGreaterThan(1);
    for (const resume of [...chosen('checkpoints', some, 1), ...(IS_LONG ? checkpoints.slice(-1) : [])]) {
      const again = await train(model, data, { ...options, engine, resume });
      expect(bits(again)).toEqual(bits(whole));
      expect(again.ended).toEqual(whole.ended);
      expect(timeless(again.epochs)).toEqual(timeless(whole.epochs));
    }
  });

  it('continues for as many epochs as are asked for', async () => {
    const resume = checkpoints.at(-1);
    const epochs = whole.epochs.length + 3;
    const { ended } = await train(model, data, { ...options, engine, epochs, ...(resume && { resume }) });
    expect(ended).toMatchObject({ by: 'epochs', epochs });
  });

  it('ends within a budget of steps, in the middle of an epoch, from which it resumes to the bit', async () => {
    let last: Checkpoint | undefined;
    const brief = { ...options, engine, steps: 25 };
    const cut = await train(model, data, { ...brief, onCheckpoint: (checkpoint) => void (last = copied(checkpoint)) });
    expect(cut.ended).toMatchObject({ by: 'steps', epochs: 3 });
    expect(last).toMatchObject({ epoch: 3, step: 7 });
    const again = await train(model, data, { ...brief, ...(last && { resume: last }) });
    expect(bits(again)).toEqual(bits(cut));
    const more = { ...brief, steps: 40 };
    const resumed = await train(model, data, { ...more, ...(last && { resume: last }) });
    expect(bits(resumed)).toEqual(bits(await train(model, data, more)));
  });

  it('ends each phase by itself where a baseline is trained first, and resumes in it', async () => {
    const given = { kind: categorical(3) };
    const baseline = network('baseline', given, (x) => {
      const { mean, logVar } = x.kind.pipe(gaussian(2));
      return { mean, logVar };
    });
    const guided = cvae({
      condition: given,
      target: normal(2, { sigma: 'learned' }),
      latent: 1,
      baseline,
      recognition: ({ y, kind: k }) => concat(y, k).pipe(dense(8), relu, gaussian(1)),
      decoder: ({ z, kind: k }) => concat(z, k).pipe(dense(8), relu, gaussian(2)),
    });
    const taken: Checkpoint[] = [];
    const brief = { ...options, engine, steps: 40, checkpointEvery: { steps: 15 } };
    const all = await train(guided, data, { ...brief, onCheckpoint: (one) => void taken.push(copied(one)) });
    expect(new Set(all.epochs.map(({ phase }) => phase))).toEqual(new Set(['baseline', 'model']));
    const [resume] = taken.filter(({ phase }) => phase === 'baseline');
    if (!resume) throw new Error('no checkpoint of the baseline');
    const again = await train(guided, data, { ...brief, resume });
    expect(bits(again)).toEqual(bits(all));
    expect(timeless(again.epochs)).toEqual(timeless(all.epochs));
  });

  it('ends within a budget of minutes', async () => {
    const { ended, epochs } = await train(model, data, { ...options, engine, patience: 1e6, minutes: 1e-3 });
    expect(ended.by).toBe('minutes');
    expect(epochs.length).toBeGreaterThan(0);
  });

  it('takes the usual rate where trials would take much of the minutes', async () => {
    const rates: FoundRate[] = [];
    // 0.6 ms, of which not one step is left to a trial after it began.
    await train(model, data, { ...options, engine, minutes: 1e-5, onRate: (rate) => rates.push(rate) });
    expect(rates).toEqual([{ phase: 'model', rate: 1e-3, trials: [] }]);
  });

  it('is stopped while it looks for a rate, and looks again when it is resumed', async () => {
    const stop = new AbortController();
    const rates: FoundRate[] = [];
    let last: Checkpoint | undefined;
    const own = { ...options, engine, onRate: (rate: FoundRate) => rates.push(rate) };
    const begun = train(model, data, {
      ...own,
      signal: stop.signal,
      onCheckpoint: (checkpoint) => void (last = copied(checkpoint)),
    });
    stop.abort();
    expect((await begun).ended.by).toBe('signal');
    expect(rates).toEqual([]);
    expect(last).toMatchObject({ epoch: 1, step: 0 });
    const resumed = await train(model, data, { ...own, ...(last && { resume: last }) });
    expect(rates).toEqual(found);
    expect(bits(resumed)).toEqual(bits(whole));
  });

  it('takes a learning rate as it is given', async () => {
    const seen: Epoch[] = [];
    const rates: FoundRate[] = [];
    const given = { ...options, engine, learningRate: 0.01, steps: 60, onRate: (rate: FoundRate) => rates.push(rate) };
    const plain = await train(model, data, { ...given, onEpoch: (epoch) => seen.push(epoch) });
    expect(rates).toEqual([]);
    expect(seen.some(({ rate }) => rate !== undefined)).toBe(false);
    expect(bits(plain)).toEqual(bits(await train(model, data, { ...given, epochs: plain.epochs.length })));
  });

  it('takes 10 epochs where a schedule depends on their number, or nothing validates', async () => {
    const { epochs } = await train(model, data, { ...options, engine, learningRate: cosine({ from: 1e-3 }) });
    expect(epochs).toHaveLength(10);
    const { patience: _, ...without } = options;
    expect((await train(model, data, { ...without, engine, validation: 0 })).epochs).toHaveLength(10);
  });

  it('resumes a run of earlier versions, which had 10 epochs, as it was', async () => {
    const { patience: _, ...old } = { ...options, engine };
    let last: Checkpoint | undefined;
    const begun = { ...old, epochs: 4, onCheckpoint: (checkpoint: Checkpoint) => void (last = copied(checkpoint)) };
    await train(model, data, begun);
    expect(last).not.toHaveProperty('pace');
    const resumed = await train(model, data, { ...old, ...(last && { resume: last }) });
    expect(bits(resumed)).toEqual(bits(await train(model, data, { ...old, epochs: 10 })));
  });
});
