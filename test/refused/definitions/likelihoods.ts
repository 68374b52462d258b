import * as own from '../../../src/index.ts';
import { js, on, type Refused } from '../loose.ts';

const q = { mean: 0, logVar: 0 };

/** What likelihoods and divergences refuse. */
export const LIKELIHOODS = {
  distribution: [
    [
      'no name',
      () => js.distribution([4], {}),
      'distribution: expected a name of letters, digits, - and _, got an array of 1; rename it',
    ],
    [
      'a name of two words',
      () => js.distribution('a b', [4], {}),
      'distribution: expected a name of letters, digits, - and _, got "a b"; rename it',
    ],
    [
      'a shape that is a number',
      () => js.distribution('mine', 4, {}),
      'distribution: expected the shape of the target, got 4; give a list such as [28, 28, 1]',
    ],
    [
      'a shape of half a number',
      () => js.distribution('mine', [0.5], { parameters: { mean: [4] }, mean: () => 0, nll: () => 0 }),
      'mine: expected positive whole dimensions of the target, got [0.5]; give the length of each axis',
    ],
    [
      'no options',
      () => js.distribution('mine', [4]),
      'distribution: expected options as an object, got nothing; give { parameters, mean, nll }',
    ],
    [
      'no likelihood',
      () => js.distribution('mine', [4], { parameters: { mean: [4] }, mean: () => 0 }),
      'distribution: expected a function of the parameters and y as nll, got nothing; give −log p(y) of each element',
    ],
    [
      'a misspelt likelihood',
      () => js.distribution('mine', [4], { parameters: { mean: [4] }, mean: () => 0, nnl: () => 0 }),
      'distribution: expected the options parameters, mean, nll, per, draw, noise, values, image, mask, got nnl; did you mean nll?',
    ],
    [
      'parameters as a list',
      () => js.distribution('mine', [4], { parameters: [[4]], mean: () => 0, nll: () => 0 }),
      "distribution: expected shapes by name as parameters, got an array of 1; pass the shapes of the decoder's outputs, such as { mean: [10] }",
    ],
    [
      'a parameter of no shape',
      () => js.distribution('mine', [4], { parameters: { mean: 4 }, mean: () => 0, nll: () => 0 }),
      'mine: expected a shape for mean, got 4; give a list such as [28, 28, 1]',
    ],
    [
      'a mean that is a number',
      () => js.distribution('mine', [4], { parameters: { mean: [4] }, mean: () => 0, nll: () => 0 }),
      'mine: expected −log p(y) that layers compute, got 0; return a tensor',
    ],
    [
      'an image of half a pixel',
      () =>
        js.distribution('mine', [4], { parameters: { mean: [4] }, mean: () => 0, nll: () => 0, image: [0.5, 8, 1] }),
      'distribution: expected [height, width, channels] with 1 to 4 channels as image, got an array of 3; give the shape in which the target is shown, such as [28, 28, 1]',
    ],
  ],
  multiScale: [
    [
      'nothing',
      () => js.multiScale(),
      'multiScale: expected a target, got nothing; give bernoulli(28, 28, 1) or categorical(4, { at: [28, 28] })',
    ],
    [
      'no scales',
      () => js.multiScale(own.bernoulli(8, 8, 1)),
      'multiScale: expected smaller scales by name, got nothing; give how many times smaller each is: { half: 2, quarter: 4 }',
    ],
    [
      'scales as a list',
      () => js.multiScale(own.bernoulli(8, 8, 1), [2, 4]),
      'multiScale: expected smaller scales by name, got an array of 2; give how many times smaller each is: { half: 2, quarter: 4 }',
    ],
    [
      'a scale of 3',
      () => js.multiScale(own.bernoulli(8, 8, 1), { third: 3 }),
      'multiScale: expected 2, 4 or 8 as third, got 3; give how many times smaller it is',
    ],
    [
      'a scale as text',
      () => js.multiScale(own.bernoulli(8, 8, 1), { half: '2' }),
      'multiScale: expected 2, 4 or 8 as half, got "2"; give how many times smaller it is',
    ],
    [
      'a name of two words',
      () => js.multiScale(own.bernoulli(8, 8, 1), { 'the half': 2 }),
      'multiScale: expected names of letters, digits and _, got "the half"; rename it',
    ],
    [
      'a condition',
      () => js.multiScale(own.image(8, 8, 1), { half: 2 }),
      'multiScale: expected a target, got a record of kind, shape, dataShape; give bernoulli(28, 28, 1) or categorical(4, { at: [28, 28] })',
    ],
    [
      'a third argument',
      () => js.multiScale(own.bernoulli(8, 8, 1), { half: 2 }, 3),
      'multiScale: expected at most 2 arguments, got also 3; leave it out',
    ],
  ],
  kl: [
    [
      'nothing',
      on(() => js.kl()),
      'net/kl: expected a Gaussian, mean and logVar of one shape, got nothing; pass a Gaussian, such as gaussian(20)(x)',
    ],
    [
      'numbers',
      on(() => js.kl(q)),
      'net/kl: expected a Gaussian, mean and logVar of one shape, got a record of mean, logVar; pass a Gaussian, such as gaussian(20)(x)',
    ],
    [
      'a tensor',
      on((x) => js.kl(x)),
      'net/kl: expected a Gaussian, mean and logVar of one shape, got a tensor of shape [4]; pass a Gaussian, such as gaussian(20)(x)',
    ],
    [
      'a mean of another length',
      on((x) => js.kl({ mean: x, logVar: js.dense(3)(x) })),
      'net/kl: expected a Gaussian, mean and logVar of one shape, got a record of mean, logVar; pass a Gaussian, such as gaussian(20)(x)',
    ],
    [
      'two of other lengths',
      on((x) => js.kl(js.gaussian(3)(x), js.gaussian(2)(x))),
      'net/sub_1: expected equal shapes, or one with the last axes of the other, got [3] and [2]; reshape or expand one of them',
    ],
  ],
  klPerDimension: [
    [
      'a mean alone',
      on((x) => js.klPerDimension({ mean: x })),
      'net/klPerDimension: expected a Gaussian, mean and logVar of one shape, got a record of mean; pass a Gaussian, such as gaussian(20)(x)',
    ],
  ],
  logRatio: [
    [
      'no Gaussian',
      on((x) => js.logRatio(x, x)),
      'net/logRatio: expected a Gaussian, mean and logVar of one shape, got nothing; pass a Gaussian, such as gaussian(20)(x)',
    ],
    [
      'a number for z',
      on((x) => js.logRatio(3, x, js.gaussian(4)(x))),
      'net/logRatio: expected a tensor, got 3; pass a tensor, such as dense(10)(x)',
    ],
  ],
  reparameterise: [
    [
      'no noise',
      on((x) => js.reparameterise(js.gaussian(4)(x))),
      'net/reparameterise: expected a tensor, got nothing; pass a tensor, such as dense(10)(x)',
    ],
    [
      'noise of another length',
      on((x) => js.reparameterise(js.gaussian(3)(x), x)),
      'net/mul_2: expected equal shapes, or one with the last axes of the other, got [3] and [4]; reshape or expand one of them',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
