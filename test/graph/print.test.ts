import { describe, expect, test } from 'vitest';
import completion from '../../examples/completion/model.ts';
import {
  add,
  batchNorm,
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  gaussian,
  network,
  normal,
  predictor,
  print,
  relu,
  slice,
  tanh,
  type Model,
} from '../../src/index.ts';
import { print as printGraph } from '../../src/graph/print.ts';
import { resolve } from '../../src/graph/resolve.ts';

const digits = cvae({
  condition: { digit: categorical(10), hand: categorical('left', 'right') },
  target: bernoulli(784),
  latent: 2,
  prior: ({ digit }) => digit.pipe(gaussian(2, { variance: 1 })),
  decoder: ({ z, digit, hand }) => concat(z, digit, hand).pipe(dense(200), relu, dense(784)),
});

test('print gives the graphs as text, with parameters and their counts', () => {
  expect(print(digits)).toBe(`cvae latent=2, 160,606 parameters
  digit: categorical [10]
  hand: categorical [2] left right
  y: bernoulli [784]

prior (digit: [10], hand: [2])
  %0: [2] = dense(digit) units=2 with prior/gaussian_1/mean
  -> mean = %0, logVar = 0
  prior/gaussian_1/mean/kernel: [10, 2] 20
  prior/gaussian_1/mean/bias: [2] 2

decoder (z: [2], digit: [10], hand: [2])
  %0: [14] = concat(z, digit, hand)
  %1: [200] = dense(%0) units=200 with decoder/dense_1
  %2: [200] = relu(%1)
  %3: [784] = dense(%2) units=784 with decoder/dense_2
  -> logits = %3
  decoder/dense_1/kernel: [14, 200] 2,800
  decoder/dense_1/bias: [200] 200
  decoder/dense_2/kernel: [200, 784] 156,800
  decoder/dense_2/bias: [784] 784
`);
});

test('the completion example prints as it did', async () => {
  await expect(print(completion)).toMatchFileSnapshot('completion.txt');
});

test('what is not trained is counted apart', () => {
  const model = predictor({
    condition: { x: continuous(3) },
    target: normal(2, { sigma: 0.5 }),
    network: ({ x }) => x.pipe(batchNorm, dense(2)),
  });
  const [first, , target] = print(model).split('\n');
  expect(first).toBe('predictor, 20 parameters, 6 of them not trained');
  expect(target).toBe('  y: normal [2] sigma=0.5');
  expect(print(model)).toContain('\n  network/batchNorm_1/variance: [3] 3 untrained\n');
});

test('a training graph shows its noise', () => {
  const net = network('net', { x: continuous(3) }, ({ x }) => x.pipe(batchNorm));
  const text = printGraph(resolve(net['~body'], { mode: 'train' }));
  expect(text.split('\n')[0]).toBe('net (x: [3])');
  expect(text).toContain('channelMean(x)');
});

describe('the texts of two models differ', () => {
  const x = continuous(4);
  const model = (
    body: Parameters<typeof predictor<{ x: typeof x }, ReturnType<typeof normal<[4]>>>>[0]['network'],
  ): Model => predictor({ condition: { x }, target: normal(4), network: body });
  const f = network('f', { x }, ({ x }) => x.pipe(dense(4)));
  const g = network('g', { x }, ({ x }) => x.pipe(dense(4)));

  test.each<[string, Model, Model]>([
    [
      'where they use the same parameters in another order',
      model(({ x }) => concat(f({ x }), g({ x: tanh(x) }), f({ x: relu(x) })).pipe(slice(0, 4))),
      model(({ x }) => concat(f({ x }), g({ x: tanh(x) }), g({ x: relu(x) })).pipe(slice(0, 4))),
    ],
    [
      'where an attribute does',
      model(({ x }) => concat(x, x).pipe(slice(0, 4))),
      model(({ x }) => concat(x, x).pipe(slice(1, 5))),
    ],
    ['where a constant does', model(({ x }) => add(x, 0.1)), model(({ x }) => add(x, 0.2))],
    [
      'where the floor of a deviation does',
      predictor({ condition: { x }, target: normal(2, { sigma: 'learned' }), network: ({ x }) => x.pipe(gaussian(2)) }),
      predictor({
        condition: { x },
        target: normal(2, { sigma: 'learned', floor: 0.1 }),
        network: ({ x }) => x.pipe(gaussian(2)),
      }),
    ],
  ])('%s', (_, a, b) => expect(print(a)).not.toBe(print(b)));
});

test('the same definition read twice prints the same', () => {
  const read = () =>
    cvae({
      condition: { digit: categorical(10) },
      target: bernoulli(784),
      latent: 2,
      decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(784)),
    });
  expect(print(read())).toBe(print(read()));
});
