import { describe, expect, test } from 'vitest';
import {
  add,
  batchMean,
  batchNorm,
  concat,
  continuous,
  cvae,
  dense,
  dropout,
  gaussian,
  network,
  noise,
  normal,
  relu,
  type Gaussian,
  type Tensor,
} from 'cvae-compile';
import { elbo, hybrid, objective, withNoise } from 'cvae-compile/train';
import { estimation, evaluation } from '../../src/layers/estimation.ts';
import { inference } from '../../src/layers/inference.ts';
import { graphOf, valuesOf, feedsOf } from '../objectives/support.ts';

const x = continuous(2);

describe('a baseline of standardised numbers', () => {
  const baseline = network('baseline', { x }, ({ x }) => x.pipe(dense(4), batchNorm, relu, dropout(0.5), dense(2)));
  const model = cvae({
    condition: { x },
    target: normal(2),
    latent: 3,
    baseline,
    prior: ({ x }) => concat(x, baseline({ x })).pipe(gaussian(3)),
    recognition: ({ y, x }) => concat(y, x, baseline({ x })).pipe(gaussian(3)),
    decoder: ({ z, x }) => add(baseline({ x }), concat(z, x).pipe(dense(2))),
  });

  test.each([
    ['elbo', graphOf(elbo(), model)],
    ['hybrid', graphOf(hybrid(0.5), model)],
    ['withNoise', graphOf(withNoise(elbo(), { x: dropout(0.1) }), model)],
  ])('is computed once where prior, recognition and decoder call it, with one draw of its noise: %s', (_, graph) => {
    expect(graph.inputs.filter(({ name }) => name.startsWith('baseline')).map(({ name }) => name)).toEqual([
      'baseline/dropout_1/noise',
    ]);
    expect(graph.steps.filter(({ name }) => name.startsWith('baseline') && /dense/.test(name))).toHaveLength(2);
  });

  test('and so are files', () => {
    const { sampler, decoder, prior } = inference(model);
    for (const graph of [sampler, decoder, prior, estimation(model, 1)])
      expect(graph?.steps.filter(({ name }) => /^baseline\/dense_1$/.test(name))).toHaveLength(1);
  });
});

test('a value that is given as two conditions is standardised as each of them is', () => {
  const pair = cvae({
    condition: { x, v: x },
    target: normal(2),
    latent: 1,
    decoder: ({ z, x, v }) => concat(z, x, v).pipe(dense(2)),
  });
  const twice = objective('twice', ({ decoder, nll, x: { x = never() }, y }) => ({
    loss: batchMean(nll(decoder({ x, v: x }, noise('noise', 'normal', y, [1])), y)),
  }));
  const graph = graphOf(twice, pair);
  const divided = graph.steps.filter(({ op }) => op.name === 'div').map(({ inputs }) => inputs[1]);
  const names = graph.params.filter(({ id }) => divided.includes(id)).map(({ name }) => name);
  expect(names.toSorted()).toEqual(['scaling/v/deviation', 'scaling/x/deviation', 'scaling/y/deviation']);
});

const never = (): never => {
  throw new Error('no x');
};

describe('a network that ends in a Gaussian head', () => {
  const model = (prior: (given: { readonly x: Tensor<[2]> }) => Gaussian<3>) =>
    cvae({
      condition: { x },
      target: normal(2),
      latent: 3,
      prior,
      recognition: ({ y, x }) => concat(y, x).pipe(gaussian(3)),
      decoder: ({ z, x }) => concat(z, x).pipe(dense(2)),
    });

  test.each([undefined, 2])('of variance %s is a prior', (variance) => {
    const options = variance === undefined ? {} : { variance };
    const head = network('head', { x }, ({ x }) => x.pipe(dense(5), relu, gaussian(3, options)));
    const parts = network('head', { x }, ({ x }) => {
      const { mean, logVar } = x.pipe(dense(5), relu, gaussian(3, options));
      return { mean, logVar };
    });
    const [a, b] = [model(head), model(parts)].map((each) => {
      const graph = graphOf(elbo(), each);
      return valuesOf(graph, feedsOf(graph, 3));
    });
    expect(a?.['loss']).toBeGreaterThan(0);
    expect(a).toEqual(b);
    expect(inference(model(head)).prior?.outputs).toHaveProperty('logVar');
  });
});

describe('conditions named like methods of every object', () => {
  const named = { constructor: continuous(2), toString: continuous(1), valueOf: continuous(1) };
  const model = cvae({
    condition: named,
    target: normal(2),
    latent: 1,
    recognition: ({ y, constructor }) => concat(y, constructor).pipe(gaussian(1)),
    decoder: ({ z, constructor, toString, valueOf }) => concat(z, constructor, toString, valueOf).pipe(dense(2)),
  });

  test('are conditions of an evaluation, and of an objective with noise', () => {
    const inputs = evaluation(model, 2).inputs.map(({ name }) => name);
    expect(inputs).toEqual(expect.arrayContaining(Object.keys(named)));
    const noisy = graphOf(withNoise(elbo(), { constructor: dropout(0.5) }), model);
    const noise = noisy.inputs.filter(({ role }) => role === 'noise').map(({ name }) => name);
    expect(noise.toSorted()).toEqual(['dropout_1/noise', 'noise']);
  });

  test('are refused as such where a model has none of the name', () => {
    const plain = cvae({ ...NONE, condition: { x }, decoder: ({ z, x }) => concat(z, x).pipe(dense(2)) });
    expect(() => graphOf(withNoise(elbo(), { toString: dropout(0.5) }), plain)).toThrow(
      'withNoise: expected names of conditions (x), got toString; correct it or leave it out',
    );
  });
});

const NONE = {
  target: normal(2),
  latent: 1,
  recognition: ({ y }: { readonly y: Tensor<[2]> }) => y.pipe(gaussian(1)),
} as const;

test('a log-variance is an output of the decoder whether y is standardised or not', () => {
  const learned = normal(2, { sigma: 'learned' });
  for (const target of [learned, { ...learned, scalable: false }]) {
    const unscaled = cvae({
      condition: { x },
      target,
      latent: 2,
      decoder: ({ z, x }) => concat(z, x).pipe(gaussian(2)),
    });
    expect(Object.keys(inference(unscaled).decoder?.outputs ?? {})).toEqual(['y', 'logVar']);
  }
});
