// Objectives and optimisers, as text.
import type { Choices } from '../choices.ts';
import type { Variable } from './variables.ts';

/** What a model is: what objectives it may have depends on it. */
export interface About {
  readonly isPredictor: boolean;
  readonly hasRecognition: boolean;
  readonly hasBaseline: boolean;
  readonly hasPrior: boolean;
  readonly conditions: readonly Variable[];
}

const OWN = `objective('mine', ({ recognition, prior, decoder, nll, mask, x, y }) => {
    const q = recognition(x, y);
    if (!q) throw new Error('no q');
    const z = reparameterise(q, noise('noise', 'normal', y, q.mean.shape));
    return { loss: add(batchMean(nll(decoder(x, z), y, mask)), mul(batchMean(kl(q, prior(x))), 0.5)) };
  })`;

const elboOptions = (choices: Choices): string => {
  const options = [
    choices.of(['', 'beta: 0.5', 'beta: linear({ to: 1, epochs: 10 })', 'beta: 0']),
    choices.of(['', 'samples: 2', 'samples: 3']),
  ];
  const [beta] = options;
  const free = beta === 'beta: 0' ? '' : choices.of(['', 'freeBits: 0.1', 'freeBits: { total: 0.5 }']);
  const all = [...options, free].filter((text) => text !== '');
  return all.length > 0 ? `{ ${all.join(', ')} }` : '';
};

const mainOf = (choices: Choices, { isPredictor, hasRecognition, hasBaseline }: About): string => {
  if (isPredictor) return 'likelihood()';
  if (hasBaseline && choices.once(8)) return 'baselineLikelihood()';
  const k = choices.between(1, 3);
  const sampled = k === 1 ? '' : `{ samples: ${k} }`;
  if (!hasRecognition) return choices.of([`gsnn(${sampled})`, `monteCarlo(${k})`]);
  const options = elboOptions(choices);
  return choices.of([
    `elbo(${options})`,
    `hybrid(0.5${options === '' ? '' : `, ${options}`})`,
    `iwae(${k})`,
    `gsnn(${sampled})`,
    OWN,
    `monteCarlo(${k})`,
  ]);
};

export const trainingOf = (choices: Choices, about: About): string => {
  const main = mainOf(choices, about);
  const disturbed = choices.once(5) ? choices.from(about.conditions) : undefined;
  const layer = choices.of(['dropout(0.3)', 'gaussianNoise(0.2)']);
  const noisy = disturbed?.kind === 'image' && choices.once(2) ? 'omission(0.6)' : layer;
  const objective = disturbed ? `withNoise(${main}, { ${disturbed.name}: ${noisy} })` : main;
  const optimiser = choices.of([
    'sgd()',
    'sgd({ momentum: 0.9 })',
    'adam({ epsilon: 0.1 })',
    'adamW({ epsilon: 0.1, decay: 0.1 })',
    'clipped(sgd(), 0.5)',
  ]);
  const joint = about.hasBaseline && choices.once(2) ? ' joint: true,' : '';
  return `export const training = {
  objective: ${objective},
  optimiser: ${optimiser},${joint === '' ? '' : `\n ${joint}`}
} satisfies TrainOptions;
`;
};
