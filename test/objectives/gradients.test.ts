import { describe, expect, it } from 'vitest';
import {
  add,
  bernoulli,
  concat,
  continuous,
  cvae,
  dense,
  distribution,
  flatten,
  gaussian,
  image,
  mul,
  network,
  omission,
  predictor,
  sigmoid,
  softplus,
  sub,
  tanh,
  type Model,
} from 'cvae-compile';
import {
  elbo,
  engineOf,
  gsnn,
  hybrid,
  infoVae,
  iwae,
  likelihood,
  linear,
  monteCarlo,
  withNoise,
  type Objective,
} from 'cvae-compile/train';
import { chosenOfEach } from '../support/chosen.ts';
import { loads, noisy, sketches, tunes, words } from '../steps/models.ts';
import { bare, coins, differencesOf, feedsOf, gradientsOf, graphOf, numbers } from './support.ts';

const COUNT = 3;

const photo = predictor({
  condition: { x: image(5, 4, 1), w: continuous(2) },
  target: bernoulli(2),
  network: ({ x, w }) => concat(x.pipe(flatten), w).pipe(dense(3), tanh, dense(2)),
});

/** A condition so wide that the decoder's first layer is computed in two parts, and a baseline that prior and decoder call. */
const guess = network('guess', { w: continuous(64) }, ({ w }) => w.pipe(dense(3)));
const wide = cvae({
  condition: { w: continuous(64) },
  target: bernoulli(3),
  latent: 2,
  baseline: guess,
  prior: ({ w }) => sigmoid(guess({ w })).pipe(gaussian(2)),
  recognition: ({ y }) => y.pipe(gaussian(2)),
  decoder: ({ w, z }) => add(guess({ w }), concat(w, z).pipe(dense(2), tanh, dense(3))),
});

/** A user's own likelihood: the logistic distribution, −log p(y) = d + 2·softplus(−d) with d = y − mean. */
const logistic = distribution('logistic', [3], {
  parameters: { mean: [3] },
  mean: ({ mean }) => mean,
  nll: ({ mean }, y) => add(sub(y, mean), mul(softplus(sub(mean, y)), 2)),
});
const own = cvae({
  condition: { w: continuous(2) },
  target: logistic,
  latent: 2,
  recognition: ({ y, w }) => concat(y, w).pipe(gaussian(2)),
  decoder: ({ z, w }) => concat(z, w).pipe(dense(3)),
});

const cases: Record<string, readonly [Objective, Model]> = {
  elbo: [elbo(), coins],
  'elbo, 3 samples': [elbo({ samples: 3 }), coins],
  'elbo, a scheduled beta': [elbo({ beta: linear({ to: 1, epochs: 3 }) }), coins],
  'elbo, free bits of each dimension': [elbo({ freeBits: 0.3 }), coins],
  'elbo, free bits in total': [elbo({ freeBits: { total: 0.1 } }), coins],
  'elbo of a normal target': [elbo({ beta: 2 }), numbers],
  gsnn: [gsnn({ samples: 2 }), coins],
  'gsnn of a normal target': [gsnn(), numbers],
  monteCarlo: [monteCarlo(3), coins],
  hybrid: [hybrid(0.3, { samples: 2 }), coins],
  infoVae: [infoVae({ alpha: 0.5, lambda: 3, samples: 2 }), coins],
  'iwae(1)': [iwae(1), coins],
  'iwae(4)': [iwae(4), coins],
  'iwae of a normal target': [iwae(3), numbers],
  'iwae of a wide condition': [iwae(3), wide],
  'hybrid of a wide condition': [hybrid(0.5, { samples: 2 }), wide],
  'elbo of a likelihood of one’s own': [elbo(), own],
  'iwae of a likelihood of one’s own': [iwae(2), own],
  'elbo of steps': [elbo(), words],
  'iwae of steps': [iwae(2), words],
  'elbo of two sequences that end together': [elbo({ samples: 2 }), sketches],
  'elbo of steps with dropout and a mask': [elbo(), noisy],
  'elbo of steps by a recurrent layer': [elbo(), tunes],
  'elbo of steps with series as inputs': [elbo(), loads],
  'iwae of steps with series as inputs': [iwae(2), loads],
  'likelihood, with noise on a condition': [withNoise(likelihood(), { x: omission(0.8) }), photo],
};

/** The objective of a case. */
const kindOf = ([name]: readonly [string, unknown]): string => name.split(/[ ,(]/)[0] ?? '';

describe.each(chosenOfEach('gradients of objectives', Object.entries(cases), kindOf, 1))(
  '%s',
  (_, [objective, model]) => {
    const graph = graphOf(objective, model);
    const feeds = feedsOf(graph, COUNT);
    const gradients = gradientsOf(graph, feeds);

    it('has the gradients that finite differences have, in float64', () => {
      for (const [name, gradient] of Object.entries(gradients)) {
        const differences = differencesOf(graph, feeds, name);
        expect(gradient).toHaveLength(differences.length);
        for (const [i, d] of differences.entries())
          expect(Math.abs((gradient[i] ?? NaN) - d), `${name}[${i}]: ${gradient[i]} and ${d}`).toBeLessThan(
            1e-6 * Math.max(1, Math.abs(d)),
          );
      }
      expect(
        Object.values(gradients)
          .flat()
          .some((g) => Math.abs(g) > 1e-2),
      ).toBe(true);
    });

    it.each(['tfjs', 'onnx'] as const)('has the same ones in the engine %s', async (name) => {
      const engine = await engineOf(name);
      const floats = (names: readonly { readonly name: string }[]) =>
        Object.fromEntries(names.map(({ name }) => [name, Float32Array.from(feeds[name]?.data ?? [], Number)]));
      const weights = new Map(
        graph.params.map(({ name, shape }) => [name, { shape, data: floats([{ name }])[name] ?? new Float32Array() }]),
      );
      const session = await engine.load(graph, bare, weights);
      await session.step([{ values: floats(graph.inputs), count: COUNT, scalars: { one: 1 } }]);
      const after = await session.read();
      session.close();
      for (const [name, gradient] of Object.entries(gradients))
        for (const [i, g] of gradient.entries()) {
          const stepped = (weights.get(name)?.data[i] ?? NaN) - (after.get(name)?.data[i] ?? NaN);
          expect(Math.abs(stepped - g), `${name}[${i}]`).toBeLessThan(2e-5 * Math.max(1, Math.abs(g)));
        }
    });
  },
);
