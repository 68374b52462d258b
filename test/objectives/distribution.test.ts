import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  add,
  concat,
  constant,
  continuous,
  cvae,
  dense,
  distribution,
  div,
  exp,
  gaussian,
  log,
  mul,
  parameter,
  predictor,
  print,
  relu,
  square,
  sub,
  zeros,
  type Shape,
  type Tensor,
} from 'cvae-compile';
import { compile } from 'cvae-compile/compiler';
import { engineOf, evaluate, likelihood, train } from 'cvae-compile/train';
import { realisticInputs } from '../../src/export/realistic-inputs.ts';
import { drawTarget } from '../../src/runtime/draw.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import { cli, temporary } from '../cli/support/cli.ts';
import { feedsOf, graphOf, valuesOf } from './support.ts';

const abs = <S extends Shape>(x: Tensor<S>): Tensor<S> => add(relu(x), relu(mul(x, -1)));

/** Laplace's distribution, as a user's definition writes it. */
const laplace = <const S extends Shape>(...shape: S) =>
  distribution('laplace', shape, {
    parameters: { mean: shape, logScale: shape },
    mean: ({ mean }) => mean,
    nll: ({ mean, logScale }, y) => add(add(div(abs(sub(y, mean)), exp(logScale)), logScale), Math.log(2)),
  });

const heads = (x: Tensor<[number]>) => ({ mean: x.pipe(dense(3)), logScale: x.pipe(dense(3)) });
const model = predictor({ condition: { x: continuous(2) }, target: laplace(3), network: ({ x }) => heads(x) });
const latent = cvae({
  condition: { x: continuous(2) },
  target: laplace(3),
  latent: 2,
  recognition: ({ x, y }) => concat(x, y).pipe(gaussian(2)),
  decoder: ({ x, z }) => heads(concat(x, z)),
});

describe('a user’s own distribution', () => {
  it('has the types of its shapes: a decoder gives each parameter', () => {
    expectTypeOf(laplace(3).shape).toEqualTypeOf<[3]>();
    const target = laplace(3);
    const half = () =>
      predictor({
        condition: { x: continuous(2) },
        target,
        // @ts-expect-error a parameter is missing
        network: ({ x }) => ({ mean: x.pipe(dense(3)) }),
      });
    expect(half).toThrow('network: expected mean and logScale of the laplace target, got a record of mean');
  });

  it('is the likelihood that it says', () => {
    const graph = graphOf(likelihood(), model);
    const feeds = feedsOf(graph, 2);
    const at = (name: string, i: number) => Number(feeds[name]?.data[i]);
    const affine = (layer: string, n: number, j: number) =>
      [0, 1].reduce(
        (sum, i) => sum + at('x', n * 2 + i) * at(`network/${layer}/kernel`, i * 3 + j),
        at(`network/${layer}/bias`, j),
      );
    let expected = 0;
    for (let n = 0; n < 2; n++)
      for (let j = 0; j < 3; j++) {
        const scale = Math.exp(affine('dense_2', n, j));
        expected += (Math.abs(at('y', n * 3 + j) - affine('dense_1', n, j)) / scale + Math.log(2 * scale)) / 2;
      }
    expect(valuesOf(graph, feeds)['loss']).toBeCloseTo(expected, 7);
  });

  it('trains, is evaluated in nats, and exports its mean', async () => {
    const x = Array.from({ length: 40 }, (_, i) => [i % 3, i % 5]);
    const data = { x, y: x.map(([a = 0, b = 0]) => [a, b, a - b]) };
    const engine = await engineOf('tfjs');
    const { weights, epochs } = await train(latent, data, { epochs: 3, batch: 8, engine, learningRate: 0.01 });
    expect(epochs[2]?.train['loss']).toBeLessThan(epochs[0]?.train['loss'] ?? NaN);
    const found = await evaluate(latent, weights, data, { samples: 5, engine });
    expect(found).toMatchObject({ unit: 'nats', importanceSampling: expect.any(Number) });
    const { manifest } = compile(latent, weights, { evaluationSamples: 2 });
    expect(manifest.target).toMatchObject({ distribution: 'custom', named: 'laplace' });
    expect(manifest.files.decoder?.outputs).toEqual({ y: [3] });
    expect(manifest.files.evaluation?.outputs).toHaveProperty('importanceSampling');
    const none = { data: new Float32Array(3), shape: [1, 3] };
    await expect(drawTarget(manifest.target, none, () => none.data)).rejects.toThrow('got laplace without draw');
  });

  it('may have values other than real numbers, with which data are checked and files verified', async () => {
    const amounts = distribution('amounts', [3], {
      parameters: { mean: [3] },
      mean: ({ mean }) => exp(mean),
      nll: ({ mean }, y) => add(abs(sub(log(y), mean)), log(y)),
      values: 'positive',
    });
    const positive = predictor({
      condition: { x: continuous(2) },
      target: amounts,
      network: ({ x }) => x.pipe(dense(3)),
    });
    const engine = await engineOf('tfjs');
    const x = Array.from({ length: 8 }, (_, i) => [i, 2]);
    const y = x.map(() => [1, 3, 2]);
    await expect(train(positive, { x, y: x.map(() => [1, -1, 2]) }, { epochs: 1, engine })).rejects.toThrow(
      'not a positive number',
    );
    const { weights } = await train(positive, { x, y }, { epochs: 1, engine });
    const { manifest } = compile(positive, weights, { evaluationSamples: 2 });
    expect(manifest.target.values).toBe('positive');
    const inputs = manifest.files.evaluation ?? { inputs: {}, outputs: {}, unused: [] };
    const drawn = realisticInputs(manifest, inputs, 3)['y'];
    expect(drawn?.data.every((v) => v > 0)).toBe(true);
  });

  it('is called by its name', () => {
    expect(print(model)).toContain('  y: laplace [3]\n');
    expect(parametersOf(model).filter(({ name }) => name.startsWith('scaling/y'))).toEqual([]);
  });

  it('is refused where it does not fit', () => {
    const nll = ({ mean }: { mean: Tensor<[3]> }) => mean;
    const own = (name: string, more: object) =>
      distribution(name, [3], { parameters: { mean: [3] }, mean: nll, nll, ...more });
    expect(() => own('a b', {})).toThrow('expected a name of letters, digits, - and _, got "a b"');
    expect(() => own('none', { parameters: {} })).toThrow('none: expected parameters that a decoder gives, got none');
    expect(() => own('seen', { image: [2, 2, 1] })).toThrow(
      'seen: expected an image of 3 values, as the target, got 2·2·1',
    );
    // When it is written, not when it is first computed.
    expect(() => own('wide', { nll: () => constant([6], 0) })).toThrow(
      'wide: expected −log p(y) of shape [3], as the target, got [6]',
    );
    expect(() => own('wide', { mean: () => constant([6], 0) })).toThrow('wide: expected a mean of shape [3]');
    expect(() => own('none', { nll: () => 3 })).toThrow('none: expected −log p(y) that layers compute, got 3');
    expect(() => own('decoder', {})).toThrow('expected a name of its own, got the reserved decoder');
    expect(() => own('named', { parameters: { y: [3] } })).toThrow(
      'named: expected parameters named by letters, digits and _, other than y, uniform and normal, got "y"',
    );
    expect(() => own('owner', { mean: ({ mean }: { mean: Tensor<[3]> }) => mean.pipe(dense(3)) })).toThrow(
      'owner: expected a mean that is computed from mean, got one with parameters of its own (owner-mean/dense_1/kernel, owner-mean/dense_1/bias)',
    );
  });

  it('may own parameters, which train, evaluate and export under its name', async () => {
    const scaled = predictor({
      condition: { x: continuous(2) },
      target: distribution('scaled', [3], {
        parameters: { mean: [3] },
        mean: ({ mean }) => mean,
        // A normal whose log σ is one learned number for each element.
        nll: ({ mean }, y) => {
          const logSigma = parameter('logSigma', [3], zeros);
          return add(add(mul(square(div(sub(y, mean), exp(logSigma))), 0.5), logSigma), Math.log(2 * Math.PI) / 2);
        },
      }),
      network: ({ x }) => x.pipe(dense(3)),
    });
    const name = 'scaled/parameter_1/logSigma';
    const x = Array.from({ length: 200 }, (_, i) => [i % 3, i % 5]);
    // Noise of a standard deviation of 0.1, which σ must come near to.
    const data = { x, y: x.map(([a = 0, b = 0], i) => [a, b, a - b].map((v) => v + (i % 2 ? 0.1 : -0.1))) };
    const engine = await engineOf('tfjs');
    const options = { epochs: 60, batch: 20, engine, learningRate: 0.05, validation: 0 };
    const { weights, auxiliary } = await train(scaled, data, options);
    expect(auxiliary.size).toBe(0);
    for (const logSigma of weights.get(name)?.data ?? [NaN]) expect(Math.exp(logSigma)).toBeCloseTo(0.1, 1);
    const found = await evaluate(scaled, weights, data, { samples: 1, engine });
    expect(found.deterministic).toBeLessThan(0);
    expect(compile(scaled, weights).files.predictor?.model.graph.inputs.map((input) => input.name)).toEqual(['x']);
  });
});

it('trains by the command line to a whole run, whose report shows means, since nothing says how to draw', async () => {
  const folder = temporary();
  const path = join(folder, 'model.ts');
  writeFileSync(
    path,
    `import { add, concat, continuous, cvae, dense, distribution, div, exp, gaussian, mul, relu, sub } from 'cvae-compile';
const abs = (x) => add(relu(x), relu(mul(x, -1)));
const laplace = distribution('laplace', [3], {
  parameters: { mean: [3], logScale: [3] },
  mean: ({ mean }) => mean,
  nll: ({ mean, logScale }, y) => add(add(div(abs(sub(y, mean)), exp(logScale)), logScale), Math.log(2)),
});
export default cvae({
  condition: { x: continuous(2) },
  target: laplace,
  latent: 2,
  recognition: ({ x, y }) => concat(x, y).pipe(gaussian(2)),
  decoder: ({ x, z }) => {
    const both = concat(x, z);
    return { mean: both.pipe(dense(3)), logScale: both.pipe(dense(3)) };
  },
});
const x = Array.from({ length: 40 }, (_, i) => [i % 3, i % 5]);
export const data = { x, y: x.map(([a, b]) => [a, b, a - b]) };
`,
  );
  const out = join(folder, 'run');
  const { code, err } = await cli('train', path, '--out', out, '--epochs', '2', '--engine', 'onnx');
  expect([code, err]).toEqual([0, expect.stringContaining('weights: ')]);
  expect(readdirSync(out)).toEqual(expect.arrayContaining(['weights.safetensors', 'report.html']));
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  expect(page).toContain('<h2>Means after epoch 2</h2>');
  expect(page).toContain('the mean of p(y|x,z), with one draw of z, for each held-out example');
  const exported = join(folder, 'exported');
  expect(await cli('export', path, '--weights', out, '--out', exported)).toMatchObject({ code: 0 });
  const sampled = await cli('sample', exported, '--set', 'x=1,2', '--count', '2', '--draw');
  expect([sampled.code, sampled.err]).toEqual([
    1,
    expect.stringContaining('got laplace without draw; leave draw out for the mean'),
  ]);
});
