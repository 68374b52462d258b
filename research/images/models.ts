import { bernoulli, categorical, concat, cvae, dense, dropout, flatten, gaussian, relu, reshape } from 'cvae-compile';
import type { Model, Tensor } from 'cvae-compile';
import { adam, cosine, elbo, iwae, linear, type Schedule, type TrainOptions } from 'cvae-compile/train';
import { ending, starting } from './convolutions.ts';
import type { Settings } from './settings.ts';

type Image = [28, 28, 1];

/** A VAE of images of 28 × 28 bits, given their class or nothing; each class has a prior of its own. */
export const modelOf = (settings: Settings): Model => {
  const { given, latent } = settings;
  const target = bernoulli(28, 28, 1);
  const [encode, decode] = settings.network === 'mlp' ? mlps(settings) : convolutions(settings);
  if (given === 'nothing')
    return cvae({
      condition: {},
      target,
      latent,
      recognition: ({ y }) => encode(y).pipe(gaussian(latent)),
      decoder: ({ z }) => decode(z),
    });
  return cvae({
    condition: { label: categorical(10) },
    target,
    latent,
    prior: ({ label }) => label.pipe(gaussian(latent)),
    recognition: ({ y, label }) => encode(y, label).pipe(gaussian(latent)),
    decoder: ({ z, label }) => decode(concat(z, label)),
  });
};

type Encode = (y: Tensor<Image>, label?: Tensor<[number]>) => Tensor<[number]>;
type Decode = (z: Tensor<[number]>) => Tensor<Image>;

const mlps = ({ hidden, dropout: rate }: Settings): readonly [Encode, Decode] => {
  const drop = rate > 0 ? dropout(rate) : (units: Tensor<[number]>) => units;
  return [
    (y, label) => {
      const pixels: Tensor<[number]> = y.pipe(flatten);
      return (label ? concat(pixels, label) : pixels).pipe(dense(hidden), relu, drop, dense(hidden), relu, drop);
    },
    (z) => z.pipe(dense(hidden), relu, dense(hidden), relu, dense(784), reshape(28, 28, 1)),
  ];
};

const convolutions = (settings: Settings): readonly [Encode, Decode] => {
  const { hidden, dropout: rate } = settings;
  const drop = rate > 0 ? dropout(rate) : (units: Tensor<[number]>) => units;
  return [
    (y, label) => {
      const seen: Tensor<[number]> = y.pipe(starting(settings), flatten);
      return (label ? concat(seen, label) : seen).pipe(dense(hidden), relu, drop);
    },
    (z) => z.pipe(dense(hidden), relu, ending(settings)),
  ];
};

/** How it is trained: the ELBO or the bound of k samples; weights are chosen by the bound of 10 samples on validation images. */
export const optionsOf = (settings: Settings): TrainOptions => {
  const { k, seed, batch, epochs, warmUp, averaging, every } = settings;
  return {
    objective: k > 1 ? iwae(k) : warmUp > 0 ? elbo({ beta: linear({ to: 1, epochs: warmUp }) }) : elbo(),
    validateBy: iwae(10),
    validateEvery: every,
    optimiser: adam(),
    learningRate: falling(settings),
    ...(averaging > 0 && { averaging: 1 - 1 / averaging }),
    seed,
    batch,
    epochs,
    patience: epochs,
  };
};

/** A learning rate that falls along a cosine, and in the last epochs linearly to 0 besides. */
const falling = ({ learningRate, over, finish }: Settings): Schedule => {
  const along = cosine({ from: learningRate });
  return (now) => {
    const last = finish > 0 ? Math.min(1, (now.epochs - now.epoch) / finish) : 1;
    return along({ ...now, epochs: over > 0 ? over : now.epochs }) * last;
  };
};
