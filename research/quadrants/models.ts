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
  withNoise,
  type Objective,
  type TrainOptions,
} from 'cvae-compile/train';
import type { Model, Tensor } from 'cvae-compile';
import { decoder, encoder, seenMaps, wholeMaps } from './convolutions.ts';
import { pixelsOf, SIDE } from './pixels.ts';
import type { Settings } from './settings.ts';

/** The networks of a cell: two hidden layers each, x also given to the decoder. */
export const modelOf = (settings: Settings): Model => {
  const { model, hidden, latent, dropout: rate, omitY } = settings;
  const { seen, drawn } = shapesOf(settings);
  const x = image(...seen);
  // Of whole digits, what is seen does not count.
  const target = settings.form === 'whole' ? bernoulli(...drawn, { mask: 'x' }) : bernoulli(...drawn);
  const drop = rate > 0 ? dropout(rate) : (units: Tensor<[number]>) => units;
  const trunk = (input: Tensor<[number]>): Tensor<[number]> =>
    input.pipe(dense(hidden), relu, drop, dense(hidden), relu, drop);
  const partly = (y: Tensor<Image>) => (omitY > 0 ? dropout(omitY)(y) : y);
  const both = (x: Tensor<Image>, y: Tensor<Image>) =>
    settings.form === 'whole' ? concat(x, y).pipe(flatten) : concat(x.pipe(flatten), y.pipe(flatten));
  const pixels = (units: Tensor<[number]>) => units.pipe(dense(drawn[0] * drawn[1]), reshape(...drawn));
  if (model === 'nn')
    return predictor({ condition: { x }, target, network: ({ x }) => pixels(trunk(x.pipe(flatten))) });
  if (settings.network === 'conv') {
    const encode = encoder(settings);
    const flat = (image: Tensor<Image>): Tensor<[number]> => image.pipe(flatten);
    return cvae({
      condition: { x },
      target,
      latent,
      prior: ({ x }) => flat(x).pipe(seenMaps(settings), encode).pipe(gaussian(latent)),
      recognition: ({ x, y }) => encode(wholeMaps(settings, flat(x), flat(partly(y)))).pipe(gaussian(latent)),
      decoder: ({ x, z }) => concat(x.pipe(flatten), z).pipe(decoder(settings), reshape(...drawn)),
    });
  }
  return cvae({
    condition: { x },
    target,
    latent,
    prior: ({ x }) => trunk(x.pipe(flatten)).pipe(gaussian(latent)),
    recognition: ({ x, y }) => trunk(both(x, partly(y))).pipe(gaussian(latent)),
    decoder: ({ x, z }) => pixels(trunk(concat(x.pipe(flatten), z))),
  });
};

type Image = [number, number, number];

/** The shapes of what is seen and of what is drawn: both the whole digit, or each its pixels in a row. */
const shapesOf = ({ form, quadrants }: Settings): { readonly seen: Image; readonly drawn: Image } => {
  const { seen, missing } = pixelsOf(quadrants);
  return form === 'whole'
    ? { seen: [SIDE, SIDE, 1], drawn: [SIDE, SIDE, 1] }
    : { seen: [1, seen.length, 1], drawn: [1, missing.length, 1] };
};

/** What a cell is trained by. */
export const objectiveOf = (settings: Settings): Objective => {
  const { omitX } = settings;
  const clean = cleanObjectiveOf(settings);
  return omitX > 0 ? withNoise(clean, { x: dropout(omitX) }) : clean;
};

const cleanObjectiveOf = ({ model, freeBits, warmUp, beta, alpha, k }: Settings): Objective => {
  const options = {
    beta: warmUp > 0 ? linear({ to: beta, epochs: warmUp }) : beta,
    ...(freeBits > 0 && { freeBits }),
  };
  if (model === 'nn') return likelihood();
  if (model === 'gsnn') return gsnn();
  if (model === 'hybrid') return hybrid(alpha, options);
  return model === 'iwae' ? iwae(k) : elbo(options);
};

/** How a cell is trained: its weights are chosen by the estimated conditional likelihood in every third epoch. */
export const optionsOf = (settings: Settings): TrainOptions => {
  const { model, seed, batch, epochs, patience, learningRate, schedule, weightDecay, by, chooseBy, averaging } =
    settings;
  return {
    objective: objectiveOf(settings),
    validateBy:
      model === 'nn' ? likelihood() : model === 'gsnn' || by === 'monteCarlo' ? monteCarlo(chooseBy) : iwae(chooseBy),
    validateEvery: 3,
    optimiser: weightDecay > 0 ? adamW({ decay: weightDecay }) : adam(),
    learningRate: schedule === 'cosine' ? cosine({ from: learningRate }) : learningRate,
    ...(averaging > 0 && { averaging: 1 - 1 / averaging }),
    seed,
    batch,
    epochs,
    patience,
  };
};
