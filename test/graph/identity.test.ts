import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprintsOf } from '../../src/train/fingerprints.ts';
import { buffer } from '../../src/dsl/leaves.ts';
import { computed } from '../../src/graph/identity.ts';
import { valuesOf } from '../../src/graph/graph.ts';
import { each } from '../../src/graph/op.ts';
import { resolve } from '../../src/graph/resolve.ts';
import {
  add,
  apply,
  batchNorm,
  concat,
  constant,
  continuous,
  cvae,
  dense,
  distribution,
  elementwise,
  filled,
  gaussian,
  leakyRelu,
  mul,
  network,
  normal,
  ones,
  parameter,
  predictor,
  print,
  relu,
  square,
  sub,
  tanh,
  type Model,
  type Op,
  type Shape,
  type Tensor,
} from '../../src/index.ts';
import { fullInput } from '../../src/testing/case.ts';
import { bodyAround } from '../../src/testing/layer.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import { loadWeights, saveWeights } from '../../src/weights/file.ts';
import type { Weights } from '../../src/weights/weights.ts';
import { CASES } from '../layers/cases.ts';

const given = { x: continuous(4) };
type Body = (inputs: { x: Tensor<[4]> }) => Tensor<[4]>;

/** Every op of this source text looks the same; only what it closes over differs. */
const times = (k: number, name = 'times') =>
  elementwise(
    name,
    (tf, [x]) => tf.mul(x, k),
    (onnx, [x]) => onnx.Mul(x, k),
  );

/** The same number, held by an attribute, by a constant tensor and by a parameter. */
const byAttribute = (k: number) => {
  const op: Op<{ k: number }> = {
    name: 'byAttribute',
    shape: ([x]) => x,
    run: (tf, [x], attrs) => tf.mul(x, attrs.k),
    lower: (onnx, [x], attrs) => onnx.Mul(x, attrs.k),
  };
  return <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(op, [x], { k });
};
const byTensor = (data: readonly number[]) =>
  elementwise(
    'byTensor',
    (tf, [x]) => tf.mul(x, [...data]),
    (onnx, [x]) => onnx.Mul(x, onnx.constant(data)),
  );
const byParameter = (k: number) => {
  const op: Op<object, 'k'> = {
    name: 'byParameter',
    shape: ([x]) => x,
    params: () => ({ k: { shape: [], init: filled(k), trainable: false } }),
    run: (tf, [x], _, params) => tf.mul(x, params.k),
    lower: (onnx, [x], _, params) => onnx.Mul(x, params.k),
  };
  return <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(op, [x], {});
};

const inner = (k: number) => network('inner', given, ({ x }) => mul(x, k));

/** A pair of bodies that differ in one thing only. */
const DIFFERENT: Readonly<Record<string, readonly [Body, Body]>> = {
  'a closure of an op': [({ x }) => times(2)(x), ({ x }) => times(3)(x)],
  'an attribute of an op': [({ x }) => byAttribute(2)(x), ({ x }) => byAttribute(3)(x)],
  'a tensor that an op holds': [({ x }) => byTensor([1, 2, 3, 4])(x), ({ x }) => byTensor([1, 2, 3, 5])(x)],
  'the first value of an untrained parameter of an op': [({ x }) => byParameter(2)(x), ({ x }) => byParameter(3)(x)],
  'the first value of a parameter': [
    ({ x }) => mul(x, parameter('scale', [4], ones)),
    ({ x }) => mul(x, parameter('scale', [4], filled(2))),
  ],
  'the first value of a buffer': [
    ({ x }) => mul(x, buffer('scale', [4], ones)),
    ({ x }) => mul(x, buffer('scale', [4], filled(2))),
  ],
  'a constant': [({ x }) => mul(x, constant([4], 2)), ({ x }) => mul(x, constant([4], [2, 2, 2, 3]))],
  'the sign of a zero': [({ x }) => mul(x, constant([4], 0)), ({ x }) => mul(x, constant([4], [0, 0, 0, -0]))],
  'a number': [({ x }) => add(x, 1e-8), ({ x }) => add(x, 1e-9)],
  'an attribute of a layer': [({ x }) => leakyRelu(0.1)(x), ({ x }) => leakyRelu(0.2)(x)],
  'a layer': [({ x }) => relu(x), ({ x }) => tanh(x)],
  'what only training computes': [({ x }) => batchNorm(x), ({ x }) => batchNorm(x).pipe(mulBy(1))],
  'a network that it calls': [({ x }) => inner(2)({ x }), ({ x }) => inner(3)({ x })],
  'a network that it calls, by a closure of an op': [
    ({ x }) => network('deep', given, ({ x }) => times(2)(x))({ x }),
    ({ x }) => network('deep', given, ({ x }) => times(3)(x))({ x }),
  ],
};
const mulBy =
  (k: number) =>
  <S extends Shape>(x: Tensor<S>): Tensor<S> =>
    mul(x, k);

/** A model of two networks of one name, which is right only where they are one. */
const twice = (one: Body, two: Body): Model => {
  const [first, second] = [network('scale', given, one), network('scale', given, two)];
  return predictor({ condition: given, target: normal(4), network: ({ x }) => add(first({ x }), second({ x })) });
};

describe('two networks of one name', () => {
  test.each(Object.entries(DIFFERENT))('that differ in %s are refused', (_, [one, two]) => {
    expect(() => twice(one, two)).toThrow(/: expected one (network|op) .*; give them different names$/);
  });

  test.each(Object.entries(DIFFERENT))('of equal content, with %s, are one', (_, [one]) => {
    // Read a second time, each body makes its ops anew.
    expect(() => twice(one, ({ x }) => one({ x }))).not.toThrow();
  });

  test('are refused also where they are called with the same argument', () => {
    const [two, three] = [2, 3].map((k) => network('scale', given, ({ x }) => times(k)(x)));
    const read = () =>
      predictor({
        condition: given,
        target: normal(4),
        network: ({ x }) => add(two?.({ x }) ?? x, three?.({ x }) ?? x),
      });
    expect(read).toThrow('scale: expected one network of this name, got two different ones; give them different names');
  });
});

describe('two ops of one name', () => {
  test('that differ in what they close over are refused, wherever they are used', () => {
    const read = () =>
      cvae({
        condition: given,
        target: normal(4),
        latent: 2,
        prior: ({ x }) => x.pipe(times(2), gaussian(2)),
        decoder: ({ z, x }) => concat(z, x).pipe(times(3), dense(4)),
      });
    expect(read).toThrow(
      'decoder/times_1: expected one op named times, got two that compute different things; give them different names',
    );
  });

  test('that compute the same are one', () => {
    const read = () =>
      predictor({ condition: given, target: normal(4), network: ({ x }) => x.pipe(times(2), times(2)) });
    expect(read).not.toThrow();
  });

  test('of which one is a layer of the library are refused unless they compute the same', () => {
    const read = (lower: Op['lower']) => () =>
      predictor({
        condition: given,
        target: normal(4),
        network: ({ x }) =>
          x.pipe(
            relu,
            elementwise('relu', (tf, [v]) => tf.relu(v), lower),
          ),
      });
    expect(read((onnx, [x]) => onnx.Relu(x))).not.toThrow();
    expect(read((onnx, [x]) => onnx.Tanh(x))).toThrow('expected one op named relu');
  });

  test('that write no ONNX are not taken for one', () => {
    const broken = () =>
      elementwise(
        'broken',
        (tf, [x]) => tf.relu(x),
        () => {
          throw new Error('not written yet');
        },
      );
    const read = () =>
      predictor({ condition: given, target: normal(4), network: ({ x }) => x.pipe(broken(), broken()) });
    expect(read).toThrow('expected one op named broken');
  });
});

const scaled = (k: number, name?: string) =>
  predictor({ condition: given, target: normal(4), network: ({ x }) => times(k, name)(x) });

/** Two targets of one name; only −log p or the mean differs. */
const likely = (weight: number, shift = 0) =>
  predictor({
    condition: given,
    target: distribution('mine', [4], {
      parameters: { mean: [4] },
      mean: ({ mean }) => add(mean, shift),
      nll: ({ mean }, y) => mul(square(sub(y, mean)), weight),
    }),
    network: ({ x }) => x.pipe(dense(4)),
  });

describe('a fingerprint', () => {
  const current = (model: Model) => fingerprintsOf(model)[0];

  test('distinguishes ops of one name that differ in what they close over', () => {
    expect(current(scaled(2))).not.toBe(current(scaled(3)));
    expect(current(scaled(2))).toBe(current(scaled(2)));
  });

  test('distinguishes likelihoods of one name, by −log p and by their mean', () => {
    expect(current(likely(0.5))).not.toBe(current(likely(2)));
    expect(current(likely(0.5))).not.toBe(current(likely(0.5, 1)));
    expect(current(likely(0.5))).toBe(current(likely(0.5)));
  });

  test('distinguishes an op from the layer of the library whose name it has', () => {
    const model = (layer: <S extends Shape>(x: Tensor<S>) => Tensor<S>) =>
      predictor({ condition: given, target: normal(4), network: ({ x }) => layer(x) });
    expect(current(model(times(2, 'relu')))).not.toBe(current(model(relu)));
  });

  test('is what version 0.1 gave a model that has only what the library has', () => {
    const model = cvae({
      condition: given,
      target: normal(2, { sigma: 'learned' }),
      latent: 3,
      recognition: ({ y, x }) => concat(y, x).pipe(dense(8), batchNorm, relu, gaussian(3)),
      decoder: ({ z, x }) => concat(z, x).pipe(dense(8), leakyRelu(0.1), gaussian(2)),
    });
    const [now, earlier] = fingerprintsOf(model);
    expect(now).toBe(earlier);
    // As version 0.1 computed it.
    expect(now).toBe('20f570e8dbbfa19d713a18b13da72bd40d6d047eefb5da86ee41c05f08856eae');
  });

  test('is readable: the text that it hashes has what an op writes in ONNX', () => {
    const text = print(scaled(2));
    expect(text).toContain('%0: [4] = times(x)');
    expect(text).toContain('times is times (float[N, 4] x0) => (float[N, 4] y)');
    expect(text).toContain('y = Mul (x0, "constant/float(2)")');
    expect(print(likely(0.5))).toContain('likelihood (mean: [4], y: [4])');
  });
});

describe('weights', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'identity-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const first = (model: Model): Weights =>
    new Map(parametersOf(model).map(({ name, shape, init }) => [name, { shape, data: init(shape, [1, 2]) }]));
  const owner = (model: Model) => ({ params: parametersOf(model), fingerprint: fingerprintsOf(model) });

  test.each([
    ['an op', scaled(2), scaled(3)],
    ['a likelihood', likely(0.5), likely(2)],
  ])('of a model are not taken for those of one that differs in %s', async (_, mine, other) => {
    const file = join(folder, 'weights.safetensors');
    await saveWeights(file, first(mine), { fingerprint: fingerprintsOf(mine)[0] });
    await expect(loadWeights(file, owner(mine))).resolves.toMatchObject({ weights: first(mine) });
    await expect(loadWeights(file, owner(other))).rejects.toThrow('which computes something else');
  });

  test('that version 0.1 wrote still open', async () => {
    const file = join(folder, 'earlier.safetensors');
    await saveWeights(file, first(likely(0.5)), { fingerprint: fingerprintsOf(likely(0.5))[1] });
    await expect(loadWeights(file, owner(likely(0.5)))).resolves.toMatchObject({ weights: first(likely(0.5)) });
  });
});

// On which the fingerprint of a model without ops of its own relies.
test('name, attributes and shapes identify what a layer of the library computes', () => {
  const known = new Map<string, string>();
  for (const cases of Object.values(CASES))
    for (const { layer, inputs, name } of cases) {
      // What is tried with an op of its own is not the library's.
      if (name?.includes('own')) continue;
      const body = bodyAround(new Map(inputs.map((input, i) => [`x${i}`, fullInput(input)])), layer);
      for (const mode of ['train', 'infer'] as const) {
        const graph = resolve(body, { mode });
        const values = valuesOf(graph);
        const valueOf = (id: number) => values.get(id) ?? { shape: [], lead: 0 };
        for (const { op, inputs: ids, attrs, params, shape, lead } of graph.steps) {
          if (!op['~library']) continue;
          const owned = Object.fromEntries(Object.entries(params).map(([own, id]) => [own, valueOf(id)]));
          const applied = { op, attrs, inputs: each(ids, valueOf), params: owned, shape, lead };
          const key = JSON.stringify([op.name, attrs, each(ids, valueOf), owned, shape, lead]);
          const text = computed(applied) ?? '';
          expect(text).not.toBe('');
          expect(known.get(key) ?? text, key).toBe(text);
          known.set(key, text);
        }
      }
    }
  expect(known.size).toBeGreaterThan(100);
});
