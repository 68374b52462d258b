import {
  add,
  bernoulli,
  concat,
  constant,
  cvae,
  dense,
  flatten,
  gaussian,
  image,
  mul,
  relu,
  reshape,
  sub,
} from 'cvae-compile';
import { digits, mnist, quadrants, randomShift, type Dataset } from 'cvae-compile/data';
import type { TrainOptions } from 'cvae-compile/train';

/** Units of each hidden layer, and of z; the paper has 1,000 and 200. */
const [UNITS, LATENT] = [500, 50];

/** A digit of which the bottom left quarter is seen. */
const x = image(28, 28, 1);
/** 1 where a pixel is seen, 0 elsewhere. */
const isSeen = Array.from({ length: 784 }, (_, pixel) => Number(pixel >= 392 && pixel % 28 < 14));
const seen = constant([28, 28, 1], isSeen);
const missing = constant(
  [28, 28, 1],
  isSeen.map((s) => 1 - s),
);

/** Draws the other three quarters of a digit: the CVAE of Sohn, Lee and Yan's section 5.1. */
export default cvae({
  condition: { x },
  target: bernoulli(28, 28, 1, { mask: 'x' }), // only what is not seen counts
  latent: LATENT,
  prior: ({ x }) => x.pipe(flatten, dense(UNITS), relu, dense(UNITS), relu, gaussian(LATENT)),
  recognition: ({ x, y }) => concat(x, y).pipe(flatten, dense(UNITS), relu, dense(UNITS), relu, gaussian(LATENT)),
  decoder: ({ x, z }) => {
    const units = concat(x.pipe(flatten), z).pipe(dense(UNITS), relu, dense(UNITS), relu);
    const drawn = units.pipe(dense(784), reshape(28, 28, 1));
    // As logits, what is seen is −6 for black to 6 for white, so that it appears in pictures.
    return add(mul(missing, drawn), mul(seen, mul(12, sub(x, 0.5))));
  },
});

/** The digits that come with the package, or MNIST from the folder that CVAE_DATA names; every second one shifted by up to a pixel. */
export const data = async (): Promise<Dataset> => {
  const all = await (process.env['CVAE_DATA'] ? mnist() : digits());
  return quadrants(1, { mask: true })(randomShift({ pixels: 1, share: 0.5 })(all));
};

/** Two minutes of processor time on the digits that come with the package. */
export const training = { epochs: 15, batch: 100, learningRate: 1e-3 } satisfies TrainOptions;
