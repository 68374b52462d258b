import {
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  flatten,
  gaussian,
  image,
  mlp,
  normal,
  predictor,
  relu,
  reshape,
} from 'cvae-compile';
import { EMOJI, PIECES } from './sets.ts';

const MONTHS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'] as const;
export const SKIES = ['drizzle', 'fog', 'rain', 'snow', 'sun'] as const;
const month = categorical(...MONTHS);
const weather = categorical(...SKIES);

/** README's network of that time, for clothes. */
const fashion = cvae({
  condition: { label: categorical(...PIECES) },
  target: bernoulli(28, 28, 1),
  latent: 20,
  recognition: ({ y, label }) => concat(y.pipe(flatten), label).pipe(dense(200), relu, gaussian(20)),
  decoder: ({ z, label }) => concat(z, label).pipe(dense(200), relu, dense(784), reshape(28, 28, 1)),
});

/** The same, for emoji in colour. */
const emoji = cvae({
  condition: { label: categorical(...EMOJI) },
  target: bernoulli(24, 24, 3),
  latent: 20,
  recognition: ({ y, label }) => concat(y.pipe(flatten), label).pipe(dense(200), relu, gaussian(20)),
  decoder: ({ z, label }) => concat(z, label).pipe(dense(200), relu, dense(1728), reshape(24, 24, 3)),
});

/** What docs/training.md had for the weather: normal distributions. */
const days = cvae({
  condition: { month, weather },
  target: normal(4, { sigma: 'learned' }),
  latent: 2,
  recognition: ({ y, month, weather }) => concat(y, month, weather).pipe(mlp([64, 64]), gaussian(2)),
  decoder: ({ z, month, weather }) => concat(z, month, weather).pipe(mlp([64, 64]), gaussian(4)),
});

export const BEFORE = { fashion, emoji, weather: days } as const;

/** Classifiers: of a picture, or of a day's four numbers and its month. */
export const JUDGES = {
  fashion: predictor({
    condition: { x: image(28, 28, 1) },
    target: categorical(...PIECES),
    network: ({ x }) => x.pipe(flatten, mlp([400, 200], { dropout: 0.3 }), dense(10)),
  }),
  emoji: predictor({
    condition: { x: image(24, 24, 3) },
    target: categorical(...EMOJI),
    network: ({ x }) => x.pipe(flatten, mlp([200, 100], { dropout: 0.3 }), dense(4)),
  }),
  weather: predictor({
    condition: { x: continuous(4), month },
    target: weather,
    network: ({ x, month }) => concat(x, month).pipe(mlp([32]), dense(5)),
  }),
} as const;
