import { describe, expect, it } from 'vitest';
import * as onnxruntime from 'onnxruntime-node';
import {
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  gaussian,
  predictor,
  relu,
  reshape,
  squaredError,
  type Model,
} from 'cvae-compile';
import { compile } from 'cvae-compile/compiler';
import type { Data } from 'cvae-compile/data';
import { engineOf, evaluate, type Estimate } from 'cvae-compile/train';
import { normals, stream } from '../../src/random.ts';
import { parseManifest } from '../../src/formats/manifest.ts';
import { size } from '../../src/shape/size.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import type { Weights } from '../../src/weights/weights.ts';
import { exact, examplesOf, linearGaussian, weightsOf } from './linear.ts';

const ort = { InferenceSession: onnxruntime.InferenceSession, Tensor: onnxruntime.Tensor };
const SAMPLES = 12;

/** Small weights of a model's own, scales as they are. */
const drawn = (model: Model): Weights =>
  new Map(
    parametersOf(model).map(({ name, shape, init }) => [
      name,
      {
        shape,
        data: name.startsWith('scaling/')
          ? init(shape, stream(1, name))
          : normals(stream(1, name), 1, size(shape)).map((v) => v * 0.4),
      },
    ]),
  );

/** The noise by which `evaluate` draws the first hundred samples of examples 0 to `count` − 1, some of them. */
const noiseOf = (label: string, count: number, latent: number, from: number, to: number): Float32Array => {
  const all = normals(stream(1, 'estimate', label, 0), count, SAMPLES * latent);
  const rows = Array.from({ length: count }, (_, n) =>
    all.slice((n * SAMPLES + from) * latent, (n * SAMPLES + to) * latent),
  );
  return Float32Array.from(rows.flatMap((row) => [...row]));
};

/** A result's numbers: the files give nothing but float32. */
const floats = (result: { readonly data: unknown } | undefined): Float32Array => {
  if (result?.data instanceof Float32Array) return result.data;
  throw new Error('a result that is not float32');
};

/** The outputs of an evaluation file, by name, for samples `from` to `to` of `evaluate`'s. */
const runs = async (
  model: Model,
  weights: Weights,
  given: Record<string, readonly number[]>,
  count: number,
  most = SAMPLES,
) => {
  const { files, manifest } = compile(model, weights, { evaluationSamples: most });
  const session = await ort.InferenceSession.create(files.evaluation?.bytes ?? new Uint8Array());
  const inputs = manifest.files.evaluation?.inputs ?? {};
  const results: Record<string, Float32Array>[] = [];
  for (let from = 0; from < SAMPLES; from += most) {
    const feeds = Object.entries(inputs).map(([name, shape]) => {
      const noise = name === 'noise' || name === 'priorNoise';
      const data = noise ? noiseOf(name, count, model.latent, from, from + most) : Float32Array.from(given[name] ?? []);
      return [name, new ort.Tensor('float32', data, [count, ...shape])] as const;
    });
    const outputs = await session.run(Object.fromEntries(feeds));
    results.push(Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, floats(t)])));
  }
  await session.release();
  return { results, inputs, outputs: manifest.files.evaluation?.outputs };
};

const close = (a: number | undefined, b: number | undefined, what: string) =>
  expect(Math.abs((a ?? NaN) - (b ?? NaN)), `${what}: ${a} and ${b}`).toBeLessThan(1e-4 * (1 + Math.abs(b ?? NaN)));

const METRICS = ['importanceSampling', 'monteCarlo', 'negativeElbo', 'reconstruction', 'kl', 'deterministic'] as const;

/** The estimates, and what each is −log-mean-exp of. */
const ESTIMATES = [
  ['importanceSampling', 'logWeights'],
  ['monteCarlo', 'logLikelihoods'],
] as const;

/** A model, its data as `evaluate` takes them, and as files do. */
interface Case {
  readonly model: Model;
  readonly weights: Weights;
  readonly data: Data;
  readonly given: Record<string, readonly number[]>;
}

const linear = examplesOf(5);
const { recognition: _, ...half } = linearGaussian.networks;
const classes = predictor({
  condition: { kind: categorical(2) },
  target: categorical(3, { at: [4], mask: true }),
  network: ({ kind }) => kind.pipe(dense(12), reshape(4, 3)),
});
const article = cvae({
  condition: { x: continuous(1) },
  target: squaredError(2),
  latent: 2,
  recognition: ({ x, y }) => concat(x, y).pipe(gaussian(2)),
  decoder: ({ z }) => z.pipe(dense(3), relu, dense(2)),
});
const vae = cvae({
  condition: {},
  target: bernoulli(3, { mask: true }),
  latent: 2,
  recognition: ({ y }) => y.pipe(gaussian(2)),
  decoder: ({ z }) => z.pipe(dense(3)),
});
const masked = {
  y: [
    [1, 0, 1],
    [0, 0, 1],
  ],
  mask: [
    [1, 1, 0],
    [1, 0, 1],
  ],
};
const onehot = (rows: readonly (readonly number[])[]) =>
  rows.flat().flatMap((c) => [0, 1, 2].map((k) => Number(k === c)));

const kinds = [
  [0, 2, 1, 1],
  [2, 2, 0, 1],
];
const cases: Record<string, Case> = {
  'a linear-Gaussian CVAE': {
    model: linearGaussian,
    weights: weightsOf(linearGaussian),
    data: linear,
    given: { x: linear.x, y: linear.y.flat() },
  },
  'a GSNN, without a recognition network': {
    model: { ...linearGaussian, networks: half },
    weights: new Map([...weightsOf(linearGaussian)].filter(([name]) => !name.startsWith('recognition/'))),
    data: linear,
    given: { x: linear.x, y: linear.y.flat() },
  },
  'a VAE without conditions, with a mask': {
    model: vae,
    weights: drawn(vae),
    data: masked,
    given: { y: masked.y.flat(), mask: masked.mask.flat() },
  },
  'a predictor of classes, with a mask': {
    model: classes,
    weights: drawn(classes),
    data: {
      kind: [0, 1],
      y: kinds,
      mask: [
        [1, 0, 1, 1],
        [1, 1, 1, 0],
      ],
    },
    given: { kind: [1, 0, 0, 1], y: onehot(kinds), mask: [1, 0, 1, 1, 1, 1, 1, 0] },
  },
  'a squared error, which is no distribution': {
    model: article,
    weights: drawn(article),
    data: linear,
    given: { x: linear.x, y: linear.y.flat() },
  },
};

describe('evaluation.onnx in onnxruntime', () => {
  it.each(Object.entries(cases))(
    'gives the numbers of evaluate: %s',
    async (_name, { model, weights, data, given }) => {
      const each: Estimate[] = [];
      const engine = await engineOf('tfjs');
      await evaluate(model, weights, data, { samples: SAMPLES, engine, onExample: (e) => each.push(e) });
      const {
        results: [whole = {}],
        outputs = {},
      } = await runs(model, weights, given, each.length);
      for (const [i, estimate] of each.entries())
        for (const name of METRICS)
          if (name in outputs) close(whole[name]?.[i], estimate[name], name);
          else if (name !== 'kl' && model.latent > 0) expect(estimate, name).not.toHaveProperty(name);
      expect(Object.keys(outputs)).toContain('deterministic');
    },
  );

  it('gives as much in chunks, of which a host takes the log-mean-exp', async () => {
    const { model, weights, given } = cases['a linear-Gaussian CVAE'] ?? expect.unreachable();
    const {
      results: [whole = {}],
    } = await runs(model, weights, given, 5);
    const { results: chunks } = await runs(model, weights, given, 5, 4);
    expect(chunks).toHaveLength(3);
    for (const [name, each] of ESTIMATES)
      for (let i = 0; i < 5; i++) {
        const mean = chunks.reduce((sum, chunk) => sum + Math.exp(-(chunk[name]?.[i] ?? NaN)), 0) / 3;
        close(-Math.log(mean), whole[name]?.[i], name);
        const own = Array.from(whole[each]?.slice(i * SAMPLES, (i + 1) * SAMPLES) ?? [], Math.exp);
        close(-Math.log(own.reduce((sum, w) => sum + w, 0) / SAMPLES), whole[name]?.[i], each);
      }
  });

  it('comes to the exact likelihood with many samples', async () => {
    const { model, weights } = cases['a linear-Gaussian CVAE'] ?? expect.unreachable();
    const MANY = 4000;
    const { files } = compile(model, weights, { evaluationSamples: MANY });
    const session = await ort.InferenceSession.create(files.evaluation?.bytes ?? new Uint8Array());
    const tensor = (values: ArrayLike<number>, shape: number[]) =>
      new ort.Tensor('float32', Float32Array.from(values), shape);
    const noise = (name: string) => tensor(normals(stream(9, name), 5, MANY * 2), [5, MANY, 2]);
    const found = await session.run({
      x: tensor(linear.x, [5, 1]),
      y: tensor(linear.y.flat(), [5, 2]),
      noise: noise('noise'),
      priorNoise: noise('priorNoise'),
    });
    for (const [i, x] of linear.x.entries()) {
      const truth = exact(weights, x, linear.y[i] ?? []);
      for (const [name, each] of ESTIMATES) {
        // The error of a mean's logarithm, from the spread of what is meaned.
        const weight = Array.from(floats(found[each]).slice(i * MANY, (i + 1) * MANY), Math.exp);
        const mean = weight.reduce((sum, w) => sum + w, 0) / MANY;
        const error = Math.sqrt(weight.reduce((sum, w) => sum + (w - mean) ** 2, 0)) / MANY / mean;
        expect(error, name).toBeLessThan(0.3);
        expect(Math.abs((floats(found[name])[i] ?? NaN) - truth), name).toBeLessThan(4 * error);
      }
    }
    await session.release();
  });

  it.each(Object.entries(cases))(
    'is listed as whoever opens the folder expects it: %s',
    (_name, { model, weights }) => {
      const { manifest } = compile(model, weights, { evaluationSamples: 3 });
      expect(parseManifest(JSON.stringify(manifest), 'model.json')).toEqual(JSON.parse(JSON.stringify(manifest)));
    },
  );

  it('is refused for a number of samples that means nothing', () => {
    const { model, weights } = cases['a linear-Gaussian CVAE'] ?? expect.unreachable();
    expect(() => compile(model, weights, { evaluationSamples: 0.5 })).toThrow(
      'a positive whole number of samples as evaluationSamples, got 0.5',
    );
  });

  const called = (name: string) =>
    cvae({
      condition: { [name]: continuous(2) },
      target: bernoulli(3),
      latent: 2,
      recognition: ({ y }) => y.pipe(gaussian(2)),
      decoder: ({ z, ...given }) => concat(z, ...Object.values(given)).pipe(dense(3)),
    });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'output'])('takes a condition called %s', (name) => {
    const model = called(name);
    const { manifest } = compile(model, drawn(model), { evaluationSamples: 2 });
    expect(Object.keys(manifest.files.evaluation?.inputs ?? {})).toContain(name);
  });

  it.each(['kl', 'prediction', 'priorNoise'])('is refused for a condition called %s, which it has itself', (name) => {
    const model = called(name);
    expect(() => compile(model, drawn(model), { evaluationSamples: 2 })).toThrow(
      `evaluation: expected conditions of names of their own, got ${name}, an input or output of evaluation.onnx; rename it, or export without evaluation`,
    );
  });
});
