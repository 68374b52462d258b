import * as own from '../../../src/index.ts';
import { js, jsTrain, type Refused } from '../loose.ts';

const model = own.cvae({
  condition: { x: own.continuous(4) },
  target: own.bernoulli(4),
  latent: 2,
  recognition: ({ x, y }) => own.concat(x, y).pipe(own.gaussian(2)),
  decoder: ({ x, z }) => own.concat(x, z).pipe(own.dense(4)),
});

/** What objectives refuse. */
export const OBJECTIVES = {
  elbo: [
    [
      'a number',
      () => jsTrain.elbo(0.5),
      'elbo: expected options as an object, got 0.5; give { beta, freeBits, samples }, or nothing',
    ],
    [
      'β as text',
      () => jsTrain.elbo({ beta: '1' }),
      'elbo: expected a number from 0 up or a schedule as beta, got "1"; give what the KL is multiplied by',
    ],
    [
      'β below 0',
      () => jsTrain.elbo({ beta: -1 }),
      'elbo: expected a number from 0 up or a schedule as beta, got -1; give what the KL is multiplied by',
    ],
    [
      'an infinite β',
      () => jsTrain.elbo({ beta: Infinity }),
      'elbo: expected a number from 0 up or a schedule as beta, got Infinity; give what the KL is multiplied by',
    ],
    [
      'a misspelt β',
      () => jsTrain.elbo({ betas: 1 }),
      'elbo: expected the options beta, freeBits, samples, got betas; did you mean beta?',
    ],
    [
      'free bits below 0',
      () => jsTrain.elbo({ freeBits: -1 }),
      'elbo: expected nats from 0 up, or { total } of them, as freeBits, got -1; give the KL that costs nothing, such as 0.5 for each dimension',
    ],
    [
      'free bits in all, misspelt',
      () => jsTrain.elbo({ freeBits: { sum: 2 } }),
      'elbo: expected nats from 0 up, or { total } of them, as freeBits, got a record of sum; give the KL that costs nothing, such as 0.5 for each dimension',
    ],
    [
      'free bits with an underscore',
      () => jsTrain.elbo({ free_bits: 1 }),
      'elbo: expected the options beta, freeBits, samples, got free_bits; did you mean freeBits?',
    ],
    [
      'free bits without effect',
      () => jsTrain.elbo({ beta: 0, freeBits: 1 }),
      'elbo: expected options that have an effect, got freeBits with a beta of 0, which charges no KL; leave one out',
    ],
    [
      '0 samples',
      () => jsTrain.elbo({ samples: 0 }),
      'elbo: expected a positive whole number of draws as samples, got 0; give how many z are drawn for each example',
    ],
    [
      'half a sample',
      () => jsTrain.elbo({ samples: 1.5 }),
      'elbo: expected a positive whole number of draws as samples, got 1.5; give how many z are drawn for each example',
    ],
  ],
  iwae: [
    [
      'nothing',
      () => jsTrain.iwae(),
      'iwae: expected a positive whole number of samples, got nothing; give how many there are of each example',
    ],
    [
      'text',
      () => jsTrain.iwae('5'),
      'iwae: expected a positive whole number of samples, got "5"; give how many there are of each example',
    ],
    [
      'samples by name',
      () => jsTrain.iwae({ samples: 5 }),
      'iwae: expected a positive whole number of samples, got a record of samples; give how many there are of each example',
    ],
    ['a β', () => jsTrain.iwae(5, { beta: 1 }), 'iwae: expected one argument, got also a record of beta; leave it out'],
  ],
  monteCarlo: [
    [
      '0 samples',
      () => jsTrain.monteCarlo(0),
      'monteCarlo: expected a positive whole number of samples, got 0; give how many there are of each example',
    ],
  ],
  gsnn: [
    ['a number', () => jsTrain.gsnn(3), 'gsnn: expected options as an object, got 3; give { samples }, or nothing'],
    [
      'a β',
      () => jsTrain.gsnn({ beta: 1 }),
      'gsnn: expected the options samples, got beta; correct it or leave it out',
    ],
    [
      'half a sample',
      () => jsTrain.gsnn({ samples: 0.5 }),
      'gsnn: expected a positive whole number of draws as samples, got 0.5; give how many z are drawn for each example',
    ],
  ],
  infoVae: [
    [
      'weights that charge nothing',
      () => jsTrain.infoVae({ alpha: 0, lambda: 1 }),
      'infoVae: expected alpha + lambda above 1, got 0 + 1, which does not charge the MMD; raise lambda, or train with elbo()',
    ],
    [
      'a negative weight',
      () => jsTrain.infoVae({ lambda: -1 }),
      'infoVae: expected a number from 0 up as lambda, got -1; give the weight of the discrepancy, such as 100',
    ],
  ],
  hybrid: [
    ['nothing', () => jsTrain.hybrid(), "hybrid: expected an alpha from 0 to 1, got nothing; the paper's is 0.5"],
    ['text', () => jsTrain.hybrid('0.5'), 'hybrid: expected an alpha from 0 to 1, got "0.5"; the paper\'s is 0.5'],
    ['more than 1', () => jsTrain.hybrid(2), "hybrid: expected an alpha from 0 to 1, got 2; the paper's is 0.5"],
    [
      'α by name',
      () => jsTrain.hybrid({ alpha: 0.5 }),
      "hybrid: expected an alpha from 0 to 1, got a record of alpha; the paper's is 0.5",
    ],
    [
      'an unknown option',
      () => jsTrain.hybrid(0.5, { gamma: 1 }),
      'hybrid: expected the options beta, freeBits, samples, got gamma; correct it or leave it out',
    ],
    [
      'a β without effect',
      () => jsTrain.hybrid(0, { beta: 1 }),
      'hybrid: expected options that have an effect, got beta with an alpha of 0, which has no KL; leave it out',
    ],
  ],
  likelihood: [
    [
      'a model',
      () => jsTrain.likelihood(model),
      'likelihood: expected no arguments, got a record of ~kind, condition, target, latent, networks; leave it out',
    ],
  ],
  baselineLikelihood: [
    [
      'an option',
      () => jsTrain.baselineLikelihood({}),
      'baselineLikelihood: expected no arguments, got an empty record; leave it out',
    ],
  ],
  objective: [
    [
      'no name',
      () => jsTrain.objective(() => 0),
      'objective: expected a name of letters, digits, - and _, got a function; name the objective',
    ],
    [
      'no function',
      () => jsTrain.objective('mine'),
      'objective: expected a function of the batch and the networks, got nothing; give what computes { loss }',
    ],
    [
      'a schedule that is a number',
      () => jsTrain.objective('mine', () => 0, { weight: 1 }),
      'objective: expected schedules by name, each a function of where training is, got a record of weight; give one such as { weight: linear({ to: 1, epochs: 5 }) }',
    ],
    [
      'a schedule of two words',
      () => jsTrain.objective('mine', () => 0, { 'my weight': () => 1 }),
      'objective: expected schedules by name, each a function of where training is, got a record of my weight; give one such as { weight: linear({ to: 1, epochs: 5 }) }',
    ],
  ],
  withNoise: [
    [
      'an objective that is not called',
      () => jsTrain.withNoise(jsTrain.elbo, { x: js.dropout(0.1) }),
      'withNoise: expected an objective, got a function; give one such as elbo(), or objective(name, compute)',
    ],
    [
      'a layer without its condition',
      () => jsTrain.withNoise(jsTrain.elbo(), js.dropout(0.1)),
      'withNoise: expected layers by the name of a condition, got a function; give such as { x: dropout(0.2) }',
    ],
    [
      'a rate',
      () => jsTrain.withNoise(jsTrain.elbo(), { x: 0.1 }),
      'withNoise: expected layers by the name of a condition, got a record of x; give such as { x: dropout(0.2) }',
    ],
    [
      'a layer that cannot be',
      () => jsTrain.withNoise(jsTrain.elbo(), { x: js.dropout(2) }),
      'dropout: expected a rate from 0 up to 1, got 2; give the share to drop',
    ],
  ],
  withWeights: [
    [
      'an objective that is not called',
      () => jsTrain.withWeights(jsTrain.elbo, { rain: 2 }),
      'withWeights: expected an objective, got a function; give one such as elbo(), or objective(name, compute)',
    ],
    [
      'a single weight',
      () => jsTrain.withWeights(jsTrain.elbo(), 2),
      'withWeights: expected numbers from 0 up by the names of targets, got 2; give how much each −log p counts, such as { rain: 2 }',
    ],
    [
      'a negative weight',
      () => jsTrain.withWeights(jsTrain.elbo(), { rain: -1 }),
      'withWeights: expected numbers from 0 up by the names of targets, got a record of rain; give how much each −log p counts, such as { rain: 2 }',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
