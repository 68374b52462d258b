import {
  bernoulli,
  categorical,
  concat,
  cvae,
  dense,
  flatten,
  gaussian,
  image,
  mlp,
  normal,
  predictor,
  relu,
} from 'cvae-compile';
import { elbo, gsnn, type train, type TrainOptions } from 'cvae-compile/train';

const digit = categorical(10);
const pixels = bernoulli(784, { image: [28, 28, 1] });

/** README's network, with a latent of any size. */
const readme = (latent: number) =>
  cvae({
    condition: { digit },
    target: pixels,
    latent,
    recognition: ({ y, digit }) => concat(y, digit).pipe(dense(200), relu, gaussian(latent)),
    decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(784)),
  });

/** The same, with a prior that sees the digit. */
const seeing = cvae({
  condition: { digit },
  target: pixels,
  latent: 20,
  prior: ({ digit }) => digit.pipe(dense(64), relu, gaussian(20)),
  recognition: ({ y, digit }) => concat(y, digit).pipe(dense(200), relu, gaussian(20)),
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(784)),
});

/** The same, with a decoder that is not given the digit. */
const deaf = cvae({
  condition: { digit },
  target: pixels,
  latent: 20,
  recognition: ({ y, digit }) => concat(y, digit).pipe(dense(200), relu, gaussian(20)),
  decoder: ({ z }) => z.pipe(dense(200), relu, dense(784)),
});

/** The same, with pixels of a normal distribution whose standard deviation is fixed. */
const normals = (sigma: number) =>
  cvae({
    condition: { digit },
    target: normal(784, { image: [28, 28, 1], sigma }),
    latent: 20,
    recognition: ({ y, digit }) => concat(y, digit).pipe(dense(200), relu, gaussian(20)),
    decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(784)),
  });

/** Says which digit is in a picture. */
export const judge = predictor({
  condition: { x: image(28, 28, 1) },
  target: categorical(10),
  network: ({ x }) => x.pipe(flatten, mlp([400, 200], { dropout: 0.3 }), dense(10)),
});

/** One model, how it is trained, and what its pictures are of. */
export interface Case {
  /** What the page calls it. */
  readonly title: string;
  readonly model: Parameters<typeof train>[0];
  readonly training: TrainOptions;
  /** Pictures besides samples at temperature 1, by the end of their file's name. */
  readonly pictures?: readonly Extra[];
}

/** Samples at another temperature or drawn pixel by pixel, or reconstructions of held-out digits. */
export type Extra = 'drawn' | 'cold' | 'best' | 'reconstructed';

const README = { epochs: 35, learningRate: 0.005, batch: 128 } as const;
/** What collapses does so in the first epochs. */
const SHORT = { ...README, epochs: 10 } as const;

export const CASES: Readonly<Record<string, Case>> = {
  readme: {
    title: "README's model",
    model: readme(20),
    training: README,
    pictures: ['drawn', 'cold', 'reconstructed'],
  },
  short: {
    title: 'trained for 3 epochs at 3e-4',
    model: readme(20),
    training: { epochs: 3, learningRate: 3e-4, batch: 128 },
    pictures: ['reconstructed'],
  },
  narrow: { title: 'latent: 2', model: readme(2), training: README, pictures: ['reconstructed'] },
  'sigma-1': {
    title: 'normal(784), σ = 1',
    model: normals(1),
    training: SHORT,
    pictures: ['reconstructed'],
  },
  'sigma-1-free': {
    title: 'normal(784), σ = 1, free bits',
    model: normals(1),
    training: { ...SHORT, objective: elbo({ freeBits: 1 }) },
  },
  'sigma-01': { title: 'normal(784), σ = 0.1', model: normals(0.1), training: SHORT },
  beta: { title: 'elbo({ beta: 20 })', model: readme(20), training: { ...SHORT, objective: elbo({ beta: 20 }) } },
  gsnn: { title: 'gsnn({ samples: 1 })', model: readme(20), training: { ...SHORT, objective: gsnn({ samples: 1 }) } },
  deaf: { title: 'a decoder that is not given the digit', model: deaf, training: SHORT },
  seeing: { title: 'a prior that sees the digit', model: seeing, training: README, pictures: ['best'] },
};
