import { describe, expect, it } from 'vitest';
import { bernoulli, categorical, cvae, concat, dense, gaussian } from 'cvae-compile';
import { cosine, cyclical, elbo, linear, stepwise, train, warmUp, type Schedule } from 'cvae-compile/train';
import { at } from '../../src/train/schedule.ts';

/** A schedule's values at the first step of each epoch, of 10 steps. */
const starts = (schedule: Schedule, epochs: number): number[] =>
  Array.from({ length: epochs }, (_, epoch) => Number(schedule(at(epoch * 10 + 1, 10, epochs)).toFixed(6)));

describe('schedules', () => {
  it('rise in a line, then stay', () => {
    expect(starts(linear({ to: 1, epochs: 4 }), 6)).toEqual([0, 0.25, 0.5, 0.75, 1, 1]);
    expect(starts(linear({ from: 2, to: 1, epochs: 2 }), 4)).toEqual([2, 1.5, 1, 1]);
  });

  it('rise in cycles', () => {
    expect(starts(cyclical({ cycles: 2 }), 8)).toEqual([0, 0.5, 1, 1, 0, 0.5, 1, 1]);
    expect(starts(cyclical({ cycles: 2, to: 4, ramp: 1 }), 8)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  it('fall in steps, and along a cosine', () => {
    expect(starts(stepwise({ from: 1, factor: 0.5, every: 2 }), 6)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
    expect(starts(cosine({ from: 1 }), 4)).toEqual([1, 0.853553, 0.5, 0.146447]);
    expect(cosine({ from: 1, to: 0.1 })(at(400, 100, 4))).toBeCloseTo(0.1, 4);
  });

  it('warm another one up, from its first step on', () => {
    const warm = warmUp(1, 2);
    expect(warm(at(1, 10, 5))).toBeCloseTo(0.2, 10);
    expect(warm(at(10, 10, 5))).toBeCloseTo(2, 10);
    expect(warm(at(30, 10, 5))).toBe(2);
    expect(warmUp(1, cosine({ from: 2 }))(at(21, 10, 4))).toBeCloseTo(1, 10);
  });

  it.each([
    () => linear({ to: 1, epochs: 0 }),
    () => cyclical({ cycles: NaN }),
    () => stepwise({ from: 1, factor: -1, every: 1 }),
    () => cosine({ from: Infinity }),
    () => warmUp(0, 1),
  ])('refuse what means nothing: %s', (make) => {
    expect(make).toThrow(/expected a positive number/);
  });
});

describe('schedules in training', () => {
  const model = cvae({
    condition: { kind: categorical(2) },
    target: bernoulli(4),
    latent: 1,
    recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(1)),
    decoder: ({ z, kind }) => concat(z, kind).pipe(dense(4)),
  });
  const data = { kind: [0, 1, 0, 1, 0, 1, 0, 1], y: Array.from({ length: 8 }, (_, i) => [i % 2, 1, 0, 1]) };
  const options = { epochs: 3, batch: 4, validation: 0.25, seed: 3 };
  const values = async (more: object) => {
    const { weights } = await train(model, data, { ...options, ...more });
    return [...weights].map(([name, { data: own }]) => [name, [...own]]);
  };

  it('set the learning rate of each step: a constant one is the number', async () => {
    expect(await values({ learningRate: () => 0.01 })).toEqual(await values({ learningRate: 0.01 }));
    expect(await values({ learningRate: cosine({ from: 0.01 }) })).not.toEqual(await values({ learningRate: 0.01 }));
  });

  it('set beta at each step: beta that is always 0.5 is 0.5', async () => {
    expect(await values({ objective: elbo({ beta: () => 0.5 }) })).toEqual(
      await values({ objective: elbo({ beta: 0.5 }) }),
    );
    expect(await values({ objective: elbo({ beta: linear({ to: 1, epochs: 2 }) }) })).not.toEqual(
      await values({ objective: elbo() }),
    );
  });
});
