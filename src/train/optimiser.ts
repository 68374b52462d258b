import { taking } from '../dsl/check-arguments.ts';
import { bodyOf } from '../dsl/network.ts';
import { constant } from '../dsl/leaves.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import type { Body } from '../graph/node.ts';
import { resolve } from '../graph/resolve.ts';
import { relu, sqrt } from '../layers/activations.ts';
import { add, div, mul, sub } from '../layers/arithmetic.ts';
import type { Shape } from '../shape/shape.ts';
import { optimiserScalars, type OptimiserSettings } from '../signature.ts';
import { between, from0, isPlain, positive, rule, scale } from '../values/rules.ts';

/** The inputs and outputs of an optimiser's graph: a parameter, its gradient and the optimiser's state, all of one shape. */
type Moments = Readonly<Record<string, Tensor>>;

/**
 * The update rule for parameters, element by element, as a graph of no fixed shape: an engine may apply it to each parameter, or
 * to all of them laid end to end.
 */
export interface Optimiser {
  readonly name: string;
  /** The names of the state kept for each element between steps; all states start at 0. */
  readonly state: readonly string[];
  /** Returns the numbers of one step (counted from 1) that are the same for all elements, computed in double precision. */
  scalars(step: number, learningRate: number): Readonly<Record<string, number>>;
  /** Computes the new `parameter` and state from `parameter`, `gradient`, the state and the scalars. */
  update(given: Moments): Moments;
  /** The optimiser's hyperparameters, which an exported file records; an optimiser without them cannot be exported. */
  readonly settings?: OptimiserSettings;
  /** The largest global norm of the gradients; if it is exceeded, all gradients are scaled down by the same factor. */
  readonly clipNorm?: number;
}

/** Adam's decay rates and ε. */
export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Returns the rule for a decay rate. */
const kept = (such: string) => between('a rate from 0 up to 1', [0, 1], `give one such as ${such}`, 'first');
const ADAM = { beta1: kept('0.9'), beta2: kept('0.999'), epsilon: scale('give one such as 1e-8') };

/**
 * Kingma and Ba's Adam (2015), by default with β₁ 0.9, β₂ 0.999 and ε 1e-8: θ ← θ − α·m̂/(√v̂ + ε). The state holds the sums Σ
 * β₁ⁱ·g and Σ β₂ⁱ·g² instead of the moments: their factors 1 − β₁ and 1 − β₂ go into the step size and ε, as do the bias
 * corrections for the first steps (the paper's section 2), which saves four passes over all parameters. A gradient above 1.8e19,
 * whose square overflows float32, ends training: its parameter would never change again.
 *
 * @example
 * ```ts
 * import { adam, clipped, cosine } from 'cvae-compile/train';
 *
 * export const training = { optimiser: clipped(adam(), 1), learningRate: cosine({ from: 1e-3 }) }; // next to a definition
 * ```
 */
export const adam = taking('adam', { options: ADAM }, (options: AdamOptions = {}): Optimiser => adamOf(options));

const adamOf = ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions): Optimiser => {
  const settings = { name: 'adam', beta1, beta2, epsilon, decay: 0 } as const;
  return {
    name: 'adam',
    state: ['velocity', 'squares'],
    settings,
    scalars: (step, learningRate) => optimiserScalars(settings, step, learningRate),
    update: ({ parameter, gradient, velocity, squares, stepSize, floor }) => {
      if (!parameter || !gradient || !velocity || !squares || !stepSize || !floor)
        throw new Error('adam: an input is missing');
      const first = add(mul(velocity, beta1), gradient);
      const second = add(mul(squares, beta2), mul(gradient, gradient));
      const step = mul(div(first, add(sqrt(second), scalar(floor))), scalar(stepSize));
      return { parameter: sub(parameter, step), velocity: first, squares: second };
    },
  };
};

/** Adam's options, and the weight decay: the fraction of a parameter lost with each step, per unit of the learning rate. */
export interface AdamWOptions extends AdamOptions {
  readonly decay?: number;
}

/**
 * Loshchilov and Hutter's AdamW (2019): Adam with weight decay that does not go through the gradient, θ ← (1 − α·λ)·θ before the
 * step. λ is 0.01 by default, as in PyTorch, and applies to all trained parameters.
 */
export const adamW = taking(
  'adamW',
  { options: { ...ADAM, decay: from0('give the share to lose, such as 0.01') } },
  (options: AdamWOptions = {}): Optimiser => decayed(options),
);

const decayed = ({ decay = 0.01, ...options }: AdamWOptions): Optimiser => {
  const plain = adamOf(options);
  if (decay === 0 || plain.settings?.name !== 'adam') return { ...plain, name: 'adamW' };
  const settings = { ...plain.settings, decay };
  return {
    ...plain,
    name: 'adamW',
    settings,
    scalars: (step, learningRate) => optimiserScalars(settings, step, learningRate),
    update: ({ parameter, kept, ...given }) => {
      if (!parameter || !kept) throw new Error('adamW: an input is missing');
      return plain.update({ ...given, parameter: mul(parameter, scalar(kept)) });
    },
  };
};

/** The options of `sgd`: how much of the last step carries over into the next one. */
export interface SgdOptions {
  readonly momentum?: number;
}

/** Gradient descent with Polyak's momentum μ, 0 by default, as in PyTorch and TensorFlow: v ← μ·v + g, θ ← θ − α·v. */
export const sgd = taking('sgd', { options: { momentum: kept('0.9') } }, (options: SgdOptions = {}): Optimiser =>
  sgdOf(options),
);

const sgdOf = ({ momentum = 0 }: SgdOptions): Optimiser => {
  const settings = { name: 'sgd', momentum } as const;
  return {
    name: 'sgd',
    state: momentum > 0 ? ['velocity'] : [],
    settings,
    scalars: (step, learningRate) => optimiserScalars(settings, step, learningRate),
    update: ({ parameter, gradient, velocity, learningRate }) => {
      if (!parameter || !gradient || !learningRate) throw new Error('sgd: an input is missing');
      const next = velocity ? add(mul(velocity, momentum), gradient) : gradient;
      return {
        parameter: sub(parameter, mul(next, scalar(learningRate))),
        ...(velocity && { velocity: next }),
      };
    },
  };
};

/** The rule for an optimiser: one of these, or a custom one. */
export const OPTIMISER = rule(
  'an optimiser',
  (value) => isPlain(value) && typeof value['scalars'] === 'function' && typeof value['update'] === 'function',
  'give adam(), adamW() or sgd()',
);

/** Returns an optimiser that scales its gradients down when their global norm, ‖g‖, exceeds `norm`. */
export const clipped = taking(
  'clipped',
  { args: [OPTIMISER, positive('norm', 'give the largest that gradients may have')] },
  (optimiser: Optimiser, norm: number): Optimiser => ({ ...optimiser, clipNorm: norm }),
);

/**
 * Returns the graph of the `factor` by which all gradients are multiplied, min(1, norm / ‖g‖): from `largest`, the larger of the
 * largest |gᵢ| and 1, and `squares`, the sum of (gᵢ / largest)², which does not overflow float32 even if ‖g‖² does.
 */
export const clipGraph = (norm: number): Graph =>
  resolve(
    bodyOf(
      'clip',
      { largest: [], squares: [] },
      ({ largest, squares }) => {
        if (!largest || !squares) throw new Error('clip: an input is missing');
        const excess = relu(sub(mul(div(sqrt(squares), norm), largest), 1));
        return { factor: div(constant([], 1), add(excess, 1)) };
      },
      () => 'scalar',
    ),
    { mode: 'train' },
  );

// `optimiserGraph` declares scalars without axes.
const scalar = (x: Tensor): Tensor<[]> => x as Tensor as Tensor<[]>;

/** Returns an optimiser's graph for parameters of one shape: state in, state out, scalars by name. */
export const optimiserGraph = (optimiser: Optimiser, shape: Shape): Graph => {
  const scalars = Object.keys(optimiser.scalars(1, 1));
  const inputs = Object.fromEntries([
    ...['parameter', 'gradient', ...optimiser.state].map((name) => [name, shape] as const),
    ...scalars.map((name) => [name, []] as const),
  ]);
  const body: Body = bodyOf(
    optimiser.name,
    inputs,
    (given) => optimiser.update(given),
    (name) => (scalars.includes(name) ? 'scalar' : 'state'),
  );
  return resolve(body, { mode: 'train' });
};
