import type { Weight, Weights } from '../weights/weights.ts';

/** Which steps a moving average takes in, and what it becomes there. Steps are counted from 1. */
export interface Averaging {
  /** How many steps there are from `step` to the next one that is taken in: 1 where that is the next. */
  until(step: number): number;
  /** The average after `step`, of which `weights` are the weights; the same as before at steps that are not taken in. */
  after(step: number, average: Weights | undefined, weights: () => Promise<Weights>): Promise<Weights | undefined>;
}

/** At most so many steps go by untaken, and at most this share of what the average remembers. */
const MOST = 50;
const SHARE = 1 / 20;

/**
 * An exponential moving average of the weights over steps, θ̄ ← d·θ̄ + (1 − d)·θ (Polyak and Juditsky 1992), which remembers the
 * last 1/(1 − d) steps. It looks at every so many of them only, with d to that power: reading weights costs time, and they
 * hardly move between. Until there are enough it is the plain mean, so that the first weights do not linger in it.
 */
export const averagingOf = (decay: number): Averaging => {
  const every = Math.max(1, Math.min(MOST, Math.floor(SHARE / (1 - decay))));
  return {
    until: (step) => every - (step % every),
    after: async (step, average, weights) =>
      step % every === 0 ? mixed(average, await weights(), Math.max(1 - decay ** every, every / step)) : average,
  };
};

/** (1 − share)·before + share·now, element by element; `now` where there was nothing before. */
const mixed = (before: Weights | undefined, now: Weights, share: number): Weights =>
  new Map([...now].map(([name, weight]) => [name, mix(before?.get(name), weight, share)]));

const mix = (before: Weight | undefined, { shape, data }: Weight, share: number): Weight => {
  const mean = Float32Array.from(before?.data ?? data);
  // Written so that what does not change stays as it is, to the bit.
  if (before)
    for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] ?? 0) + share * ((data[i] ?? 0) - (mean[i] ?? 0));
  return { shape, data: mean };
};
