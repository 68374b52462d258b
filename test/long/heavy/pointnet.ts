import { apply, concat, conv2d, cvae, dense, gaussian, image, normal, relu, type Op, type Tensor } from 'cvae-compile';

/** The largest over all points. */
const most: Op = {
  name: 'mostOfPoints',
  shape: ([x]) => x.slice(-1),
  run: (tf, [x]) => tf.max(x, [1, 2]),
  lower: (onnx, [x]) => onnx.ReduceMax(x, [1, 2], { keepdims: 0 }),
};
/** A vector for each point. */
const each: Op<{ points: number }> = {
  name: 'eachPoint',
  shape: ([x], { points }) => [points, 1, ...x],
  run: (tf, [x], { points }) => tf.tile(tf.reshape(x, [-1, 1, 1, x.shape.at(-1) ?? 1]), [1, points, 1, 1]),
  lower: (onnx, [x], { points }) => onnx.Tile(onnx.Unsqueeze(x, [1, 2]), [1, points, 1, 1]),
};

/** What is known of each point, and of all of them, as PointNet has it (Qi and others 2017). */
const features = (x: Tensor<[1024, 1, number]>) => {
  const local = x.pipe(conv2d(64, { kernel: 1 }), relu, conv2d(128, { kernel: 1 }), relu);
  const wide = local.pipe(conv2d(1024, { kernel: 1 }), relu);
  return { local, all: apply<object, [number]>(most, [wide], {}) as Tensor<[1024]> };
};

/** How to grasp what 1,024 points are on: 1 billion products an example, and 7 million numbers on the way. */
export default cvae({
  condition: { cloud: image(1024, 1, 3) },
  target: normal(7),
  latent: 2,
  recognition: ({ cloud, y }) => concat(features(cloud).all, y).pipe(dense(256), relu, gaussian(2)),
  decoder: ({ cloud, z }) => {
    const { local, all } = features(cloud);
    const told = apply<{ points: number }, [number, number, number]>(each, [concat(all, z)], {
      points: 1024,
    }) as Tensor as Tensor<[1024, 1, 1026]>;
    const point = concat(local, told).pipe(
      conv2d(512, { kernel: 1 }),
      relu,
      conv2d(256, { kernel: 1 }),
      relu,
      conv2d(128, { kernel: 1 }),
      relu,
    );
    return (apply<object, [number]>(most, [point], {}) as Tensor<[128]>).pipe(dense(64), relu, dense(7));
  },
});
