import {
  avgPool2d,
  bernoulli,
  block,
  concat,
  conv2d,
  cvae,
  expand,
  flatten,
  gaussian,
  globalAvgPool2d,
  image,
  network,
  relu,
  resize2d,
  type Tensor,
} from 'cvae-compile';
import { list, rows } from './rows.ts';

// The original has scans of 128 × 128 and widths of 32, 64, 128 and 192.
const SIDE = 16;
const W1 = 8;
const W2 = 16;
const W3 = 32;
const W4 = 48;

const x = image(SIDE, SIDE, 1); // a scan

/** Three convolutions. */
const convs =
  <F extends number>(filters: F) =>
  <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
    block('convs', () => x.pipe(conv2d(filters), relu, conv2d(filters), relu, conv2d(filters), relu));

/** The contracting half of a U-Net, and what prior and recognition see of a scan. */
const contracted = <C extends number>(x: Tensor<[typeof SIDE, typeof SIDE, C]>) => {
  const a = x.pipe(convs(W1));
  const b = a.pipe(avgPool2d(), convs(W2));
  const c = b.pipe(avgPool2d(), convs(W3));
  return { a, b, c, d: c.pipe(avgPool2d(), convs(W4)) };
};

/** What a U-Net sees in a scan, once for all samples. */
const unet = network('unet', { x }, ({ x }) => {
  const { a, b, c, d } = contracted(x);
  const e = concat(d.pipe(resize2d(c.shape[0], c.shape[1])), c).pipe(convs(W3));
  const f = concat(e.pipe(resize2d(b.shape[0], b.shape[1])), b).pipe(convs(W2));
  return concat(f.pipe(resize2d(SIDE, SIDE)), a).pipe(convs(W1));
});

/** Outlines what may be a lesion, in as many ways as experts do (stefanknegt/Probabilistic-Unet-Pytorch). */
export default cvae({
  condition: { x },
  target: bernoulli(SIDE, SIDE, 1),
  latent: 6,
  prior: ({ x }) => contracted(x).d.pipe(globalAvgPool2d, flatten, gaussian(6)),
  recognition: ({ x, y }) => contracted(concat(x, y)).d.pipe(globalAvgPool2d, flatten, gaussian(6)),
  decoder: ({ x, z }) =>
    concat(unet({ x }), z.pipe(expand(SIDE, SIDE))).pipe(
      conv2d(W1, { kernel: 1 }),
      relu,
      conv2d(W1, { kernel: 1 }),
      relu,
      conv2d(W1, { kernel: 1 }),
      relu,
      conv2d(1, { kernel: 1 }),
    ),
});

/** Invented scans: a bright spot with a soft edge, which some experts outline narrowly and others widely. */
export const data = rows(22, (random) => {
  const [top, left, radius] = [4 + 8 * random(), 4 + 8 * random(), 2 + 2 * random()];
  const outlined = radius + (random() < 0.5 ? 2 : 0);
  const distance = (i: number) => Math.hypot(Math.floor(i / SIDE) - top, (i % SIDE) - left);
  return {
    x: list(SIDE * SIDE, (i) => 1 / (1 + Math.exp(distance(i) - radius))),
    y: list(SIDE * SIDE, (i) => Number(distance(i) < outlined)),
  };
});
