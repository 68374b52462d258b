import { jsTrain, type Refused } from '../loose.ts';

/** What optimisers and schedules refuse. */
export const STEPS = {
  adam: [
    [
      'a learning rate',
      () => jsTrain.adam({ learningRate: 1e-3 }),
      'adam: expected the options beta1, beta2, epsilon, got learningRate; correct it or leave it out',
    ],
    [
      'a number',
      () => jsTrain.adam(1e-3),
      'adam: expected options as an object, got 0.001; give { beta1, beta2, epsilon }, or nothing',
    ],
    [
      'β₁ as text',
      () => jsTrain.adam({ beta1: '0.9' }),
      'adam: expected a rate from 0 up to 1 as beta1, got "0.9"; give one such as 0.9',
    ],
    [
      'β₁ of 1',
      () => jsTrain.adam({ beta1: 1 }),
      'adam: expected a rate from 0 up to 1 as beta1, got 1; give one such as 0.9',
    ],
    [
      'β₂ that float32 takes for 1',
      () => jsTrain.adam({ beta2: 0.99999999999 }),
      'adam: expected a rate from 0 up to 1 as beta2, got 0.99999999999; give one such as 0.999',
    ],
    [
      'ε of 0',
      () => jsTrain.adam({ epsilon: 0 }),
      'adam: expected a number from 1e-37 to 1e37 as epsilon, got 0; give one such as 1e-8',
    ],
    [
      'ε that float32 takes for 0',
      () => jsTrain.adam({ epsilon: 1e-50 }),
      'adam: expected a number from 1e-37 to 1e37 as epsilon, got 1e-50; give one such as 1e-8',
    ],
    [
      'ε by its short name',
      () => jsTrain.adam({ eps: 1e-8 }),
      'adam: expected the options beta1, beta2, epsilon, got eps; correct it or leave it out',
    ],
  ],
  adamW: [
    [
      'a decay below 0',
      () => jsTrain.adamW({ decay: -1 }),
      'adamW: expected a number from 0 up as decay, got -1; give the share to lose, such as 0.01',
    ],
    [
      'a decay by another name',
      () => jsTrain.adamW({ weightDecay: 0.1 }),
      'adamW: expected the options beta1, beta2, epsilon, decay, got weightDecay; correct it or leave it out',
    ],
    [
      'an infinite decay',
      () => jsTrain.adamW({ decay: Infinity }),
      'adamW: expected a number from 0 up as decay, got Infinity; give the share to lose, such as 0.01',
    ],
  ],
  sgd: [
    [
      'a learning rate',
      () => jsTrain.sgd(0.1),
      'sgd: expected options as an object, got 0.1; give { momentum }, or nothing',
    ],
    [
      'a momentum of 1',
      () => jsTrain.sgd({ momentum: 1 }),
      'sgd: expected a rate from 0 up to 1 as momentum, got 1; give one such as 0.9',
    ],
    [
      'a momentum as text',
      () => jsTrain.sgd({ momentum: '0.9' }),
      'sgd: expected a rate from 0 up to 1 as momentum, got "0.9"; give one such as 0.9',
    ],
    [
      'a misspelt momentum',
      () => jsTrain.sgd({ momentun: 0.9 }),
      'sgd: expected the options momentum, got momentun; did you mean momentum?',
    ],
  ],
  clipped: [
    [
      'an optimiser by name',
      () => jsTrain.clipped('adam', 1),
      'clipped: expected an optimiser, got "adam"; give adam(), adamW() or sgd()',
    ],
    ['a norm alone', () => jsTrain.clipped(1), 'clipped: expected an optimiser, got 1; give adam(), adamW() or sgd()'],
    [
      'a norm of 0',
      () => jsTrain.clipped(jsTrain.adam(), 0),
      'clipped: expected a positive norm that float32 holds, got 0; give the largest that gradients may have',
    ],
    [
      'an infinite norm',
      () => jsTrain.clipped(jsTrain.adam(), Infinity),
      'clipped: expected a positive norm that float32 holds, got Infinity; give the largest that gradients may have',
    ],
    [
      'a norm by name',
      () => jsTrain.clipped(jsTrain.adam(), { norm: 1 }),
      'clipped: expected a positive norm that float32 holds, got a record of norm; give the largest that gradients may have',
    ],
  ],
  linear: [
    ['nothing', () => jsTrain.linear(), 'linear: expected options as an object, got nothing; give { to, epochs }'],
    [
      'no end',
      () => jsTrain.linear({ epochs: 3 }),
      'linear: expected a number that float32 holds as to, got nothing; give where it ends',
    ],
    [
      'numbers without their names',
      () => jsTrain.linear(0, 1, 10),
      'linear: expected options as an object, got 0; give { to, epochs }',
    ],
    [
      '0 epochs',
      () => jsTrain.linear({ to: 1, epochs: 0 }),
      'linear: expected a positive number as epochs, got 0; give how long it takes',
    ],
    [
      'a start that is no number',
      () => jsTrain.linear({ from: NaN, to: 1, epochs: 3 }),
      'linear: expected a number that float32 holds as from, got NaN; correct it',
    ],
    [
      'steps',
      () => jsTrain.linear({ to: 1, steps: 1000 }),
      'linear: expected the options from, to, epochs, got steps; correct it or leave it out',
    ],
  ],
  cyclical: [
    [
      'no cycles',
      () => jsTrain.cyclical({}),
      'cyclical: expected a positive number as cycles, got nothing; give how many there are',
    ],
    [
      'a ramp of 2',
      () => jsTrain.cyclical({ cycles: 4, ramp: 2 }),
      'cyclical: expected a positive number up to 1 as ramp, got 2; give the share of a cycle that rises',
    ],
    [
      'cycles as text',
      () => jsTrain.cyclical({ cycles: '4' }),
      'cyclical: expected a positive number as cycles, got "4"; give how many there are',
    ],
  ],
  stepwise: [
    [
      'no factor',
      () => jsTrain.stepwise({ from: 1, every: 3 }),
      'stepwise: expected a positive number as factor, got nothing; give one such as 0.5',
    ],
    [
      'a factor below 0',
      () => jsTrain.stepwise({ from: 1, factor: -1, every: 3 }),
      'stepwise: expected a positive number as factor, got -1; give one such as 0.5',
    ],
  ],
  cosine: [
    ['a number', () => jsTrain.cosine(1e-3), 'cosine: expected options as an object, got 0.001; give { from }'],
    [
      'an infinite start',
      () => jsTrain.cosine({ from: Infinity }),
      'cosine: expected a positive number as from, got Infinity; give where it begins',
    ],
    [
      'an end that is text',
      () => jsTrain.cosine({ from: 1, to: '0' }),
      'cosine: expected a number that float32 holds as to, got "0"; correct it',
    ],
  ],
  warmUp: [
    ['0 epochs', () => jsTrain.warmUp(0, 1), 'warmUp: expected a positive number, got 0; give its epochs'],
    [
      'nothing to warm up',
      () => jsTrain.warmUp(3),
      'warmUp: expected a number or a schedule, got nothing; give what is scaled up',
    ],
    [
      'options',
      () => jsTrain.warmUp({ epochs: 3 }, 1),
      'warmUp: expected a positive number, got a record of epochs; give its epochs',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
