import { describe, expect, test } from 'vitest';
import {
  add,
  apply,
  batchMean,
  batchNorm,
  bernoulli,
  concat,
  continuous,
  cvae,
  dense,
  dropout,
  flatten,
  gaussian,
  glorot,
  image,
  network,
  noise,
  relu,
  repeat,
  sigmoid,
  tanh,
  type Op,
  type Tensor,
} from 'cvae-compile';
import { elbo, iwae, monteCarlo } from 'cvae-compile/train';
import { lower } from '../../src/compiler/lower.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Body } from '../../src/graph/node.ts';
import { print } from '../../src/graph/print.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { estimation } from '../../src/layers/estimation.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import { feedsOf, graphOf, valuesOf } from '../objectives/support.ts';

const given = { x: continuous(4) };
const resolved = ({ '~body': body }: { readonly '~body': Body }, mode: 'train' | 'infer' = 'infer'): Graph =>
  resolve(body, { mode });
/** A graph's steps, without its parameters. */
const steps = (graph: Graph): readonly string[] =>
  print(graph)
    .split('\n')
    .filter((line) => line.startsWith('  %') || line.startsWith('  ->'))
    .map((line) => line.trim());

describe('what does not depend on the sample', () => {
  test('is computed once for each example, and repeated', () => {
    const graph = resolved(
      network('net', given, ({ x }) => {
        const each = repeat(3)(x);
        return add(each.pipe(dense(2), relu), noise('e', 'normal', each, [2]));
      }),
    );
    expect(steps(graph)).toEqual([
      '%0: [2] = dense(x) units=2 with net/dense_1',
      '%1: [2] = relu(%0)',
      '%2: [2] = repeat(%1) k=3',
      '%3: [2] = add(%2, e)',
      '-> output = %3',
    ]);
    expect(graph.steps.map(({ name, lead }) => `${name} ${lead}`)).toEqual([
      'net/dense_1 1',
      'net/relu_1 1',
      'net/relu_1/repeat 3',
      'net/add_1 3',
    ]);
  });

  test('is the same call as one for each example, also of networks within', () => {
    const guess = network('guess', given, ({ x }) => sigmoid(add(x.pipe(dense(4), relu, dense(2)), 1)));
    const graph = resolved(
      network('net', given, ({ x }) => {
        const each = repeat(5)(x);
        return { one: guess({ x }), many: add(guess({ x: each }), noise('e', 'normal', each, [2])) };
      }),
    );
    expect(graph.steps.filter(({ op }) => op.name === 'dense')).toHaveLength(2);
    expect(steps(graph).slice(-4)).toEqual([
      '%4: [2] = sigmoid(%3)',
      '%5: [2] = repeat(%4) k=5',
      '%6: [2] = add(%5, e)',
      '-> one = %4, many = %6',
    ]);
  });

  test('has the same mean over the batch, and so the same statistics', () => {
    expect(steps(resolved(network('net', given, ({ x }) => batchMean(repeat(3)(x)))))).toEqual([
      '%0: [4] = batchMean(x)',
      '-> output = %0',
    ]);
    const normal = resolved(
      network('net', given, ({ x }) => repeat(3)(x).pipe(batchNorm)),
      'train',
    );
    expect(normal.steps.filter(({ lead }) => lead === 3).map(({ op }) => op.name)).toEqual(['repeat']);
    expect(Object.keys(normal.updates)).toHaveLength(2);
  });

  test('ends where noise is drawn for each sample', () => {
    const net = network('net', given, ({ x }) => repeat(3)(x).pipe(dense(2), dropout(0.5), dense(2)));
    const leads = resolved(net, 'train').steps.map(({ op, lead }) => `${op.name} ${lead}`);
    expect(leads).toEqual(['dense 1', 'repeat 3', 'dropout 3', 'dense 3']);
    expect(resolved(net).steps.map(({ op, lead }) => `${op.name} ${lead}`)).toEqual(['dense 1', 'dense 1', 'repeat 3']);
  });

  test('is a share of a dense layer, where a condition that is wide is next to z', () => {
    const first = <N extends number>(x: Tensor<[N]>) => {
      const each: Tensor<[number]> = repeat(3)(x);
      const z: Tensor<[number]> = noise('z', 'normal', each, [2]);
      return concat(each, z).pipe(dense(5), relu);
    };
    const wide = network('net', { x: continuous(70) }, ({ x }) => first(x));
    const narrow = network('net', { x: continuous(10) }, ({ x }) => first(x));
    expect(steps(resolved(wide))).toEqual([
      '%0: [5] = densePart(x, net/dense_1/bias) begin=0 end=70 with net/dense_1',
      '%1: [5] = repeat(%0) k=3',
      '%2: [5] = densePart(z, %1) begin=70 end=72 with net/dense_1',
      '%3: [5] = relu(%2)',
      '-> output = %3',
    ]);
    // A narrow one is repeated in less time than a step of its own takes.
    expect(steps(resolved(narrow)).slice(0, 3)).toEqual([
      '%0: [10] = repeat(x) k=3',
      '%1: [12] = concat(%0, z)',
      '%2: [5] = dense(%1) units=5 with net/dense_1',
    ]);
  });

  test('is a share of any op that says how it sums, whatever its parameters are called', () => {
    const numbers = (x: readonly number[], units: number) => ({ shape: [...x, units], init: glorot(1, 1) });
    const piece: Op<{ begin: number; end: number }, 'weight'> = {
      name: 'piece',
      shape: ([, plus = []]) => plus,
      run: (tf, [x, plus = x], { begin, end }, { weight }) =>
        tf.add(tf.matMul(x, tf.slice(weight, [begin, 0], [end - begin, -1])), plus),
      lower: (onnx, [x, plus = x], { begin, end }, { weight }) =>
        onnx.Add(onnx.MatMul(x, onnx.Slice(weight, [begin], [end], [0])), plus),
    };
    const sum: Op<object, 'weight' | 'start'> = {
      name: 'sum2',
      rows: { from: 'start', add: piece },
      shape: () => [2],
      params: ([x]) => ({ weight: numbers(x, 2), start: numbers([], 2) }),
      run: (tf, [x], _, { weight, start }) => tf.add(tf.matMul(x, weight), start),
      lower: (onnx, [x], _, { weight, start }) => onnx.Add(onnx.MatMul(x, weight), start),
    };
    const net = network('net', { x: continuous(70) }, ({ x }) => {
      const each: Tensor<[number]> = repeat(3)(x);
      return apply(sum, [concat(each, noise('z', 'normal', each, [2]))], {});
    });
    expect(steps(resolved(net))).toEqual([
      '%0: [2] = piece(x, net/sum2_1/start) begin=0 end=70 with net/sum2_1',
      '%1: [2] = repeat(%0) k=3',
      '%2: [2] = piece(z, %1) begin=70 end=72 with net/sum2_1',
      '-> output = %2',
    ]);
    const feeds = feedsOf(resolved(net), 2);
    const numbersOf = (graph: Graph) =>
      Array.from(evaluate(lower(graph, 'inputs'), feeds)['output']?.data ?? [], Number);
    const plain = numbersOf(resolve(net['~body'], { mode: 'infer', hoisted: false }));
    expect(plain).toHaveLength(2 * 3 * 2);
    numbersOf(resolved(net)).forEach((value, i) => expect(value).toBeCloseTo(plain[i] ?? NaN, 12));
  });

  test('is nothing in a graph that repeats nothing, which stays as it is', () => {
    const twice = network('net', given, ({ x }) => add(x.pipe(relu), x.pipe(relu)));
    expect(steps(resolved(twice))).toHaveLength(4);
  });

  test('is found in one pass: a chain of ten thousand layers', () => {
    const net = network('net', given, ({ x }) => {
      let y = repeat(2)(x);
      for (let i = 0; i < 10_000; i++) y = relu(y);
      return y;
    });
    const graph = resolved(net);
    expect(graph.steps).toHaveLength(10_001);
    expect(graph.steps.map(({ lead }) => lead).filter((lead) => lead === 2)).toEqual([2]);
  });
});

const x = image(8, 9, 1);
const guess = network('guess', { x }, ({ x }) => x.pipe(flatten, dense(5), tanh, dense(6)));
/** Figure 1(d) with a wide condition: its prior and its decoder call the baseline, and its decoder sees x and z. */
const model = cvae({
  condition: { x },
  target: bernoulli(6),
  latent: 2,
  baseline: guess,
  prior: ({ x }) => concat(x.pipe(flatten), sigmoid(guess({ x }))).pipe(dense(4), tanh, gaussian(2)),
  recognition: ({ x, y }) => concat(x.pipe(flatten), y).pipe(dense(4), tanh, gaussian(2)),
  decoder: ({ x, z }) => add(guess({ x }), concat(x.pipe(flatten), z).pipe(dense(5), tanh, dense(6))),
});

describe('an evaluation or an objective of several samples', () => {
  const COUNT = 3;
  const SAMPLES = 4;
  const LATENT = 2;
  /** The noise of one sample of each example. */
  const of = (all: Readonly<Record<string, { data: ArrayLike<number | bigint> }>>, name: string, sample: number) => {
    const data = Array.from(all[name]?.data ?? [], Number);
    const rows = Array.from({ length: COUNT }, (_, n) =>
      data.slice((n * SAMPLES + sample) * LATENT, (n * SAMPLES + sample + 1) * LATENT),
    );
    return { dtype: 'float64' as const, shape: [COUNT, LATENT], data: Float64Array.from(rows.flat()) };
  };

  test.each([
    ['evaluate', estimation(model, SAMPLES)],
    ['iwae', graphOf(iwae(SAMPLES), model)],
    ['monteCarlo', graphOf(monteCarlo(SAMPLES), model)],
    ['elbo', graphOf(elbo({ samples: SAMPLES }), model)],
  ])('%s computes the baseline and the half of the decoder that sees x once for each example', (_, graph) => {
    const once = graph.steps.filter(({ name, op }) => name.startsWith('guess') && op.name !== 'repeat');
    expect(once.map(({ name, lead }) => `${name} ${lead}`)).toEqual([
      'guess/dense_1 1',
      'guess/tanh_1 1',
      'guess/dense_2 1',
    ]);
    const first = graph.steps.find(({ op }) => op.name === 'densePart');
    expect(first).toMatchObject({ lead: 1, attrs: { begin: 0, end: 72 } });
  });

  test('evaluate gives the numbers of single samples', () => {
    const [many, one] = [estimation(model, SAMPLES), estimation(model, 1)];
    const feeds = feedsOf(many, COUNT);
    const all = evaluate(lower(many, 'inputs'), feeds);
    for (let s = 0; s < SAMPLES; s++) {
      const single = evaluate(lower(one, 'inputs'), {
        ...feeds,
        noise: of(feeds, 'noise', s),
        priorNoise: of(feeds, 'priorNoise', s),
      });
      for (const name of ['importance', 'monteCarlo'])
        for (let n = 0; n < COUNT; n++)
          expect(Number(all[name]?.data[n * SAMPLES + s]), name).toBeCloseTo(Number(single[name]?.data[n]), 12);
      for (const name of ['kl', 'deterministic', 'prediction'])
        expect(all[name]?.data, name).toEqual(single[name]?.data);
    }
  });

  test('elbo gives the mean of single samples', () => {
    const [many, one] = [graphOf(elbo({ samples: SAMPLES }), model), graphOf(elbo(), model)];
    const feeds = feedsOf(many, COUNT);
    const single = Array.from({ length: SAMPLES }, (_, s) => valuesOf(one, { ...feeds, noise: of(feeds, 'noise', s) }));
    const mean = single.reduce((sum, { loss = NaN }) => sum + loss, 0) / SAMPLES;
    expect(valuesOf(many, feeds)['loss']).toBeCloseTo(mean, 12);
  });
});
