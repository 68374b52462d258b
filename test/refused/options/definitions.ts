import type * as doors from '../../../src/index.ts';
import { js, on, onImage, onSeries, type Functions, type Loose, type OfTensors } from '../loose.ts';
import type { Door } from './taking.ts';

const image = (options: readonly unknown[], layer: Loose): unknown => onImage((x) => x.pipe(layer(...options)))();
const series = (options: readonly unknown[], layer: Loose): unknown => onSeries((x) => x.pipe(layer(...options)))();
const mean = ({ mean: first }: { readonly mean: unknown }): unknown => first;

const KERNEL = ['kernel', 'stride', 'padding', 'dilation', 'groups'];

/** What a definition imports, but for layers of one tensor. */
export const DEFINITIONS: Door<Exclude<Functions<typeof doors>, OfTensors<typeof doors>>> = {
  conv1d: { call: (options) => series([2, options], js.conv1d), known: KERNEL },
  conv2d: { call: (options) => image([2, options], js.conv2d), known: KERNEL },
  convTranspose1d: {
    call: (options) => series([2, options], js.convTranspose1d),
    known: KERNEL,
  },
  convTranspose2d: {
    call: (options) => image([2, options], js.convTranspose2d),
    known: KERNEL,
  },
  resize2d: { call: (options) => image([4, 4, options], js.resize2d), known: ['mode'] },
  groupNorm: { call: (options) => image([2, options], js.groupNorm), known: ['epsilon', 'affine'] },
  avgPool1d: { call: (options) => series([options], js.avgPool1d), known: ['size', 'stride', 'padding'] },
  maxPool1d: { call: (options) => series([options], js.maxPool1d), known: ['size', 'stride', 'padding'] },
  avgPool2d: { call: (options) => image([options], js.avgPool2d), known: ['size', 'stride', 'padding'] },
  maxPool2d: { call: (options) => image([options], js.maxPool2d), known: ['size', 'stride', 'padding'] },
  gaussian: { call: (options) => on((x) => x.pipe(js.gaussian(2, options)))(), known: ['variance'] },
  bernoulli: { call: (options) => js.bernoulli(4, options), known: ['image', 'mask'] },
  categorical: { call: (options) => js.categorical(4, options), known: ['at', 'mask'] },
  normal: { call: (options) => js.normal(4, options), known: ['image', 'mask', 'sigma', 'floor'] },
  squaredError: { call: (options) => js.squaredError(4, options), known: ['image', 'mask'] },
  distribution: {
    call: (options) => js.distribution('mine', [4], options),
    known: ['parameters', 'mean', 'nll', 'per', 'draw', 'noise', 'image', 'mask'],
    needed: { parameters: { mean: [4] }, mean, nll: mean },
  },
  cvae: 'none',
  predictor: 'none',
  network: 'none',
  print: 'none',
  constant: 'none',
  filled: 'none',
  glorot: 'none',
  noise: 'none',
  parameter: 'none',
  apply: 'none',
  block: 'none',
  continuous: 'none',
  image: 'none',
  isUserError: 'none',
  ones: 'none',
  zeros: 'none',
  kl: 'none',
  klPerDimension: 'none',
  logRatio: 'none',
  reparameterise: 'none',
  multiScale: 'none',
  leakyRelu: 'none',
  add: 'none',
  div: 'none',
  mul: 'none',
  sub: 'none',
  group: 'none',
  repeat: 'none',
  ungroup: 'none',
  concat: 'none',
  slice: 'none',
  dense: 'none',
  dropout: 'none',
  elementwise: 'none',
  gaussianNoise: 'none',
  omission: 'none',
  crop2d: 'none',
  pad2d: 'none',
  pixelShuffle: 'none',
  residual: 'none',
  upsample1d: 'none',
  upsample2d: 'none',
  reshape: 'none',
  shaped: 'none',
};
