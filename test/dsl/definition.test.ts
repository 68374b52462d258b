import { describe, expect, test, vi } from 'vitest';
import { isModel } from '../../src/dsl/model.ts';
import { isUserError } from '../../src/errors.ts';
import type * as own from '../../src/index.ts';
import {
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  flatten,
  gaussian,
  image,
  network,
  normal,
  predictor,
  print,
  relu,
  type Tensor,
} from '../../src/index.ts';

describe('a definition', () => {
  test('holds what was written, with a graph for each network', () => {
    const model = cvae({
      condition: { digit: categorical(10), slant: continuous(1) },
      target: bernoulli(784, { image: [28, 28, 1] }),
      latent: 20,
      prior: ({ digit, slant }) => concat(digit, slant).pipe(gaussian(20)),
      recognition: ({ y, digit, slant }) => concat(y, digit, slant).pipe(dense(200), relu, gaussian(20)),
      decoder: ({ z, ...given }) => concat(z, given.digit, given.slant).pipe(dense(784)),
    });
    expect(isModel(model)).toBe(true);
    expect(model).toMatchObject({ '~kind': 'cvae', latent: 20 });
    expect(Object.keys(model.networks)).toEqual(['prior', 'recognition', 'decoder']);
    expect(model.networks.decoder.inputs).toEqual({
      z: { shape: [20], role: 'batch' },
      digit: { shape: [10], role: 'batch' },
      slant: { shape: [1], role: 'batch' },
    });
    expect(Object.keys(model.networks.decoder.outputs)).toEqual(['logits']);
    expect(Object.keys(model.networks.recognition?.outputs ?? {})).toEqual(['mean', 'logVar']);
    expect(model.target.image).toEqual([28, 28, 1]);
  });

  test('may be without conditions', () => {
    const model = cvae({ condition: {}, target: bernoulli(4), latent: 2, decoder: ({ z }) => z.pipe(dense(4)) });
    expect(model.condition).toEqual({});
  });

  test('may have a baseline of some conditions only', () => {
    const [x, label] = [image(4, 4, 1), categorical(3)];
    const baseline = network('guess', { x }, ({ x }) => x.pipe(flatten, dense(5)));
    const model = cvae({
      condition: { x, label },
      target: bernoulli(5),
      latent: 2,
      baseline,
      decoder: ({ z, label }) => concat(z, label).pipe(dense(5)),
    });
    expect(model.networks.baseline?.name).toBe('guess');
  });

  test('may take a condition as a network gives it, and a network as its body', () => {
    const x = continuous(3);
    const body = network('body', { x }, ({ x }) => x.pipe(dense(2)));
    const model = predictor({ condition: { x }, target: normal(2), network: body });
    expect(print(model)).toContain('with body/dense_1');
    expect(model['~kind']).toBe('predictor');
  });

  test('gives a decoder of two parameters both', () => {
    const model = predictor({
      condition: { x: continuous(3) },
      target: normal(2, { sigma: 'learned' }),
      network: ({ x }) => x.pipe(gaussian(2)),
    });
    expect(Object.keys(model.networks.network.outputs)).toEqual(['mean', 'logVar']);
  });

  test('shows an image where a target is one, and not where it is a vector', () => {
    expect(bernoulli(28, 28, 1).image).toEqual([28, 28, 1]);
    expect(bernoulli(784).image).toBeUndefined();
  });
});

describe('variables', () => {
  test('know the shape of their data and the one that networks see', () => {
    expect(categorical(10)).toMatchObject({ kind: 'categorical', shape: [10], dataShape: [], classes: 10 });
    expect(categorical('cat', 'dog')).toMatchObject({ shape: [2], dataShape: [], classes: ['cat', 'dog'] });
    expect(categorical(4, { at: [28, 28] })).toMatchObject({ shape: [28, 28, 4], dataShape: [28, 28] });
    expect(continuous()).toMatchObject({ kind: 'continuous', shape: [], dataShape: [] });
    expect(continuous(2, 3)).toMatchObject({ shape: [2, 3], dataShape: [2, 3] });
    expect(image(28, 20, 3)).toMatchObject({ kind: 'image', shape: [28, 20, 3], dataShape: [28, 20, 3] });
  });
});

describe('two copies of the package', () => {
  // A definition and the command line may each load one.
  test('make one model: networks, layers and variables of either', async () => {
    vi.resetModules();
    const other: typeof own = await import('../../src/index.ts');
    expect(other.cvae).not.toBe(cvae);
    const features = other.network('features', { x: other.continuous(4) }, ({ x }) => x.pipe(other.dense(3), relu));
    const model = cvae({
      condition: { x: other.continuous(4) },
      target: bernoulli(5),
      latent: 2,
      prior: ({ x }) => features({ x }).pipe(gaussian(2)),
      decoder: ({ x, z }) => other.concat(z, features({ x }).pipe(other.relu)).pipe(dense(5)),
    });
    expect(other.print(model)).toBe(print(model));
    const wrong = (x: Tensor<[number]>) => x.pipe(other.reshape(3, 3));
    const refused = () =>
      cvae({ condition: {}, target: bernoulli(9), latent: 2, decoder: ({ z }) => wrong(z).pipe(flatten) as never });
    try {
      refused();
    } catch (error) {
      expect(isUserError(error)).toBe(true);
      expect(error).toMatchObject({ name: 'ShapeMismatch' });
    }
    expect(refused).toThrow('expected as many elements as in [2]');
  });
});
