import { categorical, concat, convDecoder, convEncoder, cvae, dense, gaussian, normal, relu } from 'cvae-compile';
import { cosine, type TrainOptions } from 'cvae-compile/train';
import { readFile } from 'node:fs/promises';

const shown = {
  hair: categorical('short', 'long'),
  colour: categorical('blond', 'brown', 'black', 'red', 'blue', 'green'),
  skin: categorical('light', 'tanned', 'brown', 'dark'),
  mouth: categorical('happy', 'sad'),
  glasses: categorical('no', 'yes'),
};
const channels = [16, 32];

/** Draws a small portrait of what it is told; the rest, such as the cut of the hair, the eyes and the clothes, is z. */
export default cvae({
  condition: shown,
  target: normal(32, 32, 3, { sigma: 0.1 }),
  latent: 32,
  recognition: ({ y, hair, colour, skin, mouth, glasses }) =>
    concat(y.pipe(convEncoder({ channels })), hair, colour, skin, mouth, glasses).pipe(dense(256), relu, gaussian(32)),
  decoder: ({ z, hair, colour, skin, mouth, glasses }) =>
    concat(z, hair, colour, skin, mouth, glasses).pipe(
      dense(384),
      relu,
      convDecoder(32, 32, 3, { channels: channels.toReversed() }),
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

export const training: TrainOptions = { epochs: 11, learningRate: cosine({ from: 1.5e-3 }), batch: 64 };
