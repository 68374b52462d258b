import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  add,
  bernoulli,
  categorical,
  concat,
  conv2d,
  convTranspose2d,
  cvae,
  dense,
  flatten,
  gaussian,
  image,
  InvalidModel,
  network,
  relu,
  reshape,
  shaped,
  ShapeMismatch,
  type Tensor,
} from 'cvae-compile';
import { thrown } from './thrown.ts';

/** A number that the compiler does not know. */
const n = (value: number): number => value;

const digit = categorical(10);
const x = image(28, 28, 1);
const target = bernoulli(784);
const decoder = ({ z, digit }: { readonly z: Tensor<[20]>; readonly digit: Tensor<[10]> }) =>
  concat(z, digit).pipe(dense(200), relu, dense(784));

// The mistakes of test/types/mistakes, in shapes that are known only at run time, or in JavaScript.
const mistakes: Record<string, readonly [typeof ShapeMismatch | typeof InvalidModel, () => unknown, string]> = {
  'a decoder of the wrong size': [
    ShapeMismatch,
    () =>
      cvae({
        condition: { digit },
        target: bernoulli(n(784)),
        latent: 20,
        decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(n(748))),
      }),
    "decoder/dense_2: expected [784], as the target, got [748]; make the last layer give the target's shape",
  ],
  'a prior of the wrong size': [
    ShapeMismatch,
    () =>
      cvae({
        condition: { digit },
        target,
        latent: n(20),
        prior: ({ digit }) => digit.pipe(dense(200), relu, gaussian(2)),
        decoder: ({ z, digit }) => concat(z, digit).pipe(dense(784)),
      }),
    'prior/gaussian_1/mean: expected [20], as the latent, got [2]; end it in gaussian(20)',
  ],
  'a recognition network of the wrong size': [
    ShapeMismatch,
    () =>
      cvae({
        condition: { digit },
        target,
        latent: n(20),
        recognition: ({ y, digit }) => concat(y, digit).pipe(dense(200), relu, gaussian(30)),
        decoder: ({ z, digit }) => concat(z, digit).pipe(dense(784)),
      }),
    'recognition/gaussian_1/mean: expected [20], as the latent, got [30]; end it in gaussian(20)',
  ],
  'a misspelt condition': [
    InvalidModel,
    // @ts-expect-error Property 'digits' does not exist
    () => cvae({ condition: { digit }, target, latent: 20, decoder: ({ z, digits }) => concat(z, digits) }),
    'decoder: expected one of z, digit, got digits; use what it is given',
  ],
  'a decoder that uses y': [
    InvalidModel,
    // @ts-expect-error Property 'y' does not exist
    () => cvae({ condition: { digit }, target, latent: 20, decoder: ({ z, y }) => concat(z, y) }),
    'decoder: expected one of z, digit, got y; use what it is given',
  ],
  'a prior that uses y': [
    InvalidModel,
    // @ts-expect-error Property 'y' does not exist
    () => cvae({ condition: { digit }, target, latent: 20, prior: ({ y }) => y.pipe(gaussian(20)), decoder }),
    'prior: expected one of digit, got y; use what it is given',
  ],
  'a prior that uses z': [
    InvalidModel,
    // @ts-expect-error Property 'z' does not exist
    () => cvae({ condition: { digit }, target, latent: 20, prior: (given) => given.z.pipe(gaussian(20)), decoder }),
    'prior: expected one of digit, got z; use what it is given',
  ],
  'dense on an image': [
    ShapeMismatch,
    // @ts-expect-error Source has 3 elements
    () => cvae({ condition: { x }, target, latent: 20, decoder: ({ x }) => x.pipe(relu, dense(784)) }),
    'decoder/dense_1: expected one axis, got [28, 28, 1]; put flatten before it, or write each(dense(…)) for each step',
  ],
  'conv2d on a vector': [
    ShapeMismatch,
    () =>
      cvae({
        condition: { digit },
        target,
        latent: 20,
        // @ts-expect-error Source has 1 element
        decoder: ({ z, digit }) => concat(z, digit).pipe(dense(784), conv2d(1), flatten),
      }),
    'decoder/conv2d_1: expected [height, width, channels], got [784]; put reshape before it',
  ],
  'an impossible reshape': [
    ShapeMismatch,
    () =>
      cvae({
        condition: { digit },
        target: bernoulli(14, 14, 1),
        latent: 20,
        decoder: ({ z, digit }) =>
          concat(z, digit).pipe(dense(n(3136)), reshape(7, 7, 32), convTranspose2d(1, { stride: 2 })),
      }),
    'decoder/reshape_1: expected as many elements as in [3136], 3136, got [7, 7, 32] with 1568; choose a shape with the same number of elements',
  ],
  'concat of unlike shapes': [
    ShapeMismatch,
    () =>
      cvae({
        condition: { x, small: image(n(14), 28, 1) },
        target: bernoulli(28, 28, 1),
        latent: 20,
        decoder: ({ x, small }) => concat(x, small).pipe(conv2d(1)),
      }),
    'decoder/concat_1: expected shapes equal before their last axis, got [28, 28, 1] and [14, 28, 1]; reshape or resize one of them',
  ],
  'add of unlike shapes': [
    ShapeMismatch,
    () =>
      cvae({
        condition: { x: image(n(28), n(28), 1) },
        target: bernoulli(n(28), n(28), 1),
        latent: 20,
        decoder: ({ x }) => add(x, x.pipe(conv2d(1, { stride: 2 }))),
      }),
    'decoder/add_1: expected equal shapes, or one with the last axes of the other, got [28, 28, 1] and [14, 14, 1]; reshape or expand one of them',
  ],
  'too many upsamplings': [
    ShapeMismatch,
    () =>
      cvae({
        condition: {},
        target: bernoulli(n(28), n(28), 1),
        latent: 20,
        decoder: ({ z }) =>
          z.pipe(
            dense(3136),
            reshape(7, 7, 64),
            convTranspose2d(32, { stride: 2 }),
            convTranspose2d(16, { stride: 2 }),
            convTranspose2d(1, { stride: 2 }),
          ),
      }),
    "decoder/convTranspose2d_3: expected [28, 28, 1], as the target, got [56, 56, 1]; make the last layer give the target's shape",
  ],
  'a baseline of the wrong channels': [
    ShapeMismatch,
    () =>
      cvae({
        condition: { x },
        target: bernoulli(28, 28, n(1)),
        latent: 20,
        baseline: network('guess', { x }, ({ x }) => x.pipe(conv2d(3))),
        decoder: ({ x }) => x.pipe(conv2d(1)),
      }),
    "guess: expected [28, 28, 1], as the target, got [28, 28, 3]; make the last layer give the target's shape",
  ],
  'a forgotten gaussian head': [
    InvalidModel,
    // @ts-expect-error missing mean and logVar
    () => cvae({ condition: { digit }, target, latent: 20, prior: ({ digit }) => digit.pipe(dense(20)), decoder }),
    'prior: expected mean and logVar, got a tensor of shape [20]; end it in gaussian(20)',
  ],
  'a reserved condition name': [
    InvalidModel,
    // @ts-expect-error reserved
    () => cvae({ condition: { noise: digit }, target, latent: 20, decoder: ({ z }) => z.pipe(dense(784)) }),
    'condition: expected a name of its own, got the reserved noise; rename it',
  ],
  'a kernel that does not fit': [
    ShapeMismatch,
    () =>
      cvae({
        condition: { x: image(n(4), n(4), 1) },
        target: bernoulli(n(2), n(2), 1),
        latent: 2,
        decoder: ({ x }) => x.pipe(conv2d(1, { kernel: n(5), padding: 'valid' })),
      }),
    "decoder/conv2d_1: expected at least 5 pixels a side, as the kernel, got 4; use padding 'same'",
  ],
  'a network that is called with the wrong shape': [
    ShapeMismatch,
    () => {
      const features = network('features', { x: image(n(28), 28, 1) }, ({ x }) => x.pipe(flatten, dense(16)));
      return network('deeper', { y: image(n(14), 28, 1) }, ({ y }) => features({ x: y }));
    },
    'deeper/features: expected x of shape [28, 28, 1], got [14, 28, 1]; pass a tensor of that shape',
  ],
  'a network that is called without an input': [
    InvalidModel,
    () => {
      const features = network('features', { x }, ({ x }) => x.pipe(flatten, dense(16)));
      // @ts-expect-error Property 'x' is missing
      return network('deeper', { x }, () => features({}));
    },
    'deeper/features: expected a tensor as x, got nothing; pass it in the call',
  ],
  'a baseline of another shape of a condition': [
    ShapeMismatch,
    () => {
      const digit = categorical(n(9));
      const baseline = network('guess', { digit }, ({ digit }) => digit.pipe(dense(784)));
      // To the types, one number is as good as another.
      return cvae({
        condition: { digit: categorical(n(10)) },
        target,
        latent: 20,
        baseline,
        decoder: ({ z }) => z.pipe(dense(784)),
      });
    },
    'guess: expected digit of shape [10], as the condition, got [9]; use the same variable for both',
  ],
  'shaped of another shape': [
    ShapeMismatch,
    () => network('shape', { x }, ({ x }) => x.pipe(flatten, shaped(783))),
    'shape/shaped: expected [783], got [784]; correct one of them',
  ],
  'a decoder that is missing': [
    InvalidModel,
    // @ts-expect-error Property 'decoder' is missing
    () => cvae({ condition: { digit }, target, latent: 20 }),
    'decoder: expected a function of tensors, got nothing; write the network',
  ],
  'a member that definitions do not have': [
    InvalidModel,
    // @ts-expect-error encoder
    () => cvae({ condition: { digit }, target, latent: 20, decoder, encoder: decoder }),
    'cvae: expected a member of a definition, got encoder; rename it or leave it out',
  ],
  'a layer that is not called': [
    InvalidModel,
    // @ts-expect-error a function, not a tensor
    () => cvae({ condition: { digit }, target, latent: 20, decoder: ({ z }) => z.pipe(dense, relu) }),
    'decoder/dense_1: expected a positive whole number of units, got a tensor of shape [20]; make it first, and apply what dense(…) gives',
  ],
};

test.each(Object.entries(mistakes))('%s throws one sentence that says where', (_, [type, read, sentence]) => {
  expect(thrown(read)).toBe(`${type.name}: ${sentence}`);
});

test('the compiler shows the sentence that is thrown', () => {
  const golden = readFileSync(new URL('../types/mistakes.txt', import.meta.url), 'utf8');
  const rule = (key: string) => mistakes[key]?.[2].replace(/^\S+: /, '') ?? 'no such mistake';
  expect(golden).toContain(rule('an impossible reshape'));
  expect(golden).toContain(rule('a reserved condition name'));
  expect(golden).toContain(rule('a member that definitions do not have'));
  expect(golden).toContain(rule('concat of unlike shapes').replace('[14, 28, 1]', '[10]'));
});
