import {
  bernoulli,
  concat,
  conv2d,
  cvae,
  dense,
  flatten,
  gaussian,
  image,
  maxPool2d,
  relu,
  reshape,
  upsample2d,
} from 'cvae-compile';
/** A segmentation of 128 × 128 by a U-Net, as Kohl and others' probabilistic one (2018): 3 billion products an example. */
export default cvae({
  condition: { x: image(128, 128, 1) },
  target: bernoulli(128, 128, 1),
  latent: 6,
  prior: ({ x }) =>
    x.pipe(
      conv2d(16, { stride: 2 }),
      relu,
      conv2d(32, { stride: 2 }),
      relu,
      conv2d(64, { stride: 2 }),
      relu,
      conv2d(64, { stride: 2 }),
      relu,
      flatten,
      dense(64),
      relu,
      gaussian(6),
    ),
  recognition: ({ x, y }) =>
    concat(x, y).pipe(
      conv2d(16, { stride: 2 }),
      relu,
      conv2d(32, { stride: 2 }),
      relu,
      conv2d(64, { stride: 2 }),
      relu,
      conv2d(64, { stride: 2 }),
      relu,
      flatten,
      dense(64),
      relu,
      gaussian(6),
    ),
  decoder: ({ x, z }) => {
    const a = x.pipe(conv2d(32), relu, conv2d(32), relu);
    const b = a.pipe(maxPool2d(), conv2d(64), relu, conv2d(64), relu);
    const c = b.pipe(maxPool2d(), conv2d(128), relu, conv2d(128), relu);
    const d = c.pipe(maxPool2d(), conv2d(192), relu, conv2d(192), relu);
    const e = concat(d.pipe(upsample2d(2)), c).pipe(conv2d(128), relu, conv2d(128), relu);
    const f = concat(e.pipe(upsample2d(2)), b).pipe(conv2d(64), relu, conv2d(64), relu);
    const g = concat(f.pipe(upsample2d(2)), a).pipe(conv2d(32), relu, conv2d(32), relu);
    return concat(g, z.pipe(reshape(1, 1, 6), upsample2d(128))).pipe(
      conv2d(32, { kernel: 1 }),
      relu,
      conv2d(32, { kernel: 1 }),
      relu,
      conv2d(1, { kernel: 1 }),
    );
  },
});
