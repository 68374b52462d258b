import type * as doors from '../../../src/train/index.ts';
import * as own from '../../../src/index.ts';
import { jsTrain, type Functions } from '../loose.ts';
import type { Door } from './taking.ts';

/** A small model. */
export const model = own.cvae({
  condition: { x: own.continuous(4) },
  target: own.bernoulli(4),
  latent: 2,
  recognition: ({ x, y }) => own.concat(x, y).pipe(own.gaussian(2)),
  decoder: ({ x, z }) => own.concat(x, z).pipe(own.dense(4)),
});
/** Data that are refused: what comes after the options is not of interest. */
const none = {};

const OPTIONS = [
  'epochs',
  'steps',
  'minutes',
  'baselineEpochs',
  'batch',
  'learningRate',
  'seed',
  'validation',
  'patience',
  'averaging',
  'joint',
  'augment',
  'objective',
  'optimiser',
  'engine',
  'scaling',
  'weights',
  'validateBy',
  'validateEvery',
  'resume',
  'checkpointEvery',
  'onCheckpoint',
  'signal',
  'onNotice',
  'onRate',
  'onProgress',
  'onEpoch',
  'run',
  'name',
  'report',
  'tensorboard',
  'loggers',
];

/** The door to training. */
export const TRAINING: Door<Functions<typeof doors>> = {
  train: { call: (options) => jsTrain.train(model, none, options), known: OPTIONS },
  evaluate: {
    call: (options) => jsTrain.evaluate(model, new Map(), none, options),
    known: ['samples', 'part', 'seed', 'engine', 'signal', 'onExample', 'onProgress'],
  },
  scoreModel: {
    call: (options) => jsTrain.scoreModel(model, new Map(), none, options),
    known: ['part', 'within', 'predict', 'seed', 'engine'],
  },
  scoreTable: {
    call: (options) => jsTrain.scoreTable({ train: { x: [1] }, test: { x: [1] }, drawn: { x: [1] } }, options),
    known: ['given', 'within', 'predict', 'seed', 'trees'],
  },
  elbo: { call: (options) => jsTrain.elbo(options), known: ['beta', 'freeBits', 'samples'] },
  infoVae: { call: (options) => jsTrain.infoVae(options), known: ['alpha', 'lambda', 'samples'] },
  hybrid: { call: (options) => jsTrain.hybrid(0.5, options), known: ['beta', 'freeBits', 'samples'] },
  gsnn: { call: (options) => jsTrain.gsnn(options), known: ['samples'] },
  adam: { call: (options) => jsTrain.adam(options), known: ['beta1', 'beta2', 'epsilon'] },
  adamW: { call: (options) => jsTrain.adamW(options), known: ['beta1', 'beta2', 'epsilon', 'decay'] },
  sgd: { call: (options) => jsTrain.sgd(options), known: ['momentum'] },
  linear: { call: (options) => jsTrain.linear(options), known: ['from', 'to', 'epochs'], needed: { to: 1, epochs: 5 } },
  cyclical: { call: (options) => jsTrain.cyclical(options), known: ['cycles', 'to', 'ramp'], needed: { cycles: 4 } },
  stepwise: {
    call: (options) => jsTrain.stepwise(options),
    known: ['from', 'factor', 'every'],
    needed: { from: 1, factor: 0.5, every: 2 },
  },
  cosine: { call: (options) => jsTrain.cosine(options), known: ['from', 'to'], needed: { from: 1 } },
  sequentialTrees: 'none',
  engineOf: 'none',
  usualEngine: 'none',
  onnxEngine: 'none',
  tfjsEngine: 'none',
  loadWeights: 'none',
  saveWeights: 'none',
  checkpointsIn: 'none',
  objective: 'none',
  withNoise: 'none',
  withWeights: 'none',
  iwae: 'none',
  monteCarlo: 'none',
  baselineLikelihood: 'none',
  likelihood: 'none',
  clipped: 'none',
  warmUp: 'none',
};
