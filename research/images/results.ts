import { number, table } from '../quadrants/markdown.ts';
import type { Cell } from './main.ts';
import { CELLS } from './settings.ts';

/** What others report, in nats: the same task, by their own code. */
const PUBLISHED = [
  [
    'MNIST given its label, dynamic',
    'conditional IWAE of 1, 5, 50 samples ([nbip/IWAE](https://github.com/nbip/IWAE), task04)',
    '82.32, 81.41, 80.78',
    5000,
  ],
  ['MNIST given nothing, static', 'VAE ([pythae](https://github.com/clementchadebec/benchmark_VAE))', '89.78', 200],
  ['MNIST given nothing, static', 'IWAE of 50 samples (pythae)', '86.82', 5000],
  ['MNIST given nothing, static', 'residual convolutional VAE (Xu and others, arXiv:1905.13452)', '82.95', ''],
] as const;

const NAMES = { mnist: 'MNIST', fashion: 'Fashion-MNIST' } as const;

/** RESULTS.md: all cells that were run, and which were not. */
export const resultsOf = (cells: readonly Cell[]): string => {
  const missing = Object.keys(CELLS).filter((name) => !cells.some((cell) => cell.name === name));
  return [
    '# Images given their label: results',
    '',
    '<!-- Written by `node research/images/run.mjs --results` from the files in cells/. Do not edit. -->',
    '',
    'The mean of −log p(y|x) over the 10,000 test images, in nats, by importance sampling; lower is better. ± is the standard error over',
    'images. Weights were chosen by the bound of 10 samples on 10,000 validation images, and tested once.',
    '',
    ...table(
      ['cell', 'data', 'given', 'coins', '−log p', 'samples', '−ELBO', 'KL', 'active units', 'parameters'],
      cells.map(({ name, settings, test, parameters }) => [
        `\`${name}\``,
        NAMES[settings.data],
        settings.given,
        settings.coins,
        `**${number(test.importanceSampling)}** ± ${number(test.standardErrors['importanceSampling'])}`,
        String(test.samples),
        number(test.negativeElbo),
        number(test.kl),
        `${test.activeUnits} of ${settings.latent}`,
        parameters.replace(' parameters', ''),
      ]),
    ),
    ...(missing.length > 0
      ? [
          '',
          `Not run yet: ${missing.map((name) => `\`${name}\``).join(', ')}; \`node research/images/run.mjs --cell ${missing[0]}\`.`,
        ]
      : []),
    '',
    'Training was short, and the cells of dynamic coins were still getting better at its end: more epochs lower them.',
    '',
    '## What others report',
    '',
    ...table(
      ['task', 'model', '−log p', 'samples'],
      PUBLISHED.map(([task, model, nats, samples]) => [task, model, nats, String(samples)]),
    ),
    '',
    'For Fashion-MNIST given its label we found none. Static images of others are one file of coins (Larochelle and Murray’s); ours are',
    'thrown by a seed from the same grey values.',
    '',
    '## What it took',
    '',
    ...table(
      ['cell', 'epoch kept', 'validation', 'training', 'test', 'engine', 'machine'],
      cells.map(({ name, chosen, seconds, machine }) => [
        `\`${name}\``,
        `${chosen.epoch} of ${chosen.of}`,
        number(chosen.loss),
        minutes(seconds.training),
        minutes(seconds.test),
        machine.engine,
        `${machine.processor}, ${machine.cores === 1 ? '1 thread' : `${machine.cores} threads`}, Node ${machine.node}`,
      ]),
    ),
    '',
    'By the clock, while much other work ran on the same cores: the times say what it took, not how fast it is.',
    '',
  ].join('\n');
};

const minutes = (seconds: number): string => `${Math.round(seconds / 60)} min`;
