import type { Gaussian } from '../dsl/gaussian.ts';
import { layer, taking } from '../dsl/check-arguments.ts';
import { constant } from '../dsl/leaves.ts';
import { apply, isTensor, type Tensor } from '../dsl/tensor.ts';
import { block } from '../dsl/trace.ts';
import { ShapeMismatch } from '../errors.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import { same } from '../shape/same.ts';
import { show } from '../shape/show.ts';
import { add, mul, sub } from './arithmetic.ts';
import { exp, square } from './activations.ts';
import { denseAs } from './dense.ts';
import { isPlain, optional, rule, scale, whole } from '../values/rules.ts';
import { sum } from './reduce.ts';

/**
 * The head that a prior and a recognition network end in: mean and log-variance of L independent dimensions, each from a
 * dense layer of its own. With `variance` only the mean is learned: `gaussian(20, { variance: 1 })` is N(μ(x), I).
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
    <N extends number>(x: Tensor<[N]>): Gaussian<L> =>
      block('gaussian', () => ({
        mean: denseAs('mean')(dims)(x),
        logVar: variance === undefined ? denseAs('logVar')(dims)(x) : constant([dims], Math.log(variance)),
      })),
);

const GAUSSIAN = rule(
  'a Gaussian, mean and logVar of one shape',
  (value) =>
    isPlain(value) &&
    isTensor(value['mean']) &&
    isTensor(value['logVar']) &&
    same(value['mean'].shape, value['logVar'].shape),
  'give what gaussian(20) gives',
);
const TENSOR = rule('a tensor', isTensor, 'give what a layer gives');

/** A draw, by Kingma and Welling's reparameterisation: mean + e^(½·logVar)·ε, with ε ~ N(0, I). */
export const reparameterise = taking(
  'reparameterise',
  { args: [GAUSSIAN, TENSOR] },
  <L extends number>({ mean, logVar }: Gaussian<L>, noise: Tensor): Tensor<[L]> =>
    // `mul` throws where the noise has another shape than the standard deviation.
    add(mean, mul(exp(mul(logVar, 0.5)), noise as Tensor as Tensor<[L]>)),
);

/** From here on e^x is so large that the deviations which it stands for are no numbers that anything could do with. */
const STEEPEST = 80;

// e^(−½·v) leaves float32's range where v is below −177, and a distance of 0 times that is not a number.
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

/** How many of p's standard deviations one of q's is. */
const narrower = <L extends number>(q: Gaussian<L>, p: Gaussian<L>): Tensor<[L]> =>
  exp(mul(sub(q.logVar, p.logVar), 0.5));

/** How many standard deviations a distance is: x²/e^v as (x·e^(−½·v))², where e^v would leave float32's range from |v| = 88 on. */
const inDeviations = <L extends number>(x: Tensor<[L]>, { logVar }: Gaussian<L>): Tensor<[L]> =>
  apply(scaled, [x, logVar], {});

/**
 * KL(q ‖ p) of each dimension, in nats, from the closed form for two Gaussians:
 * ½·(log σp² − log σq² + (σq² + (μq − μp)²)/σp² − 1). Without `p` it is N(0, I).
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
 * log p(z) − log q(z) in nats, for z = reparameterise(q, ε): one number for each example, whose mean over ε is −KL(q ‖ p). Without
 * `p` it is N(0, I).
 */
export const logRatio = taking(
  'logRatio',
  { args: [TENSOR, TENSOR, GAUSSIAN, optional(GAUSSIAN)] },
  <L extends number>(z: Tensor, epsilon: Tensor<[L]>, q: Gaussian<L>, p?: Gaussian<L>): Tensor<[]> => {
    // z is what `reparameterise` gave: of q's shape.
    const at = z as Tensor as Tensor<[L]>;
    // (z − μp)/σp from the means and ε: z itself has lost what is small beside its mean.
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
