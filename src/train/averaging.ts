import type { Weight, Weights } from '../weights/weights.ts';

/** Which steps a moving average includes, and its value after them. Steps are counted from 1. */
export interface Averaging {
  /** Returns the number of steps from `step` to the next one that is included: 1 if that is the next. */
  until(step: number): number;
  /** Returns the average after `step`, given the weights after it; unchanged at steps that are not included. */
  after(step: number, average: Weights | undefined, weights: () => Promise<Weights>): Promise<Weights | undefined>;
}

/** The interval between included steps is at most this many steps, and at most this share of the steps that the average spans. */
const MOST = 50;
const SHARE = 1 / 20;

/**
 * Returns an exponential moving average of the weights over steps, θ̄ ← d·θ̄ + (1 − d)·θ (Polyak and Juditsky 1992), which spans
 * the last 1/(1 − d) steps. It samples the weights only every few steps, with d raised to that power: reading weights costs time,
 * and they hardly move in between. Until it has enough samples it is the plain mean, so that the initial weights do not linger in
 * it.
 */
export const averagingOf = (decay: number): Averaging => {
  const every = Math.max(1, Math.min(MOST, Math.floor(SHARE / (1 - decay))));
  return {
    until: (step) => every - (step % every),
    after: async (step, average, weights) =>
      step % every === 0 ? mixed(average, await weights(), Math.max(1 - decay ** every, every / step)) : average,
  };
};

/** Returns (1 − share)·before + share·now, element by element; `now` if there was nothing before. */
const mixed = (before: Weights | undefined, now: Weights, share: number): Weights =>
  new Map([...now].map(([name, weight]) => [name, mix(before?.get(name), weight, share)]));

const mix = (before: Weight | undefined, { shape, data }: Weight, share: number): Weight => {
  const mean = Float32Array.from(before?.data ?? data);
  // Written so that a value that does not change stays the same, to the bit.
  if (before)
    for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] ?? 0) + share * ((data[i] ?? 0) - (mean[i] ?? 0));
  return { shape, data: mean };
};
