import { expect, test } from 'vitest';
import {
  add,
  batchNorm,
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  dropout,
  elementwise,
  flatten,
  gaussian,
  group,
  image,
  network,
  normal,
  parameter,
  predictor,
  relu,
  repeat,
  reshape,
  sigmoid,
  softmax,
  zeros,
  type Gaussian,
  type Tensor,
} from 'cvae-compile';
import { thrown } from './thrown.ts';

/** A number that the compiler does not know. */
const n = (value: number): number => value;

const digit = categorical(10);
const target = bernoulli(784);
const decoder = ({ z, digit }: { readonly z: Tensor<[20]>; readonly digit: Tensor<[10]> }) =>
  concat(z, digit).pipe(dense(200), relu, dense(784));

/** A model of digits, but for one thing that is wrong with it. */
const model = (wrong: {
  readonly condition?: unknown;
  readonly target?: unknown;
  readonly latent?: number;
  readonly baseline?: unknown;
  readonly prior?: (given: { readonly digit: Tensor<[10]> }) => Gaussian<20>;
  readonly recognition?: (given: { readonly y: Tensor<[784]>; readonly digit: Tensor<[10]> }) => Gaussian<20>;
  readonly decoder?: (given: { readonly z: Tensor<[20]>; readonly digit: Tensor<[10]> }) => Tensor<[784]>;
}) =>
  // Types would refuse most of what is tried here.
  cvae({ condition: { digit }, target, latent: 20, decoder, ...wrong } as never);

const features = network('features', { digit }, ({ digit }) => digit.pipe(dense(30), relu));

const refused: Record<string, readonly [() => unknown, string]> = {
  'a sigmoid before a bernoulli target': [
    () => model({ decoder: ({ z, digit }) => concat(z, digit).pipe(dense(784), sigmoid) }),
    'decoder/sigmoid_1: expected log-odds for a bernoulli target, got a last sigmoid; leave it out, the distribution has its own',
  ],
  'a sigmoid before a bernoulli target, reshaped': [
    () => model({ decoder: ({ z, digit }) => concat(z, digit).pipe(dense(784), sigmoid, reshape(28, 28), flatten) }),
    'decoder/reshape_2: expected log-odds for a bernoulli target, got a last sigmoid; leave it out, the distribution has its own',
  ],
  'a sigmoid at the end of a baseline': [
    () => model({ baseline: network('guess', { digit }, ({ digit }) => digit.pipe(dense(784), sigmoid)) }),
    'guess: expected log-odds for a bernoulli target, got a last sigmoid; leave it out, the distribution has its own',
  ],
  'a softmax before a categorical target': [
    () =>
      predictor({
        condition: { digit },
        target: categorical(3),
        network: ({ digit }) => digit.pipe(dense(3), softmax),
      }),
    'network/softmax_1: expected log-odds for a categorical target, got a last softmax; leave it out, the distribution has its own',
  ],
  'one head for mean and log-variance': [
    () =>
      model({
        recognition: ({ y }) => {
          const head = y.pipe(dense(20));
          return { mean: head, logVar: head };
        },
      }),
    'recognition/dense_1: expected a head each for mean and logVar, got one for both; use gaussian(20)',
  ],
  'one head for mean and log-variance, called twice': [
    () => {
      const head = network('head', { digit }, ({ digit }) => digit.pipe(dense(20)));
      return model({ prior: ({ digit }) => ({ mean: head({ digit }), logVar: head({ digit }) }) });
    },
    'prior: expected a head each for mean and logVar, got one for both; use gaussian(20)',
  ],
  'one head for the two parameters of a normal target': [
    () =>
      predictor({
        condition: { digit },
        target: normal(3, { sigma: 'learned' }),
        network: ({ digit }) => {
          const head = digit.pipe(dense(3));
          return { mean: head, logVar: head };
        },
      }),
    'network/dense_1: expected a separate layer for each parameter, got one for several; apply a separate layer for each',
  ],
  'a learned deviation that the decoder does not give': [
    () =>
      predictor({
        condition: { digit },
        target: normal(3, { sigma: 'learned' }),
        // @ts-expect-error missing mean and logVar
        network: ({ digit }) => digit.pipe(dense(3)),
      }),
    'network: expected mean and logVar of the normal target, got a tensor of shape [3]; return a tensor for each',
  ],
  'a condition that no network reads': [
    () => model({ condition: { digit, unread: continuous(3) } }),
    'condition: expected every condition to be used, got unread, which no network reads; use it or leave it out',
  ],
  'a condition that only a network reads which does not use it': [
    () => {
      const deaf = network('deaf', { z: continuous(20), unread: continuous(3) }, ({ z }) => z.pipe(dense(784)));
      return cvae({
        condition: { unread: continuous(3) },
        target,
        latent: 20,
        decoder: ({ z, unread }) => deaf({ z, unread }),
      });
    },
    'condition: expected every condition to be used, got unread, which no network reads; use it or leave it out',
  ],
  'two networks of one name': [
    () => {
      const other = network('features', { digit }, ({ digit }) => digit.pipe(dense(31), relu));
      return model({
        prior: ({ digit }) => features({ digit }).pipe(gaussian(20)),
        decoder: ({ z, digit }) => concat(z, other({ digit })).pipe(dense(784)),
      });
    },
    'features: expected one network of this name, got two different ones; give them different names',
  ],
  'a network that is called as a part of the model is': [
    () => {
      const decoder = network('decoder', { z: continuous(20) }, ({ z }) => z.pipe(dense(784)));
      return model({ decoder: ({ z, digit }) => add(decoder({ z }), digit.pipe(dense(784))) });
    },
    'decoder: expected one network of this name, got two different ones; give them different names',
  ],
  'a network of a name of the library': [
    () => network('objective', { digit }, ({ digit }) => digit),
    'network: expected a name of its own, got the reserved objective; rename the network',
  ],
  'a network of no name': [
    () => network('my network', { digit }, ({ digit }) => digit),
    'network: expected a name of letters, digits, - and _, got "my network"; rename the network',
  ],
  'two ops of one name': [
    () => {
      const one = elementwise(
        'swish',
        (tf, [x]) => tf.mul(x, tf.sigmoid(x)),
        (onnx, [x]) => onnx.Mul(x, onnx.Sigmoid(x)),
      );
      const two = elementwise(
        'swish',
        (tf, [x]) => tf.sigmoid(x),
        (onnx, [x]) => onnx.Sigmoid(x),
      );
      return model({
        prior: ({ digit }) => digit.pipe(dense(20), one, gaussian(20)),
        decoder: ({ z, digit }) => concat(z, digit).pipe(two, dense(784)),
      });
    },
    'decoder/swish_1: expected one op named swish, got two that compute different things; give them different names',
  ],
  'a body that returns nothing': [
    // @ts-expect-error undefined is no tensor
    () => network('nothing', { digit }, () => undefined),
    'nothing: expected its body to return a tensor or a record of tensors, got nothing; return a tensor, such as dense(10)(x)',
  ],
  'a body that is asynchronous': [
    // @ts-expect-error a promise is no tensor
    () => network('later', { digit }, async ({ digit }) => digit),
    'later: expected its body to return a tensor or a record of tensors, got a Promise; return a tensor, such as dense(10)(x)',
  ],
  'a baseline that is no network': [
    () => model({ baseline: () => digit }),
    "baseline: expected a network, got a function; write network('baseline', …)",
  ],
  'a baseline of what is no condition': [
    () => model({ baseline: network('guess', { y: continuous(784) }, ({ y }) => y.pipe(dense(784))) }),
    'guess: expected conditions as inputs, got y; the conditions are digit',
  ],
  'a value of another network': [
    () => {
      let leaked: Tensor<[784]> | undefined;
      return model({
        recognition: ({ y }) => {
          leaked = y.pipe(relu);
          return y.pipe(gaussian(20));
        },
        decoder: ({ z, digit }) => add(concat(z, digit).pipe(dense(784)), leaked ?? 0),
      });
    },
    'decoder: expected tensors of its own, got y of another network; make it an input and pass it in the call',
  ],
  'a layer of another network': [
    () => {
      let leaked: Tensor<[20]> | undefined;
      return model({
        prior: ({ digit }) => {
          leaked = digit.pipe(dense(20));
          return leaked.pipe(gaussian(20));
        },
        decoder: ({ z, digit }) => concat(z.pipe(dense(20)), leaked ?? z, digit).pipe(dense(784)),
      });
    },
    'decoder/dense_1/kernel: expected one parameter of this name, got two of different layers; apply each layer in the body of the network that uses it',
  ],
  'a parameter where examples are expected': [
    () =>
      model({
        decoder: ({ z, digit }) => concat(z, digit, parameter('p', [3], zeros).pipe(batchNorm)).pipe(dense(784)),
      }),
    'decoder/batchNorm_1/channelMean_1: expected examples, got a value that has no batch axis; add it to one that has it',
  ],
  'samples that are not grouped': [
    () => model({ decoder: ({ z, digit }) => concat(z.pipe(repeat(5)), digit).pipe(dense(784)) }),
    'decoder/concat_1: expected inputs of one batch axis, got N·5 and N examples; repeat or group one of them',
  ],
  'samples that are grouped otherwise than they were repeated': [
    () => model({ decoder: ({ z, digit }) => concat(z, digit).pipe(repeat(5), group(3), flatten, dense(784)) }),
    'decoder/group_1: expected 3 samples for each example, got 5; repeat(3) what comes before',
  ],
  'a latent of no dimensions': [
    () => model({ latent: n(0) }),
    "latent: expected a positive whole number, got 0; give z's number of dimensions",
  ],
  'a target that holds nothing': [
    () => model({ target: bernoulli(n(0)) }),
    'bernoulli: expected positive whole dimensions, got 0; give the length of each axis, one by one: 28, 28, 1',
  ],
  'a target that is no distribution': [
    () => model({ target: image(28, 28, 1) }),
    'target: expected a distribution such as bernoulli(784), got a record of kind, shape, dataShape; say how it is distributed',
  ],
  'a condition that is no variable': [
    () => model({ condition: { digit: 10 } }),
    'digit: expected a variable such as categorical(10), got 10; say what it is',
  ],
  'a condition of a name that files cannot have': [
    () => model({ condition: { digit, 'my digit': continuous(1) } }),
    'condition: expected a name of letters, digits and _, got "my digit"; rename it',
  ],
  'a condition of no length': [
    () => model({ condition: { digit, nothing: continuous(n(1.5)) } }),
    'continuous: expected positive whole dimensions, got 1.5; give the length of each axis, one by one: 28, 28, 1',
  ],
  'one class': [
    () => categorical(1),
    'categorical: expected at least 2 classes, got 1; give their number or their names',
  ],
  'two classes of one name': [
    () => categorical('cat', 'cat'),
    'categorical: expected names that differ, got cat, cat; rename one',
  ],
  'an image of another size than the target': [
    () => bernoulli(784, { image: [28, 28, 3] }),
    'bernoulli: expected an image of 784 values, as the target, got 28·28·3; correct image',
  ],
  'a deviation of 0': [
    () => normal(3, { sigma: 0 }),
    "normal: expected 'learned' or a number from 1e-37 to 1e37 as sigma, got 0; give the standard deviation of the noise",
  ],
  'a floor of 0': [
    () => normal(3, { sigma: 'learned', floor: 0 }),
    'normal: expected a number from 1e-37 to 1e37 as floor, got 0; give what the learned standard deviation does not fall below',
  ],
  'a variance of 0': [
    () => gaussian(20, { variance: 0 }),
    'gaussian: expected a number from 1e-37 to 1e37 as variance, got 0; leave it out to learn it',
  ],
  'dropping everything': [() => dropout(1), 'dropout: expected a rate from 0 up to 1, got 1; give the share to drop'],
};

test.each(Object.entries(refused))('%s is refused', (_, [read, sentence]) => {
  expect(thrown(read)).toBe(`InvalidModel: ${sentence}`);
});

test.each(['y', 'z', 'mean', 'logVar', 'noise', 'mask', 'beta', 'learningRate'])(
  'the condition name %s is reserved',
  (name) => {
    const named = () => model({ condition: { [name]: digit } });
    expect(thrown(named)).toBe(
      `InvalidModel: condition: expected a name of its own, got the reserved ${name}; rename it`,
    );
  },
);
