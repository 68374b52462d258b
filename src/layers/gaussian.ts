import type { Gaussian } from '../dsl/gaussian.ts';
import { layer, taking, TENSOR } from '../dsl/check-arguments.ts';
import { constant } from '../dsl/leaves.ts';
import { apply, isTensor, type Tensor } from '../dsl/tensor.ts';
import { block } from '../dsl/trace.ts';
import { ShapeMismatch } from '../errors.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Vector } from '../shape/axes.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { add, mul, sub } from './arithmetic.ts';
import { exp, square } from './activations.ts';
import { denseAs } from './dense.ts';
import { isPlain, optional, rule, scale, whole } from '../values/rules.ts';
import { sum } from './reduce.ts';

/**
 * The head of a prior or a recognition network: mean and log-variance of L independent dimensions, each from its own
 * dense layer. With `variance` only the mean is learned: `gaussian(20, { variance: 1 })` is N(μ(x), I).
 *
 * @example
 * ```ts
 * import { constant, gaussian } from 'cvae-compile';
 *
 * const { mean, logVar } = constant([200], 0).pipe(gaussian(20));
 * console.log(mean.shape, logVar.shape); // [20] [20]
 * ```
 */
export const gaussian = layer(
  'gaussian',
  {
    args: [whole('of dimensions', "give the latent's, or the target's")],
    options: { variance: scale('leave it out to learn it') },
  },
  <L extends number>(dims: L, { variance }: { readonly variance?: number } = {}) =>
    <S extends Shape>(x: Tensor<S> & Vector<S, 'gaussian', 'put flatten before it'>): Gaussian<L> =>
      block('gaussian', () => {
        // If it is no vector, `dense` says so.
        const vector = x as Tensor as Tensor<[number]>;
        return {
          mean: denseAs('mean')(dims)(vector),
          logVar: variance === undefined ? denseAs('logVar')(dims)(vector) : constant([dims], Math.log(variance)),
        };
      }),
);

const GAUSSIAN = rule(
  'a Gaussian, mean and logVar of one shape',
  (value) =>
    isPlain(value) &&
    isTensor(value['mean']) &&
    isTensor(value['logVar']) &&
    same(value['mean'].shape, value['logVar'].shape),
  'pass a Gaussian, such as gaussian(20)(x)',
);

/** Draws a sample by Kingma and Welling's reparameterisation: mean + e^(½·logVar)·ε, with ε ~ N(0, I). */
export const reparameterise = taking(
  'reparameterise',
  { args: [GAUSSIAN, TENSOR] },
  <L extends number>({ mean, logVar }: Gaussian<L>, noise: Tensor): Tensor<[L]> =>
    // `mul` throws if the shapes of the noise and the standard deviation differ.
    add(mean, mul(exp(mul(logVar, 0.5)), noise as Tensor as Tensor<[L]>)),
);

/** The largest exponent x of e^x: beyond it, distances in such small standard deviations are not useful numbers. */
const STEEPEST = 80;

// e^(−½·v) leaves float32's range if v is below −177, and 0 times infinity is NaN.
const scaled: Op = libraryOp({
  name: 'inDeviations',
  shape: ([x, logVar = x]) => {
    if (!same(x, logVar))
      throw new ShapeMismatch(
        `expected two tensors of one shape, got ${show(x)} and ${show(logVar)}; reshape or resize one of them`,
      );
    return x;
  },
  run: (tf, [x, logVar = x]) => tf.mul(x, tf.exp(tf.minimum(tf.mul(logVar, -0.5), STEEPEST))),
  lower: (onnx, [x, logVar = x]) => onnx.Mul(x, onnx.Exp(onnx.Clip(onnx.Mul(logVar, -0.5), undefined, STEEPEST))),
});

/** Returns the ratio of q's standard deviation to p's. */
const narrower = <L extends number>(q: Gaussian<L>, p: Gaussian<L>): Tensor<[L]> =>
  exp(mul(sub(q.logVar, p.logVar), 0.5));

/**
 * Returns a distance in standard deviations: x²/e^v is computed as (x·e^(−½·v))², since e^v leaves float32's range from
 * |v| = 88 on.
 */
const inDeviations = <L extends number>(x: Tensor<[L]>, { logVar }: Gaussian<L>): Tensor<[L]> =>
  apply(scaled, [x, logVar], {});

/**
 * KL(q ‖ p) of each dimension, in nats, from the closed form for two Gaussians:
 * ½·(log σp² − log σq² + (σq² + (μq − μp)²)/σp² − 1). If `p` is omitted, it is N(0, I).
 */
export const klPerDimension = taking(
  'klPerDimension',
  { args: [GAUSSIAN, optional(GAUSSIAN)] },
  <L extends number>(q: Gaussian<L>, p?: Gaussian<L>): Tensor<[L]> => {
    if (!p) return mul(sub(sub(add(exp(q.logVar), square(q.mean)), q.logVar), 1), 0.5);
    const wider = sub(q.logVar, p.logVar);
    const ratio = add(exp(wider), square(inDeviations(sub(q.mean, p.mean), p)));
    return mul(sub(sub(ratio, wider), 1), 0.5);
  },
);

/**
 * log p(z) − log q(z) in nats, for z = reparameterise(q, ε): one number for each example, whose mean over ε is −KL(q ‖
 * p). If `p` is omitted, it is N(0, I).
 */
export const logRatio = taking(
  'logRatio',
  { args: [TENSOR, TENSOR, GAUSSIAN, optional(GAUSSIAN)] },
  <L extends number>(z: Tensor, epsilon: Tensor<[L]>, q: Gaussian<L>, p?: Gaussian<L>): Tensor<[]> => {
    // z is the result of `reparameterise`, so it has q's shape.
    const at = z as Tensor as Tensor<[L]>;
    // Computes (z − μp)/σp from the means and ε: z itself has lost digits that are small compared with its mean.
    const away = p ? add(inDeviations(sub(q.mean, p.mean), p), mul(epsilon, narrower(q, p))) : at;
    const wider = p ? sub(q.logVar, p.logVar) : q.logVar;
    return mul(sum(add(sub(square(epsilon), square(away)), wider)), 0.5);
  },
);

/** KL(q ‖ p) in nats, summed over the dimensions: one number for each example. */
export const kl = taking(
  'kl',
  { args: [GAUSSIAN, optional(GAUSSIAN)] },
  <L extends number>(q: Gaussian<L>, p?: Gaussian<L>): Tensor<[]> => sum(klPerDimension(q, p)),
);
