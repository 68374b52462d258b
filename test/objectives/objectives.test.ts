import { describe, expect, it } from 'vitest';
import {
  add,
  batchMean,
  bernoulli,
  categorical,
  concat,
  conv2d,
  cvae,
  dense,
  gaussian,
  gaussianNoise,
  image,
  kl,
  klPerDimension,
  maxPool2d,
  mmd,
  multiScale,
  noise,
  omission,
  predictor,
  relu,
  reparameterise,
  tanh,
  type Tensor,
} from 'cvae-compile';
import {
  elbo,
  gsnn,
  hybrid,
  infoVae,
  iwae,
  likelihood,
  linear,
  objective,
  train,
  withNoise,
  type Objective,
} from 'cvae-compile/train';
import { bodyOf } from '../../src/dsl/network.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import { lower } from '../../src/compiler/lower.ts';
import { coins, feedsOf, graphOf, numbers, valuesOf } from './support.ts';

const COUNT = 4;

/** An objective's numbers, in float64, of the same model, data and noise for all. */
const measure = (o: Objective, model: Parameters<typeof graphOf>[1] = coins, seed = 1) => {
  const graph = graphOf(o, model);
  return valuesOf(graph, feedsOf(graph, COUNT, seed));
};

describe('infoVae', () => {
  it('weighs the KL by 1 − α and the discrepancy by α + λ − 1', () => {
    const {
      loss = NaN,
      reconstruction = NaN,
      kl: divergence = NaN,
      mmd = NaN,
    } = measure(infoVae({ alpha: 0.25, lambda: 3 }));
    expect(mmd).toBeGreaterThan(0.01);
    expect(loss).toBeCloseTo(reconstruction + 0.75 * divergence + 2.25 * mmd, 6);
    expect(divergence).toBeCloseTo(measure(elbo())['kl'] ?? NaN, 10);
  });

  it('has a discrepancy of 0 if both batches have the same rows, in any order', () => {
    const a = [1, 2, -1, 0.5, 3, 3];
    expect(discrepancy(a, a)).toBeCloseTo(0, 10);
    expect(discrepancy(a, [3, 3, 1, 2, -1, 0.5])).toBeCloseTo(0, 10);
    // By hand: rows 0 and 2 apart, of length 1, distance 4, widths 2·[0.1, …, 10].
    const widths = [0.2, 0.4, 1, 2, 4, 10, 20];
    const k = widths.reduce((sum, c) => sum + c / (c + 4), 0);
    expect(discrepancy([0], [2], 1)).toBeCloseTo(2 * widths.length - 2 * k, 6);
  });
});

/** The discrepancy of two batches of vectors, in float64. */
const discrepancy = (a: readonly number[], b: readonly number[], length = 2): number => {
  const body = bodyOf('objective', { a: [length], b: [length] }, ({ a, b }) =>
    // Vectors of this length, as declared.
    mmd(a as Tensor<[number]>, b as Tensor<[number]>),
  );
  const values = (list: readonly number[]) => ({
    dtype: 'float64' as const,
    shape: [list.length / length, length],
    data: Float64Array.from(list),
  });
  return valuesOf(resolve(body, { mode: 'train' }), { a: values(a), b: values(b) })['output'] ?? NaN;
};

describe('elbo', () => {
  it('is reconstruction + KL, and weighs the KL by beta', () => {
    const { loss = NaN, reconstruction = NaN, kl: divergence = NaN } = measure(elbo());
    expect(divergence).toBeGreaterThan(0.1);
    expect(loss).toBeCloseTo(reconstruction + divergence, 10);
    expect(measure(elbo({ beta: 3 }))['loss']).toBeCloseTo(reconstruction + 3 * divergence, 6);
    expect(measure(elbo({ beta: 0 }))['loss']).toBeCloseTo(reconstruction, 10);
  });

  it('takes a scheduled beta as a scalar input', () => {
    const graph = graphOf(elbo({ beta: linear({ to: 1, epochs: 5 }) }), coins);
    expect(graph.inputs.find(({ name }) => name === 'beta')).toMatchObject({ role: 'scalar', lead: 0, shape: [] });
    const beta = { dtype: 'float64' as const, shape: [], data: Float64Array.of(0.25) };
    const {
      loss = NaN,
      reconstruction = NaN,
      kl: divergence = NaN,
    } = valuesOf(graph, {
      ...feedsOf(graph, COUNT),
      beta,
    });
    expect(loss).toBeCloseTo(reconstruction + 0.25 * divergence, 10);
  });

  it('charges max(λ, KLⱼ) for each dimension, or max(λ, KL) in total', () => {
    const graph = graphOf(elbo(), coins);
    const feeds = feedsOf(graph, COUNT);
    const { reconstruction = NaN, kl: total = NaN } = valuesOf(graph, feeds);
    const free = (freeBits: number | { total: number }) => measure(elbo({ freeBits }))['loss'] ?? NaN;
    // Far above each: every dimension costs λ. Below each: nothing changes.
    expect(free(50)).toBeCloseTo(reconstruction + 2 * 50, 8);
    expect(free(1e-6)).toBeCloseTo(reconstruction + total, 8);
    expect(free({ total: 50 })).toBeCloseTo(reconstruction + 50, 8);
    expect(free({ total: total / 2 })).toBeCloseTo(reconstruction + total, 6);
    // In between: only what lies below is raised.
    const q = objective('dimensions', ({ recognition, prior, x, y }) => {
      const p = recognition(x, y);
      if (!p) throw new Error('no recognition');
      const each = batchMean(klPerDimension(p, prior(x)));
      return { loss: batchMean(kl(p, prior(x))), each: each as never };
    });
    const perDimension = evaluate(lower(graphOf(q, coins), 'inputs'), feedsOf(graphOf(q, coins), COUNT))['each'];
    const [a = NaN, b = NaN] = Array.from(perDimension?.data ?? [], Number);
    const between = (a + b) / 2;
    expect(free(between)).toBeCloseTo(reconstruction + Math.max(a, between) + Math.max(b, between), 6);
  });

  it('validates without free bits', () => {
    const o = elbo({ freeBits: 50 });
    const graph = resolve(o.body(coins, true), { mode: 'infer' });
    expect(valuesOf(graph, feedsOf(graph, COUNT))['loss']).toBeCloseTo(measure(elbo())['loss'] ?? NaN, 10);
  });

  it('means over its samples: L samples are the mean of L single ones', () => {
    const graph = graphOf(elbo({ samples: 3 }), coins);
    const feeds = feedsOf(graph, COUNT);
    const single = graphOf(elbo(), coins);
    const all = Array.from(feeds['noise']?.data ?? [], Number);
    const one = [0, 1, 2].map((s) => {
      // Row n·3 + s of the noise is sample s of example n.
      const rows = Array.from({ length: COUNT }, (_, n) => all.slice((n * 3 + s) * 2, (n * 3 + s) * 2 + 2)).flat();
      const own = { dtype: 'float64' as const, shape: [COUNT, 2], data: Float64Array.from(rows) };
      return valuesOf(single, { ...feeds, noise: own })['reconstruction'] ?? NaN;
    });
    expect(valuesOf(graph, feeds)['reconstruction']).toBeCloseTo(one.reduce((s, v) => s + v, 0) / 3, 8);
  });

  it.each([{ beta: -1 }, { beta: NaN }, { freeBits: -1 }, { freeBits: { total: Infinity } }, { samples: 0 }])(
    'refuses %j',
    (options) => {
      expect(() => elbo(options)).toThrow(/^elbo(: samples)?: expected/);
    },
  );
});

describe('gsnn and hybrid', () => {
  it('draws z from the prior, and has no KL', () => {
    const names = graphOf(gsnn(), coins).params.map(({ name }) => name);
    expect(names.some((name) => name.startsWith('recognition/'))).toBe(false);
    expect(names.some((name) => name.startsWith('prior/'))).toBe(true);
    expect(measure(gsnn())).not.toHaveProperty('kl');
  });

  it('is the ELBO at 1, the GSNN at 0, and between them a mixture', () => {
    expect(measure(hybrid(1))).toEqual(measure(elbo()));
    expect(measure(hybrid(0))).toEqual(measure(gsnn()));
    const mixed = measure(hybrid(0.3));
    const bound = measure(elbo())['loss'] ?? NaN;
    expect(mixed['loss']).toBeCloseTo(0.3 * bound + 0.7 * (mixed['forward'] ?? NaN), 6);
  });

  it('needs no recognition network, which the others do', async () => {
    const { recognition: _, ...networks } = coins.networks;
    const half = { ...coins, networks };
    expect(measure(gsnn(), half)['loss']).toBeCloseTo(measure(gsnn())['loss'] ?? NaN, 10);
    for (const o of [elbo(), hybrid(0.5), iwae(3)])
      expect(() => o.body(half)).toThrow(
        `${o.name}: expected a model with a recognition network, got one without; add recognition to it, or train with gsnn()`,
      );
    const data = { kind: [0, 1, 2, 0], y: Array.from({ length: 4 }, () => [0, 1, 0, 1, 0, 1]) };
    const { validation } = await train(half, data, { objective: gsnn(), epochs: 1, validation: 0.5 });
    expect(validation?.kl).toBe(0);
  });

  it.each([-0.1, 1.1, NaN])('refuses an alpha of %f', (alpha) => {
    expect(() => hybrid(alpha)).toThrow('hybrid: expected an alpha from 0 to 1');
  });
});

describe('iwae', () => {
  it('is, with one sample, the ELBO whose KL is sampled', () => {
    // The mean over many draws of both: their difference is the sampled KL's error.
    const draws = Array.from({ length: 200 }, (_, seed) => {
      const [a, b] = [graphOf(elbo(), coins), graphOf(iwae(1), coins)];
      const feeds = { ...feedsOf(a, COUNT), noise: feedsOf(a, COUNT, seed + 1)['noise'] as never };
      return [valuesOf(a, feeds)['loss'] ?? NaN, valuesOf(b, feeds)['loss'] ?? NaN] as const;
    });
    const mean = (of: (draw: readonly [number, number]) => number) =>
      draws.reduce((sum, draw) => sum + of(draw), 0) / draws.length;
    const difference = mean(([a, b]) => b - a);
    const error = Math.sqrt(mean(([a, b]) => (b - a - difference) ** 2) / draws.length);
    expect(error).toBeLessThan(0.1);
    expect(Math.abs(difference)).toBeLessThan(4 * error);
  });

  it('is −log of the mean weight, by hand', () => {
    const graph = graphOf(iwae(3), numbers);
    const feeds = feedsOf(graph, 1);
    const single = graphOf(iwae(1), numbers);
    const all = Array.from(feeds['noise']?.data ?? [], Number);
    const weights = [0, 1, 2].map((s) => {
      const own = { dtype: 'float64' as const, shape: [1, 2], data: Float64Array.from(all.slice(2 * s, 2 * s + 2)) };
      return Math.exp(-(valuesOf(single, { ...feeds, noise: own })['loss'] ?? NaN));
    });
    const mean = weights.reduce((sum, w) => sum + w, 0) / 3;
    expect(valuesOf(graph, feeds)['loss']).toBeCloseTo(-Math.log(mean), 6);
  });

  it.each([0, 1.5])('refuses %f samples', (k) => {
    expect(() => iwae(k)).toThrow('iwae: expected a positive whole number');
  });
});

describe('a user’s own objective', () => {
  it('is a few lines of layers', () => {
    const model = cvae({
      condition: { kind: categorical(3) },
      target: bernoulli(6),
      latent: 2,
      recognition: ({ y, kind }) => concat(y, kind).pipe(dense(5), tanh, gaussian(2)),
      decoder: ({ z, kind }) => concat(z, kind).pipe(dense(5), tanh, dense(6)),
    });
    const mine = objective('mine', ({ recognition, decoder, nll, x, y }) => {
      const q = recognition(x, y);
      if (!q) throw new Error('no recognition network');
      const z = reparameterise(q, noise('noise', 'normal', y, q.mean.shape));
      return { loss: add(batchMean(nll(decoder(x, z), y)), batchMean(kl(q))) };
    });
    expect(measure(mine, model)['loss']).toBeCloseTo(measure(elbo(), model)['loss'] ?? NaN, 10);
  });
});

describe('losses at other scales', () => {
  const target = multiScale(categorical(3, { at: [8, 8] }), { half: 2, quarter: 4 });
  const model = predictor({
    condition: { x: image(8, 8, 1) },
    target,
    network: ({ x }) => {
      const half = x.pipe(conv2d(4, { stride: 2 }), relu);
      return { logits: x.pipe(conv2d(3)), half: half.pipe(conv2d(3)), quarter: half.pipe(maxPool2d(), conv2d(3)) };
    },
  });

  it('are added while training, with targets max-pooled and shared, and not while validating', () => {
    const graph = graphOf(likelihood(), model);
    const feeds = feedsOf(graph, 1);
    // Classes: the left half of each 2 × 2 block is class 0, the right half class 1.
    const y = Float64Array.from({ length: 8 * 8 * 3 }, (_, i) => Number(Math.floor(i / 3) % 2 === i % 3));
    const given: typeof feeds = { ...feeds, y: { dtype: 'float64' as const, shape: [1, 8, 8, 3], data: y } };
    const { loss = NaN, reconstruction = NaN, auxiliary = NaN } = valuesOf(graph, given);
    expect(loss).toBeCloseTo(reconstruction + auxiliary, 8);
    // By hand: logits of the smaller scales, whose pixels are half of class 0 and half of class 1.
    const outputs = resolve(model.networks.network, { mode: 'infer' });
    const networkGiven = Object.fromEntries(
      [...outputs.inputs, ...outputs.params].map(({ name }) => [name, given[name] as never]),
    );
    const heads = evaluate(lower(outputs, 'inputs'), networkGiven);
    let expected = 0;
    for (const name of ['half', 'quarter']) {
      const logits = Array.from(heads[name]?.data ?? [], Number);
      for (let i = 0; i < logits.length; i += 3) {
        const [a = 0, b = 0, c = 0] = logits.slice(i, i + 3);
        expected += Math.log(Math.exp(a) + Math.exp(b) + Math.exp(c)) - (a + b) / 2;
      }
    }
    expect(auxiliary).toBeCloseTo(expected, 6);
    const validating = resolve(likelihood().body(model, true), { mode: 'infer' });
    // Without the smaller scales' heads.
    const taken = new Set([...validating.inputs, ...validating.params].map(({ name }) => name));
    const own = Object.fromEntries(Object.entries(given).filter(([name]) => taken.has(name)));
    expect(valuesOf(validating, own)['loss']).toBeCloseTo(reconstruction, 8);
  });

  it('refuses targets that are no images, and names that are taken', () => {
    expect(() => multiScale(bernoulli(4), { half: 2 })).toThrow('multiScale: expected a bernoulli image or classes');
    expect(() => multiScale(bernoulli(4, 4, 1), { logits: 2 })).toThrow('expected names other than logits');
    expect(() => multiScale(bernoulli(4, 4, 1, { mask: true }), { half: 2 })).toThrow('a target without a mask');
  });
});

describe('noise while training', () => {
  const model = predictor({
    condition: { x: image(10, 10, 1) },
    target: bernoulli(10, 10, 1),
    network: ({ x }) => x,
  });
  /** What networks see of two white images. */
  const seen = (mode: 'train' | 'infer', noises: Readonly<Record<string, readonly number[]>>): number[] => {
    // The loss is a scalar in its type only: any tensor can be looked at.
    const shown = objective('shown', ({ x }) => ({ loss: x['x'] as never }));
    const graph = resolve(withNoise(shown, { x: omission(0.4) }).body(model), { mode });
    const tensor = (shape: number[], data: Float64Array) => ({ dtype: 'float64' as const, shape, data });
    const feeds: Record<string, ReturnType<typeof tensor>> = {
      x: tensor([2, 10, 10, 1], new Float64Array(200).fill(1)),
      y: tensor([2, 10, 10, 1], new Float64Array(200)),
      ...Object.fromEntries(
        Object.entries(noises).map(([name, data]) => [
          name,
          tensor(name.endsWith('side') ? [] : [2, 2], Float64Array.from(data)),
        ]),
      ),
    };
    return Array.from(evaluate(lower(graph, 'inputs'), feeds)['loss']?.data ?? [], Number);
  };

  it('omits a square of the side drawn for the batch, at a place of each image', () => {
    const side = { 'omission_1/side': [0.74] }; // ⌊4 · 0.74 + ½⌋ = 3
    const place = { 'omission_1/place': [0, 0, 0.999, 0.5] }; // of 8: (0, 0) and (7, 4)
    const values = seen('train', { ...side, ...place });
    const zeros = values.flatMap((v, i) => (v === 0 ? [i] : []));
    const square = (from: number, row: number, column: number) =>
      [0, 1, 2].flatMap((r) => [0, 1, 2].map((c) => from + (row + r) * 10 + column + c));
    expect(zeros).toEqual([...square(0, 0, 0), ...square(100, 7, 4)]);
  });

  it('leaves images alone in use, where there is no noise input', () => {
    expect(seen('infer', {}).every((v) => v === 1)).toBe(true);
    const graph = resolve(withNoise(likelihood(), { x: gaussianNoise(1) }).body(model), { mode: 'infer' });
    expect(graph.inputs.map(({ role }) => role)).not.toContain('noise');
  });

  it('disturbs a condition once, so that all networks see the same', () => {
    const noises = (o: Objective) =>
      graphOf(o, numbers)
        .inputs.filter(({ role }) => role === 'noise')
        .map(({ name }) => name);
    expect(noises(withNoise(elbo(), { x: gaussianNoise(0.5) })).toSorted()).toEqual(['gaussianNoise_1/noise', 'noise']);
  });

  it('refuses names of conditions that there are not', () => {
    expect(() => withNoise(likelihood(), { y: gaussianNoise(1) }).body(model)).toThrow(
      'withNoise: expected names of conditions (x), got y; correct it or leave it out',
    );
    expect(() => omission(1.5)).toThrow('omission: expected a share above 0 and up to 1');
    expect(() => gaussianNoise(0)).toThrow('gaussianNoise: expected a positive sigma');
  });
});

describe('what has no effect', () => {
  const data = {
    kind: [0, 1],
    y: [
      [0, 0, 0, 0, 0, 0],
      [1, 1, 1, 1, 1, 1],
    ],
  };

  it.each([
    [() => hybrid(0, { beta: 2 }), 'hybrid: expected options that have an effect, got beta with an alpha of 0'],
    [() => hybrid(0, { freeBits: 1 }), 'got freeBits with an alpha of 0'],
    [() => elbo({ beta: 0, freeBits: 1 }), 'elbo: expected options that have an effect, got freeBits with a beta of 0'],
    [() => multiScale(bernoulli(4, 4, 1), {}), 'multiScale: expected smaller scales, got none'],
  ])('is refused: %s', (write, sentence) => {
    expect(write).toThrow(sentence);
  });

  it.each([{ patience: 2 }, { validateBy: elbo() }, { validateEvery: 3 }])(
    'is refused where nothing validates: %j',
    async (options) => {
      const [option] = Object.keys(options);
      await expect(train(coins, data, { ...options, validation: 0 })).rejects.toThrow(
        `train: expected examples that validate, got ${option} and none`,
      );
    },
  );

  it.each([
    [{ joint: true }, 'got joint for a model without a baseline'],
    [{ baselineEpochs: 2 }, 'got baselineEpochs for a model without a baseline'],
  ])('is refused: %j', async (options, sentence) => {
    await expect(train(coins, data, options)).rejects.toThrow(sentence);
  });

  it('refuses a likelihood for a model with a latent, and a bound for one without', () => {
    expect(() => likelihood().body(coins)).toThrow('likelihood: expected a predictor, got a model with a latent');
    const plain = predictor({
      condition: { kind: categorical(3) },
      target: bernoulli(6),
      network: ({ kind }) => kind.pipe(dense(6)),
    });
    for (const o of [elbo(), gsnn(), iwae(2), hybrid(0.5)])
      expect(() => o.body(plain)).toThrow('expected a model with a latent, got a predictor');
  });
});
