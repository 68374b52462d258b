import { bodyOf } from '../dsl/network.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Body } from '../graph/node.ts';
import { resolve } from '../graph/resolve.ts';
import { sqrt } from '../layers/activations.ts';
import { add, div, mul, sub } from '../layers/arithmetic.ts';
import type { Shape } from '../shape/shape.ts';

/** What an optimiser's graph is given and gives: a parameter, its gradient and what is remembered of it, all of one shape. */
type Moments = Readonly<Record<string, Tensor>>;

/**
 * How parameters follow their gradients, element by element, as a graph of no fixed shape: an engine may apply it to each
 * parameter, or to all of them laid end to end.
 */
export interface Optimiser {
  readonly name: string;
  /** What is remembered of each element between steps; it starts as 0. */
  readonly state: readonly string[];
  /** The numbers of one step (counted from 1) that are the same for all elements, computed in double precision. */
  scalars(step: number, learningRate: number): Readonly<Record<string, number>>;
  /** From `parameter`, `gradient`, the state and the scalars to the new `parameter` and state. */
  update(given: Moments): Moments;
}

/** Adam's decay rates and ε. */
export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Kingma and Ba's Adam (2015), with β₁ 0.9, β₂ 0.999 and ε 1e-8 unless given: θ ← θ − α·m̂/(√v̂ + ε). The corrections for the
 * first steps' bias go into the step size and ε, as the paper's section 2 suggests, which saves two passes over all moments.
 */
export const adam = ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Optimiser => {
  if (![beta1, beta2].every((b) => b >= 0 && b < 1) || !(epsilon > 0))
    throw new InvalidModel(
      `adam: expected rates from 0 up to 1 and a positive epsilon, got ${beta1}, ${beta2} and ${epsilon}; mend them`,
    );
  return {
    name: 'adam',
    state: ['m', 'v'],
    scalars: (step, learningRate) => {
      const spread = Math.sqrt(1 - beta2 ** step);
      return { stepSize: (learningRate * spread) / (1 - beta1 ** step), floor: epsilon * spread };
    },
    update: ({ parameter, gradient, m, v, stepSize, floor }) => {
      if (!parameter || !gradient || !m || !v || !stepSize || !floor) throw new Error('adam: an input is missing');
      const first = add(mul(m, beta1), mul(gradient, 1 - beta1));
      const second = add(mul(v, beta2), mul(mul(gradient, gradient), 1 - beta2));
      const step = mul(div(first, add(sqrt(second), scalar(floor))), scalar(stepSize));
      return { parameter: sub(parameter, step), m: first, v: second };
    },
  };
};

// `optimiserGraph` gives scalars no axes.
const scalar = (x: Tensor): Tensor<[]> => x as Tensor as Tensor<[]>;

/** An optimiser's graph for parameters of one shape: state in, state out, scalars by name. */
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
