import {
  bernoulli,
  concat,
  cvae,
  dense,
  dropout,
  flatten,
  gaussian,
  image,
  predictor,
  relu,
  reshape,
} from 'cvae-compile';
import {
  adam,
  adamW,
  cosine,
  elbo,
  gsnn,
  hybrid,
  iwae,
  likelihood,
  linear,
  monteCarlo,
  type Objective,
  type TrainOptions,
} from 'cvae-compile/train';
import type { Model, Tensor } from 'cvae-compile';
import type { Settings } from './settings.ts';

/** What is seen of a digit, with 0 elsewhere. */
const x = image(28, 28, 1);

/** The whole digit; what is seen does not count. */
const target = bernoulli(28, 28, 1, { mask: 'x' });

/** The networks of a cell: two hidden layers each, x also given to the decoder. */
export const modelOf = ({ model, hidden, latent, dropout: rate }: Settings): Model => {
  const drop = rate > 0 ? dropout(rate) : (units: Tensor<[number]>) => units;
  const trunk = (input: Tensor<[number]>): Tensor<[number]> =>
    input.pipe(dense(hidden), relu, drop, dense(hidden), relu, drop);
  const pixels = (units: Tensor<[number]>) => units.pipe(dense(784), reshape(28, 28, 1));
  if (model === 'nn')
    return predictor({ condition: { x }, target, network: ({ x }) => pixels(trunk(x.pipe(flatten))) });
  return cvae({
    condition: { x },
    target,
    latent,
    prior: ({ x }) => trunk(x.pipe(flatten)).pipe(gaussian(latent)),
    recognition: ({ x, y }) => trunk(concat(x, y).pipe(flatten)).pipe(gaussian(latent)),
    decoder: ({ x, z }) => pixels(trunk(concat(x.pipe(flatten), z))),
  });
};

/** What a cell is trained by. */
export const objectiveOf = ({ model, freeBits, warmUp, alpha, k }: Settings): Objective => {
  const options = { ...(freeBits > 0 && { freeBits }), ...(warmUp > 0 && { beta: linear({ to: 1, epochs: warmUp }) }) };
  if (model === 'nn') return likelihood();
  if (model === 'gsnn') return gsnn();
  if (model === 'hybrid') return hybrid(alpha, options);
  return model === 'iwae' ? iwae(k) : elbo(options);
};

/** How a cell is trained: its weights are chosen by the estimated conditional likelihood in every third epoch. */
export const optionsOf = (settings: Settings): TrainOptions => {
  const { model, seed, batch, epochs, patience, learningRate, schedule, weightDecay, chooseBy } = settings;
  return {
    objective: objectiveOf(settings),
    validateBy: model === 'nn' ? likelihood() : model === 'gsnn' ? monteCarlo(chooseBy) : iwae(chooseBy),
    validateEvery: 3,
    optimiser: weightDecay > 0 ? adamW({ decay: weightDecay }) : adam(),
    learningRate: schedule === 'cosine' ? cosine({ from: learningRate }) : learningRate,
    seed,
    batch,
    epochs,
    patience,
  };
};
