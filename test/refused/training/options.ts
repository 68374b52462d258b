import * as own from '../../../src/index.ts';
import { jsData, jsTrain, type Loose, type Refused } from '../loose.ts';

const model = own.cvae({
  condition: { x: own.continuous(4) },
  target: own.bernoulli(4),
  latent: 2,
  recognition: ({ x, y }) => own.concat(x, y).pipe(own.gaussian(2)),
  decoder: ({ x, z }) => own.concat(x, z).pipe(own.dense(4)),
});
const data = {
  x: [
    [1, 2, 3, 4],
    [2, 3, 4, 5],
  ],
  y: [
    [0, 1, 0, 1],
    [1, 0, 1, 0],
  ],
};

/** Training with an option that cannot be meant. It must be refused before an engine is loaded. */
const option =
  (options: unknown): (() => unknown) =>
  () =>
    jsTrain.train(model, data, options);
const evaluation =
  (options: unknown): (() => unknown) =>
  () =>
    jsTrain.evaluate(model, new Map(), data, options);

/** What training and evaluation refuse. */
export const OPTIONS = {
  train: [
    [
      'no model',
      () => jsTrain.train(),
      'train: expected a model, got nothing; pass the result of cvae(…) or predictor(…)',
    ],
    [
      'a definition that is not read',
      () => jsTrain.train({ condition: {} }, data),
      'train: expected a model, got a record of condition; pass the result of cvae(…) or predictor(…)',
    ],
    [
      'options that are a number',
      option(20),
      'train: expected options as an object, got 20; give { epochs, baselineEpochs, batch, learningRate, seed, validation, patience, averaging, joint, augment, … }, or nothing',
    ],
    [
      'a misspelt option',
      option({ epoch: 3 }),
      'train: expected the options epochs, baselineEpochs, batch, learningRate, seed, validation, patience, averaging, joint, augment, …, got epoch; did you mean epochs?',
    ],
    [
      'an option of another library',
      option({ batchSize: 32 }),
      'train: expected the options epochs, baselineEpochs, batch, learningRate, seed, validation, patience, averaging, joint, augment, …, got batchSize; correct it or leave it out',
    ],
    [
      'a learning rate with an underscore',
      option({ learning_rate: 0.1 }),
      'train: expected the options epochs, baselineEpochs, batch, learningRate, seed, validation, patience, averaging, joint, augment, …, got learning_rate; did you mean learningRate?',
    ],
    [
      'epochs as text',
      option({ epochs: '3' }),
      'train: expected a positive whole number as epochs, got "3"; give the number of epochs',
    ],
    [
      'half an epoch',
      option({ epochs: 0.5 }),
      'train: expected a positive whole number as epochs, got 0.5; give the number of epochs',
    ],
    [
      'a batch of 0',
      option({ batch: 0 }),
      'train: expected a positive whole number as batch, got 0; give the examples of a step',
    ],
    [
      'an infinite batch',
      option({ batch: Infinity }),
      'train: expected a positive whole number as batch, got Infinity; give the examples of a step',
    ],
    [
      'a learning rate as text',
      option({ learningRate: '1e-3' }),
      'train: expected a positive number or a schedule as learningRate, got "1e-3"; give one such as 1e-3',
    ],
    [
      'a learning rate below 0',
      option({ learningRate: -1 }),
      'train: expected a positive number or a schedule as learningRate, got -1; give one such as 1e-3',
    ],
    [
      'a schedule that gives nothing',
      option({ learningRate: () => undefined }),
      'learningRate: expected a schedule that gives a number from 0 up, got nothing at step 1 of 1000; return a number',
    ],
    [
      'a schedule that falls below 0',
      option({ learningRate: ({ epoch }: { epoch: number }) => 1 - epoch }),
      'learningRate: expected a schedule that gives a number from 0 up, got -3.99 at step 500 of 1000; return a number',
    ],
    [
      'a schedule of β that is no number',
      option({ objective: jsTrain.elbo({ beta: () => NaN }) }),
      'beta: expected a schedule that gives a number, got NaN at step 1 of 1000; return a number',
    ],
    [
      'a seed as text',
      option({ seed: '1' }),
      'train: expected a whole number from 0 as seed, got "1"; give one such as 1',
    ],
    [
      'a seed below 0',
      option({ seed: -1 }),
      'train: expected a whole number from 0 as seed, got -1; give one such as 1',
    ],
    [
      'half a seed',
      option({ seed: 0.5 }),
      'train: expected a whole number from 0 as seed, got 0.5; give one such as 1',
    ],
    [
      'a validation in percent',
      option({ validation: 10 }),
      'train: expected a share from 0 up to 1 as validation, got 10; give one such as 0.1, or 0 for none',
    ],
    [
      'a validation that is true',
      option({ validation: true }),
      'train: expected a share from 0 up to 1 as validation, got true; give one such as 0.1, or 0 for none',
    ],
    [
      'patience of 0',
      option({ patience: 0 }),
      'train: expected a positive whole number as patience, got 0; give the epochs to wait for a better validation loss',
    ],
    [
      'averaging of 1',
      option({ averaging: 1 }),
      'train: expected a number above 0 and below 1 as averaging, got 1; give one such as 0.999',
    ],
    [
      'no augmentation',
      option({ augment: [] }),
      'train: expected a list of augmentations as augment, got an array of 0; give such as [flip(), shift()]',
    ],
    [
      'an augmentation that is not called',
      option({ augment: [jsData.flip] }),
      'train: expected a list of augmentations as augment, got an array of 1; give such as [flip(), shift()]',
    ],
    ['joint as text', option({ joint: 'yes' }), 'train: expected true or false as joint, got "yes"; give one of them'],
    [
      'an objective by name',
      option({ objective: 'elbo' }),
      'train: expected an objective as objective, got "elbo"; give one such as elbo(), or objective(name, compute)',
    ],
    [
      'an objective that is not called',
      option({ objective: jsTrain.elbo }),
      'train: expected an objective as objective, got a function; give one such as elbo(), or objective(name, compute)',
    ],
    [
      'an optimiser by name',
      option({ optimiser: 'adam' }),
      'train: expected an optimiser as optimiser, got "adam"; give adam(), adamW() or sgd()',
    ],
    [
      'an optimiser that is not called',
      option({ optimiser: jsTrain.adam }),
      'train: expected an optimiser as optimiser, got a function; give adam(), adamW() or sgd()',
    ],
    [
      'another engine',
      option({ engine: 'torch' }),
      'train: expected tfjs, onnx, auto or an engine that is loaded as engine, got "torch"; give one of them',
    ],
    [
      'scaling that is true',
      option({ scaling: true }),
      'train: expected false as scaling, got true; leave it out for what is usual',
    ],
    [
      'weights as an object',
      option({ weights: {} }),
      'train: expected weights by name as weights, got an empty record; pass the weights that train or loadWeights returned',
    ],
    [
      'a validation objective by name',
      option({ validateBy: 'iwae' }),
      'train: expected an objective as validateBy, got "iwae"; give one such as elbo(), or objective(name, compute)',
    ],
    [
      'validation after every 0 epochs',
      option({ validateEvery: 0 }),
      'train: expected a positive whole number as validateEvery, got 0; give a number of epochs',
    ],
    [
      'checkpoints after a number',
      option({ checkpointEvery: 100 }),
      'train: expected { steps } or { minutes }, positive numbers, as checkpointEvery, got 100; give one such as { minutes: 5 }',
    ],
    [
      'checkpoints after every so many seconds',
      option({ checkpointEvery: { seconds: 30 } }),
      'train: expected { steps } or { minutes }, positive numbers, as checkpointEvery, got a record of seconds; give one such as { minutes: 5 }',
    ],
    [
      'a resumption from a path',
      option({ resume: 'run' }),
      'train: expected a checkpoint as resume, got "run"; give one of checkpointsIn(folder)',
    ],
    [
      'a signal by name',
      option({ signal: 'SIGINT' }),
      'train: expected an AbortSignal as signal, got "SIGINT"; give the signal of an AbortController',
    ],
    [
      'a callback that is true',
      option({ onEpoch: true }),
      'train: expected a function as onEpoch, got true; give a function, or leave it out',
    ],
    [
      'a loss for each example',
      option({
        objective: jsTrain.objective(
          'mine',
          ({ nll, decoder, x, y }: Readonly<Record<'nll' | 'decoder' | 'x' | 'y', Loose>>) => ({
            loss: nll(decoder(x, own.noise('n', 'normal', y as never, [2])), y),
          }),
        ),
      }),
      'objective: expected one number for a batch as loss, got one for each example; take the sum, and batchMean of it',
    ],
  ],
  scoreModel: [
    [
      'a model that is none',
      () => jsTrain.scoreModel(7),
      'scoreModel: expected a model, got 7; pass the result of cvae(…) or predictor(…)',
    ],
    [
      'data of which nothing is held out',
      () => jsTrain.scoreModel(model, new Map(), data),
      'scoreModel: expected data with a test or validation part, got none; give one, such as csv(…, { test: 0.1 })',
    ],
  ],
  sequentialTrees: [
    [
      'a table that is none',
      () => jsTrain.sequentialTrees([1], { x: [1] }),
      'sequentialTrees: expected tables as objects of columns, got an array of 1; give them',
    ],
    [
      'a column that is not there',
      () => jsTrain.sequentialTrees({ x: [1] }, { y: [1] }),
      'sequentialTrees: expected given columns that train has, got y; give some of x',
    ],
    [
      'a seed that is none',
      () => jsTrain.sequentialTrees({ x: [1] }, { x: [1] }, -1),
      'sequentialTrees: expected a whole number from 0 as seed, got -1; give one such as 1',
    ],
  ],
  scoreTable: [
    [
      'a table that is none',
      () => jsTrain.scoreTable({ train: { x: [1] }, test: 7, drawn: { x: [1] } }),
      'scoreTable: expected { train, test, drawn }, each an object of columns, got an object; give them',
    ],
    [
      'a part with other columns',
      () => jsTrain.scoreTable({ train: { x: [1] }, test: { x: [1] }, drawn: { x: [1], z: [1] } }),
      'scoreTable: expected the columns of train in drawn, got z; give all parts the same columns',
    ],
    [
      'columns that are not equally long',
      () => jsTrain.scoreTable({ train: { x: [1], y: [1, 2] }, test: { x: [1], y: [1] }, drawn: { x: [1], y: [1] } }),
      'scoreTable: expected columns of one length, from 1 in train, got 1, 2; give a value of each column for each row',
    ],
    [
      'a class among numbers',
      () => jsTrain.scoreTable({ train: { x: [1] }, test: { x: ['a'] }, drawn: { x: [1] } }),
      'scoreTable: test: expected numbers in x, got string; give one kind of values in a column',
    ],
    [
      'a column that is not there',
      () => jsTrain.scoreTable({ train: { x: [1] }, test: { x: [1] }, drawn: { x: [1] } }, { predict: 'y' }),
      'scoreTable: expected columns of the table, got y; give one of x',
    ],
    [
      'numbers as classes to compare within',
      () => jsTrain.scoreTable({ train: { x: [1] }, test: { x: [1] }, drawn: { x: [1] } }, { within: 'x' }),
      'scoreTable: expected a column of classes of the table, got x; give one of x',
    ],
    [
      'no column that was drawn',
      () => jsTrain.scoreTable({ train: { x: [1] }, test: { x: [1] }, drawn: { x: [1] } }, { given: ['x'] }),
      'scoreTable: expected columns that were drawn, got all of them as given; leave some out of given',
    ],
  ],
  evaluate: [
    [
      'no model',
      () => jsTrain.evaluate(),
      'evaluate: expected a model, got nothing; pass the result of cvae(…) or predictor(…)',
    ],
    [
      'samples of 0',
      evaluation({ samples: 0 }),
      'evaluate: expected a positive whole number as samples, got 0; give how many z are drawn for each example',
    ],
    [
      'samples as text',
      evaluation({ samples: '100' }),
      'evaluate: expected a positive whole number as samples, got "100"; give how many z are drawn for each example',
    ],
    [
      'a part that there is not',
      evaluation({ part: 'tests' }),
      'evaluate: expected train, validation or test as part, got "tests"; give one of them',
    ],
    [
      'a misspelt option',
      evaluation({ sample: 3 }),
      'evaluate: expected the options samples, part, seed, monteCarlo, engine, signal, onExample, onProgress, got sample; did you mean samples?',
    ],
    [
      'a seed of NaN',
      evaluation({ seed: NaN }),
      'evaluate: expected a whole number from 0 as seed, got NaN; give one such as 1',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
