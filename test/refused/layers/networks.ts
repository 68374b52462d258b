import { js, on, onImage, type Refused } from '../loose.ts';
import { tensorOnly } from './tensor-only.ts';

/** What layers with parameters or noise refuse. */
export const NETWORKS = {
  mlp: [
    [
      'units that are not in a list',
      on((x) => x.pipe(js.mlp(200, 100))),
      'net/mlp_1: expected a list of positive whole numbers, got 200; give the units of each layer: [200, 100]',
    ],
  ],
  convEncoder: [
    [
      'groups that do not divide the channels',
      onImage((x) => x.pipe(js.convEncoder({ channels: [12] }))),
      'net/convEncoder_1/residual_1/groupNorm_1: expected channels that 8 groups divide, got 12; change one of them',
    ],
  ],
  convDecoder: [
    [
      'sides that cannot be halved as often',
      on((x) => x.pipe(js.convDecoder(28, 28, 1))),
      'net/convDecoder: expected sides that 8 divides, for 3 resolutions, got 28 × 28; give fewer channels, such as channels: [64, 32]',
    ],
    [
      'sides that can be halved once',
      on((x) => x.pipe(js.convDecoder(30, 30, 1, { channels: [32, 16] }))),
      'net/convDecoder: expected sides that 4 divides, for 2 resolutions, got 30 × 30; give fewer channels, such as channels: [16]',
    ],
    [
      'odd sides',
      on((x) => x.pipe(js.convDecoder(29, 30, 1))),
      'net/convDecoder: expected sides that 8 divides, for 3 resolutions, got 29 × 30; decode 32 × 32, and put resize2d(29, 30) or crop2d behind it',
    ],
  ],
  dense: [
    [
      'no units',
      on((x) => x.pipe(js.dense())),
      'net/dense_1: expected a positive whole number of units, got nothing; give how many numbers it computes',
    ],
    [
      'half a unit',
      on((x) => x.pipe(js.dense(2.5))),
      'net/dense_1: expected a positive whole number of units, got 2.5; give how many numbers it computes',
    ],
    [
      '0 units',
      on((x) => x.pipe(js.dense(0))),
      'net/dense_1: expected a positive whole number of units, got 0; give how many numbers it computes',
    ],
    [
      '−3 units',
      on((x) => x.pipe(js.dense(-3))),
      'net/dense_1: expected a positive whole number of units, got -3; give how many numbers it computes',
    ],
    [
      'NaN',
      on((x) => x.pipe(js.dense(8), js.relu, js.dense(NaN))),
      'net/dense_2: expected a positive whole number of units, got NaN; give how many numbers it computes',
    ],
    [
      'units as text',
      on((x) => x.pipe(js.dense('200'))),
      'net/dense_1: expected a positive whole number of units, got "200"; give how many numbers it computes',
    ],
    [
      'units by name',
      on((x) => x.pipe(js.dense({ units: 200 }))),
      'net/dense_1: expected a positive whole number of units, got a record of units; give how many numbers it computes',
    ],
    [
      'an activation',
      on((x) => x.pipe(js.dense(200, js.relu))),
      'net/dense_1: expected one argument, got also a function; leave it out',
    ],
    [
      'an activation by name',
      on((x) => x.pipe(js.dense(200, { activation: 'relu' }))),
      'net/dense_1: expected one argument, got also a record of activation; leave it out',
    ],
    [
      'a tensor first',
      on((x) => js.dense(x, 200)),
      'net/dense_1: expected a positive whole number of units, got a tensor of shape [4]; make it first, and apply what dense(…) gives',
    ],
    [
      'more units than a file holds',
      on((x) => x.pipe(js.dense(2 ** 31))),
      'net/dense_1: expected less than 2 GiB for its result, got [2147483648] with 8.0 GiB; make it smaller',
    ],
    [
      'more weights than a file holds',
      on((x) => x.pipe(js.dense(40_000), js.dense(20_000))),
      'net/dense_2: expected less than 2 GiB for kernel, got [40000, 20000] with 3.0 GiB; make it smaller',
    ],
    [
      'more units than there are whole numbers',
      on((x) => x.pipe(js.dense(1e300))),
      'net/dense_1: expected a positive whole number of units, got 1e+300; give how many numbers it computes',
    ],
    [
      'a layer that is made and not applied',
      on((x) => [x.pipe(js.relu), js.dense(0)][0]),
      'net/dense: expected a positive whole number of units, got 0; give how many numbers it computes',
    ],
    [
      'a layer outside of networks',
      () => js.dense('3'),
      'dense: expected a positive whole number of units, got "3"; give how many numbers it computes',
    ],
    [
      'an image',
      onImage((x) => x.pipe(js.dense(3))),
      'net/dense_1: expected one axis, got [8, 8, 2]; put flatten before it, or write each(dense(…)) for each step',
    ],
  ],
  layerNorm: [
    ...tensorOnly('layerNorm', js.layerNorm),
    [
      'a scalar',
      on((x) => x.pipe(js.sum, js.layerNorm)),
      'net/layerNorm_1: expected at least one axis, got []; give it a vector',
    ],
  ],
  groupNorm: [
    [
      'no groups',
      onImage((x) => x.pipe(js.groupNorm())),
      'net/groupNorm_1: expected a positive whole number of groups, got nothing; give one that divides the channels',
    ],
    [
      'no call',
      onImage((x) => x.pipe(js.groupNorm, js.relu)),
      'net/groupNorm_1: expected a positive whole number of groups, got a tensor of shape [8, 8, 2]; make it first, and apply what groupNorm(…) gives',
    ],
    [
      'groups that do not divide the channels',
      onImage((x) => x.pipe(js.groupNorm(4))),
      'net/groupNorm_1: expected channels that 4 groups divide, got 2; change one of them',
    ],
    [
      'groups of one number each',
      on((x) => x.pipe(js.groupNorm(4))),
      'net/groupNorm_1: expected several elements in each group, got 4 in [4]; use fewer groups, or layerNorm',
    ],
    [
      'an option that it has not',
      onImage((x) => x.pipe(js.groupNorm(2, { eps: 1e-3 }))),
      'net/groupNorm_1: expected the options epsilon, affine, got eps; correct it or leave it out',
    ],
    [
      'no ε',
      onImage((x) => x.pipe(js.groupNorm(2, { epsilon: 0 }))),
      'net/groupNorm_1: expected a number from 1e-37 to 1e37 as epsilon, got 0; give a small number such as 1e-5',
    ],
  ],
  instanceNorm: [
    ...tensorOnly('instanceNorm', js.instanceNorm),
    [
      'a vector',
      on((x) => x.pipe(js.instanceNorm)),
      'net/instanceNorm_1: expected several elements in each group, got 4 in [4]; use fewer groups, or layerNorm',
    ],
  ],
  residual: [
    [
      'no body',
      on((x) => x.pipe(js.residual())),
      'net/residual_1: expected a function of a tensor, got nothing; give layers: (x) => x.pipe(conv2d(32), relu)',
    ],
    [
      'a body that gives nothing',
      on((x) => x.pipe(js.residual(() => undefined))),
      'net/residual_1: expected a body that gives a tensor, got nothing; return one',
    ],
    [
      'another shape',
      on((x) => x.pipe(js.residual(js.dense(3)))),
      'net/residual_1: expected a body that keeps the shape, [4], got [3]; end it with as many channels, or add a projection of x to it',
    ],
  ],
  batchNorm: [
    ...tensorOnly('batchNorm', js.batchNorm),
    [
      'a scalar',
      on((x) => x.pipe(js.sum, js.batchNorm)),
      'net/batchNorm_1: expected at least one axis, got []; give it a vector',
    ],
  ],
  dropout: [
    [
      'everything',
      on((x) => x.pipe(js.dropout(1))),
      'net/dropout_1: expected a rate from 0 up to 1, got 1; give the share to drop',
    ],
    [
      'a rate that float32 takes for 1',
      on((x) => x.pipe(js.dropout(0.99999999))),
      'net/dropout_1: expected a rate from 0 up to 1, got 0.99999999; give the share to drop',
    ],
    [
      'a rate as text',
      on((x) => x.pipe(js.dropout('0.5'))),
      'net/dropout_1: expected a rate from 0 up to 1, got "0.5"; give the share to drop',
    ],
    [
      'a rate below 0',
      on((x) => x.pipe(js.dropout(-0.1))),
      'net/dropout_1: expected a rate from 0 up to 1, got -0.1; give the share to drop',
    ],
    [
      'a rate in percent',
      on((x) => x.pipe(js.dropout(50))),
      'net/dropout_1: expected a rate from 0 up to 1, got 50; give the share to drop',
    ],
    [
      'no rate',
      on((x) => x.pipe(js.dropout())),
      'net/dropout_1: expected a rate from 0 up to 1, got nothing; give the share to drop',
    ],
    [
      'a seed',
      on((x) => x.pipe(js.dropout(0.5, { seed: 1 }))),
      'net/dropout_1: expected one argument, got also a record of seed; leave it out',
    ],
  ],
  gaussianNoise: [
    [
      'no deviation',
      on((x) => x.pipe(js.gaussianNoise())),
      'net/gaussianNoise_1: expected a positive sigma that float32 holds, got nothing; give its standard deviation',
    ],
    [
      'an infinite deviation',
      on((x) => x.pipe(js.gaussianNoise(Infinity))),
      'net/gaussianNoise_1: expected a positive sigma that float32 holds, got Infinity; give its standard deviation',
    ],
    [
      'a deviation of 0',
      on((x) => x.pipe(js.gaussianNoise(0))),
      'net/gaussianNoise_1: expected a positive sigma that float32 holds, got 0; give its standard deviation',
    ],
    [
      'a deviation as text',
      on((x) => x.pipe(js.gaussianNoise('0.1'))),
      'net/gaussianNoise_1: expected a positive sigma that float32 holds, got "0.1"; give its standard deviation',
    ],
    [
      'a deviation that float32 takes for 0',
      on((x) => x.pipe(js.gaussianNoise(1e-50))),
      'net/gaussianNoise_1: expected a positive sigma that float32 holds, got 1e-50; give its standard deviation',
    ],
  ],
  omission: [
    [
      'no share',
      onImage((x) => x.pipe(js.omission())),
      "net/omission_1: expected a share above 0 and up to 1, got nothing; the authors' is 0.4",
    ],
    [
      'more than all',
      onImage((x) => x.pipe(js.omission(1.5))),
      "net/omission_1: expected a share above 0 and up to 1, got 1.5; the authors' is 0.4",
    ],
    [
      'a share as text',
      onImage((x) => x.pipe(js.omission('0.4'))),
      'net/omission_1: expected a share above 0 and up to 1, got "0.4"; the authors\' is 0.4',
    ],
    [
      'a vector',
      on((x) => x.pipe(js.omission(0.4))),
      'net/omission_1: expected [height, width, channels], got [4]; put reshape before it',
    ],
  ],
  gaussian: [
    [
      'no dimensions',
      on((x) => x.pipe(js.gaussian())),
      "net/gaussian_1: expected a positive whole number of dimensions, got nothing; give the latent's, or the target's",
    ],
    [
      'half a dimension',
      on((x) => x.pipe(js.gaussian(2.5))),
      "net/gaussian_1: expected a positive whole number of dimensions, got 2.5; give the latent's, or the target's",
    ],
    [
      'a variance below 0',
      on((x) => x.pipe(js.gaussian(2, { variance: -1 }))),
      'net/gaussian_1: expected a number from 1e-37 to 1e37 as variance, got -1; leave it out to learn it',
    ],
    [
      'an infinite variance',
      on((x) => x.pipe(js.gaussian(2, { variance: Infinity }))),
      'net/gaussian_1: expected a number from 1e-37 to 1e37 as variance, got Infinity; leave it out to learn it',
    ],
    [
      'a variance that float32 takes for 0',
      on((x) => x.pipe(js.gaussian(2, { variance: 1e-50 }))),
      'net/gaussian_1: expected a number from 1e-37 to 1e37 as variance, got 1e-50; leave it out to learn it',
    ],
    [
      'a variance as text',
      on((x) => x.pipe(js.gaussian(2, { variance: '1' }))),
      'net/gaussian_1: expected a number from 1e-37 to 1e37 as variance, got "1"; leave it out to learn it',
    ],
    [
      'a variance without its name',
      on((x) => x.pipe(js.gaussian(2, 1))),
      'net/gaussian_1: expected options as an object, got 1; give { variance }, or nothing',
    ],
    [
      'a deviation, which is none of its options',
      on((x) => x.pipe(js.gaussian(2, { sigma: 1 }))),
      'net/gaussian_1: expected the options variance, got sigma; correct it or leave it out',
    ],
    [
      'a misspelt variance',
      on((x) => x.pipe(js.gaussian(2, { varience: 1 }))),
      'net/gaussian_1: expected the options variance, got varience; did you mean variance?',
    ],
  ],
  stopGradient: tensorOnly('stopGradient', js.stopGradient),
} satisfies Readonly<Record<string, readonly Refused[]>>;
