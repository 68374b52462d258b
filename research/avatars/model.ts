import {
  bernoulli,
  categorical,
  concat,
  conv2d,
  convTranspose2d,
  cvae,
  dense,
  flatten,
  gaussian,
  relu,
  reshape,
} from 'cvae-compile';
import { cosine, elbo, linear, type TrainOptions } from 'cvae-compile/train';
import { readFile } from 'node:fs/promises';

const shown = {
  hair: categorical('short', 'long'),
  colour: categorical('blond', 'brown', 'black', 'red', 'blue', 'green'),
  skin: categorical('light', 'tanned', 'brown', 'dark'),
  mouth: categorical('happy', 'sad'),
  glasses: categorical('no', 'yes'),
};

/** Draws a small portrait of what it is given; the rest, such as the cut of the hair, the eyes and the clothes, is z. */
export default cvae({
  condition: shown,
  target: bernoulli(32, 32, 3),
  latent: 32,
  prior: ({ hair, colour, skin, mouth, glasses }) =>
    concat(hair, colour, skin, mouth, glasses).pipe(dense(64), relu, gaussian(32)),
  recognition: ({ y, hair, colour, skin, mouth, glasses }) =>
    concat(
      y.pipe(conv2d(16, { kernel: 4, stride: 2 }), relu, conv2d(32, { kernel: 4, stride: 2 }), relu, flatten),
      hair,
      colour,
      skin,
      mouth,
      glasses,
    ).pipe(dense(300), relu, gaussian(32)),
  decoder: ({ z, hair, colour, skin, mouth, glasses }) =>
    concat(z, hair, colour, skin, mouth, glasses).pipe(
      dense(300),
      relu,
      dense(2048),
      relu,
      reshape(8, 8, 32),
      convTranspose2d(32, { kernel: 4, stride: 2 }),
      relu,
      convTranspose2d(3, { kernel: 4, stride: 2 }),
    ),
});

/** What make.mjs wrote. */
const folder = new URL('../../out/research/avatars/', import.meta.url);

export const data = async () => {
  const pixels = await readFile(new URL('pixels.bin', folder));
  // Written by make.mjs: a list of classes for each condition.
  const classes: Record<string, string[]> = JSON.parse(await readFile(new URL('shown.json', folder), 'utf8'));
  return { ...classes, y: { data: new Uint8Array(pixels), scale: 1 / 255 } };
};

export const training: TrainOptions = {
  epochs: 40,
  learningRate: cosine({ from: 1.5e-3 }),
  objective: elbo({ beta: linear({ to: 1, epochs: 4 }) }),
  batch: 64,
};
