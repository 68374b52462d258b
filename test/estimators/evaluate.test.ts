import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  gaussian,
  predictor,
  reshape,
  squaredError,
} from 'cvae-compile';
import { evaluate, engineOf, type TrainingEngine, type Estimate, type EvaluateOptions } from 'cvae-compile/train';
import { exact, examplesOf, linearGaussian, weightsOf } from './linear.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

let engine: TrainingEngine;
beforeAll(async () => {
  engine = await engineOf('tfjs');
});

const weights = weightsOf(linearGaussian);
const data = examplesOf(40);
const truth = data.x.map((x, i) => exact(weights, x, data.y[i] ?? []));
const meanOf = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

const measure = async (options: EvaluateOptions) => {
  const each: Estimate[] = [];
  const all = await evaluate(linearGaussian, weights, data, { engine, ...options, onExample: (e) => each.push(e) });
  return { ...all, each };
};

describe.each(chosen('engines that evaluate', ['tfjs', 'onnx'] as const, 1))(
  'a linear-Gaussian CVAE, whose likelihood is known, in the engine %s',
  (name) => {
    beforeAll(async () => {
      engine = await engineOf(name);
    });
    afterAll(async () => {
      engine = await engineOf('tfjs');
    });
    it('is estimated by importance sampling and by Monte Carlo, each closer with more samples', async () => {
      const [few, many] = [await measure({ samples: 10 }), await measure({ samples: 5000 })];
      const off = (run: typeof few, of: 'importanceSampling' | 'monteCarlo') =>
        meanOf(run.each.map((e, i) => Math.abs((e[of] ?? NaN) - (truth[i] ?? NaN))));
      for (const of of ['importanceSampling', 'monteCarlo'] as const) {
        expect(off(many, of), of).toBeLessThan(0.05);
        expect(off(many, of), of).toBeLessThan(off(few, of) / 3);
        expect(many[of]).toBeCloseTo(meanOf(truth), 1);
      }
    });

    it('has a −ELBO above −IS(S), which falls towards the likelihood as S grows', async () => {
      // In expectation: means over many draws, on the same examples.
      const seeds = Array.from({ length: 12 }, (_, i) => i + 1);
      const at = async (samples: number) => {
        const runs = [];
        for (const seed of seeds) runs.push(await measure({ samples, seed }));
        return runs;
      };
      const [one, five, fifty] = [await at(1), await at(5), await at(50)];
      const is = (runs: typeof one) => meanOf(runs.map((r) => r.importanceSampling ?? NaN));
      const bound = meanOf([...one, ...five, ...fifty].map((r) => r.negativeElbo));
      expect(is(one)).toBeGreaterThan(is(five));
      expect(is(five)).toBeGreaterThan(is(fifty));
      expect(is(fifty)).toBeGreaterThan(meanOf(truth) - 0.01);
      expect(bound).toBeGreaterThan(is(five));
      // With one sample it is the bound, with its KL sampled.
      expect(is(one)).toBeCloseTo(bound, 0);
    });

    it.runIf(IS_LONG)('has a closed-form KL that the sampled one agrees with', async () => {
      const { each, kl, klPerDimension } = await measure({ samples: 1, seed: 1 });
      const sampled: number[] = [];
      for (let seed = 1; seed <= 60; seed++) {
        const run = await measure({ samples: 1, seed });
        // One sample: −log w = reconstruction + log q(z) − log p(z).
        sampled.push(...run.each.map((e, i) => (e.importanceSampling ?? 0) - e.reconstruction - (each[i]?.kl ?? 0)));
      }
      const error = Math.sqrt(meanOf(sampled.map((d) => d * d)) / sampled.length);
      expect(Math.abs(meanOf(sampled))).toBeLessThan(4 * error);
      expect(error).toBeLessThan(kl / 10);
      expect((klPerDimension ?? []).reduce((sum, v) => sum + v, 0)).toBeCloseTo(kl, 4);
    });

    it('gives standard errors, and lines that add up to the means', async () => {
      const { each, negativeElbo, importanceSampling, standardErrors, examples } = await measure({ samples: 20 });
      expect(each.map(({ index }) => index)).toEqual(data.x.map((_, i) => i));
      expect(examples).toBe(40);
      expect(meanOf(each.map((e) => e.negativeElbo))).toBeCloseTo(negativeElbo, 6);
      const is = each.map((e) => e.importanceSampling ?? NaN);
      const spread = Math.sqrt(is.reduce((s, v) => s + (v - (importanceSampling ?? 0)) ** 2, 0) / 39);
      expect(standardErrors['importanceSampling']).toBeCloseTo(spread / Math.sqrt(40), 6);
    });

    it('does not depend on what is computed at once', async () => {
      const few = { x: data.x.slice(0, 3), y: data.y.slice(0, 3) };
      const seen: Estimate[] = [];
      await evaluate(linearGaussian, weights, few, { engine, samples: 130, onExample: (e) => seen.push(e) });
      const { each } = await measure({ samples: 130 });
      for (const [i, e] of seen.entries())
        for (const [key, value] of Object.entries(e)) expect(each[i]?.[key as 'kl']).toBeCloseTo(value, 4);
    });

    it('may leave Monte Carlo out: the same otherwise, with half the draws', async () => {
      const drawn: string[][] = [];
      const watched: TrainingEngine = {
        ...engine,
        compute: (graph, given, values, count) => {
          drawn.push(Object.keys(values));
          return engine.compute(graph, given, values, count);
        },
      };
      const whole = await measure({ samples: 20 });
      const { each, monteCarlo, importanceSampling, standardErrors } = await measure({
        samples: 20,
        monteCarlo: false,
        engine: watched,
      });
      expect(monteCarlo).toBeNull();
      expect(standardErrors).not.toHaveProperty('monteCarlo');
      expect(each[0]).not.toHaveProperty('monteCarlo');
      expect(importanceSampling).toBeCloseTo(whole.importanceSampling ?? NaN, 5);
      expect(drawn.flat()).not.toContain('priorNoise');
      expect(drawn.flat()).toContain('noise');
    });

    it('holds a bounded number of rows at once, however many samples and examples there are', async () => {
      const rows: number[] = [];
      const watched: TrainingEngine = {
        ...engine,
        compute: (graph, given, values, count) => {
          // A draw of two dimensions for each row.
          rows.push((values['noise']?.length ?? NaN) / 2);
          return engine.compute(graph, given, values, count);
        },
      };
      const largest = async (samples: number, examples: number) => {
        rows.length = 0;
        const own = examplesOf(examples);
        const { examples: seen } = await evaluate(linearGaussian, weights, own, { engine: watched, samples });
        expect(seen).toBe(examples);
        return Math.max(...rows);
      };
      expect(await largest(1, 4100)).toBeLessThanOrEqual(2000);
      expect(await largest(30, 140)).toBeLessThanOrEqual(2000);
      expect(await largest(1000, 41)).toBeLessThanOrEqual(2000);
    });

    it('refuses what means nothing', async () => {
      await expect(measure({ samples: 0 })).rejects.toThrow('a positive whole number as samples, got 0');
      await expect(measure({ part: 'test' })).rejects.toThrow('data with a test part, got none');
      await expect(evaluate(linearGaussian, new Map(), data, { engine })).rejects.toThrow('is missing');
      const alone = predictor({
        condition: { x: continuous(1) },
        target: bernoulli(1),
        network: ({ x }) => x.pipe(dense(1)),
      });
      await expect(
        evaluate(alone, weightsOf(alone), { x: [[0]], y: [[1]] }, { engine, monteCarlo: false }),
      ).rejects.toThrow('a model with a recognition network for monteCarlo: false, got none');
    });
  },
);

describe('other models', () => {
  const kind = [0, 1, 2, 0, 1, 2];
  const y = kind.map((k) => Array.from({ length: 4 }, (_, j) => (k + j) % 3));

  it('estimates a GSNN without a recognition network: its KL is 0', async () => {
    const { recognition: _, ...networks } = linearGaussian.networks;
    const model = { ...linearGaussian, networks };
    const own = new Map([...weights].filter(([name]) => !name.startsWith('recognition/')));
    const result = await evaluate(model, own, data, { engine, samples: 3000 });
    expect(result).toMatchObject({ kl: 0, importanceSampling: null, activeUnits: null, klPerDimension: null });
    expect(result.monteCarlo).toBeCloseTo(meanOf(truth), 1);
    expect(result.negativeElbo).toBeGreaterThan(result.monteCarlo ?? NaN);
  });

  it('counts active units: dimensions whose posterior mean moves', async () => {
    const model = cvae({
      condition: { x: continuous(1) },
      target: bernoulli(2),
      latent: 3,
      recognition: ({ y, x }) => concat(y, x).pipe(gaussian(3)),
      decoder: ({ z, x }) => concat(z, x).pipe(dense(2)),
    });
    const drawn = weightsOf(model);
    const kernel = drawn.get('recognition/gaussian_1/mean/kernel');
    // The second dimension's column is all but 0: its posterior is the same for all.
    const quiet = kernel?.data.map((v, i) => (i % 3 === 1 ? 1e-3 : v * 10)) ?? new Float32Array();
    const given = new Map([...drawn, ['recognition/gaussian_1/mean/kernel', { shape: [3, 3], data: quiet }]] as const);
    const examples = {
      x: [1, 2, 3, 4],
      y: [
        [0, 1],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    };
    const { activeUnits, klPerDimension } = await evaluate(model, given, examples, { engine, samples: 2 });
    expect(activeUnits).toBe(2);
    expect(klPerDimension).toHaveLength(3);
  });

  it('gives a predictor’s exact likelihood, and measures classes by accuracy and intersection over union', async () => {
    const model = predictor({
      condition: { kind: categorical(3) },
      target: categorical(3, { at: [4] }),
      network: ({ kind: k }) => concat(k, k, k, k).pipe(dense(12), reshape(4, 3)),
    });
    const initial = weightsOf(model);
    // Always class 0: one in three is right.
    const bias = new Float32Array(12).map((_, i) => (i % 3 === 0 ? 5 : 0));
    const zeros = { shape: [12, 12], data: new Float32Array(144) };
    const given = new Map([
      ...initial,
      ['network/dense_1/kernel', zeros],
      ['network/dense_1/bias', { shape: [12], data: bias }],
    ] as const);
    const result = await evaluate(model, given, { kind, y }, { engine });
    const right = y.flat().filter((c) => c === 0).length / 24;
    expect(result.classes?.accuracy).toBeCloseTo(right, 6);
    expect(result.classes?.iouPerClass).toEqual([expect.closeTo(right, 6), 0, 0]);
    expect(result.classes?.iou).toBeCloseTo(right / 3, 6);
    const nll = (c: number) => Math.log(Math.exp(5) + 2) - (c === 0 ? 5 : 0);
    expect(result.monteCarlo).toBeCloseTo(meanOf(y.map((row) => row.reduce((s, c) => s + nll(c), 0))), 4);
    expect(result).toMatchObject({ importanceSampling: null, activeUnits: null, kl: 0 });
  });

  it('estimates no likelihood where the target is no distribution', async () => {
    const model = predictor({
      condition: { kind: categorical(3) },
      target: squaredError(4),
      network: ({ kind: k }) => k.pipe(dense(4)),
    });
    const result = await evaluate(model, weightsOf(model), { kind, y }, { engine: 'onnx' });
    expect(result).toMatchObject({ monteCarlo: null, importanceSampling: null, unit: 'squared error' });
  });
});
