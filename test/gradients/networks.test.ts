import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  add,
  avgPool2d,
  batchMean,
  batchNorm,
  concat,
  conv2d,
  convTranspose2d,
  dense,
  div,
  dropout,
  elu,
  exp,
  flatten,
  gelu,
  globalAvgPool2d,
  layerNorm,
  leakyRelu,
  log,
  logSumExp,
  maxPool2d,
  mul,
  relu,
  repeat,
  reshape,
  sigmoid,
  silu,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  upsample2d,
} from 'cvae-compile';
import { bodyOf } from '../../src/dsl/network.ts';
import type { Tensor } from '../../src/dsl/tensor.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Tf } from '../../src/graph/op.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { size } from '../../src/shape/size.ts';
import { loadBackend } from '../../src/train/backend.ts';
import { byOnnx, byTfjs, differences, exactly, valuesOf } from './tfjs.ts';
import { IS_LONG } from '../support/chosen.ts';

let tf: Tf;
beforeAll(async () => {
  tf = (await loadBackend()).tf;
});

type Vector = Tensor<[number]>;
type Image = Tensor<[number, number, number]>;

/** Layers for anything; each keeps values within bounds, where float32 has digits enough. */
const ANY: readonly ((x: Tensor) => Tensor)[] = [
  relu,
  tanh,
  sigmoid,
  elu,
  gelu,
  silu,
  softplus,
  leakyRelu(0.2),
  softmax,
  layerNorm,
  batchNorm,
  dropout(0.3),
  stopGradient,
  (x) => exp(tanh(x)),
  (x) => log(add(square(x), 1)),
  (x) => sqrt(add(square(x), 0.5)),
  (x) => div(x, add(square(x), 1)),
  (x) => mul(x, sigmoid(x)),
  (x) => sub(mul(x, 0.5), tanh(x)),
  (x) => add(tanh(x), stopGradient(x)),
  (x) => concat(x, tanh(x)) as Tensor,
];

/** Layers for vectors. */
const VECTORS: readonly ((x: Vector, n: number) => Tensor)[] = [
  (x, n) => dense(1 + (n % 6))(x),
  (x, n) => dense(2 + (n % 5))(x),
  (x) => add(x, dense(x.shape[0])(x)),
  (x) => mul(x, sigmoid(dense(x.shape[0])(x))),
  (x) => slice(0, Math.ceil(x.shape[0] / 2))(x),
  (x) => dense(12)(x).pipe(reshape(2, 3, 2)),
  (x) => dense(9)(x).pipe(reshape(3, 3, 1)),
];

/** Layers for images, of at most 6 × 6 pixels. */
const IMAGES: readonly ((x: Image, n: number) => Tensor)[] = [
  (x, n) => conv2d(1 + (n % 3))(x),
  (x, n) => conv2d(1 + (n % 3), { stride: 2 })(x),
  (x, n) => conv2d(1 + (n % 3), { kernel: 4, stride: 2 })(x),
  (x, n) => conv2d(1 + (n % 3), { kernel: 1, padding: 'valid' })(x),
  (x, n) => (x.shape[0] > 3 ? x : convTranspose2d(1 + (n % 3), { stride: 2 })(x)),
  (x, n) => (x.shape[0] > 3 ? x : convTranspose2d(1 + (n % 3), { kernel: 1, stride: 2 })(x)),
  (x, n) => convTranspose2d(1 + (n % 3))(x),
  (x) => maxPool2d({ padding: 'same' })(x),
  (x) => maxPool2d({ size: 3, stride: 1, padding: 'same' })(x),
  (x) => avgPool2d({ padding: 'same' })(x),
  (x) => avgPool2d({ size: 3, stride: 1, padding: 'same' })(x),
  (x) => (x.shape[0] > 3 ? x : upsample2d(2)(x)),
  (x) => globalAvgPool2d(x),
  (x) => flatten(x),
];

const isVector = (x: Tensor): x is Vector => x.shape.length === 1;
const isImage = (x: Tensor): x is Image => x.shape.length === 3;

interface Plan {
  readonly start: readonly number[];
  readonly picks: readonly (readonly [number, number])[];
}

/** A network of layers picked by number from those that fit, its loss the mean of sums of squares. */
const networkOf = ({ start, picks }: Plan): Graph => {
  const body = bodyOf('net', { x: start }, ({ x: given }) => {
    let x: Tensor = isVector(given as Tensor) ? dense(4)(given as Vector) : conv2d(2)(given as Image);
    for (const [pick, n] of picks) {
      const fitting = [
        ...ANY.map((layer) => () => layer(x)),
        ...(isVector(x) ? VECTORS.map((layer) => () => layer(x as Vector, n)) : []),
        ...(isImage(x) ? IMAGES.map((layer) => () => layer(x as Image, n)) : []),
      ];
      x = fitting[pick % fitting.length]?.() ?? x;
      if (size(x.shape) > 200) x = dense(5)(flatten(x) as Vector);
    }
    const many = picks.length % 2 === 0 ? repeat(2)(x) : x;
    const loss = add(sum(square(many)), logSumExp(flatten(many) as Vector));
    return { loss: batchMean(loss) };
  });
  return resolve(body, { mode: 'train' });
};

const plans = fc.record<Plan>({
  start: fc.constantFrom([5], [1], [4, 4, 1], [5, 3, 2], [1, 1, 2]),
  picks: fc.array(fc.tuple(fc.nat(1000), fc.nat(10)), { minLength: 1, maxLength: 7 }),
});

describe('the gradient of any network', () => {
  it('is that of TensorFlow.js', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.integer({ min: 1, max: 4 }), async (plan, count) => {
        const graph = networkOf(plan);
        const values = valuesOf(graph, count);
        const exact = exactly(graph, values);
        const apart = differences(byTfjs(tf, graph, values), exact);
        const rounding = differences(await byOnnx(graph, values), exact);
        // What a network cancels (the mean of a constant, the scale of one example) leaves rounding errors, and divides them
        // by next to nothing: TensorFlow.js may be as far from the truth as such errors have brought onnxruntime.
        const wrong = apart.filter(
          ({ apart, whole }, i) => !(apart <= 1e-4 * Math.max(whole, 1) || apart <= 20 * (rounding[i]?.apart ?? 0)),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: IS_LONG ? 100 : 25 },
    );
  });
});
