import type { Body } from '../graph/node.ts';
import type { Target } from './target.ts';
import type { Variables } from './variables.ts';

/**
 * A model's networks as written in the definition, each with its own parameters. Inputs are in the units the networks
 * see.
 */
export interface Networks {
  /** Conditions → the parameters of y's distribution: the deterministic prediction ŷ. */
  readonly baseline?: Body;
  /** Conditions → `mean`, `logVar` of p(z|x). */
  readonly prior?: Body;
  /** Conditions and y → `mean`, `logVar` of q(z|x,y). */
  readonly recognition?: Body;
  /** Conditions and z → the parameters of p(y|x,z). */
  readonly decoder?: Body;
  /** A predictor's only network: conditions → the parameters of p(y|x). */
  readonly network?: Body;
}

/** A decoder that writes y step by step. */
export interface Steps {
  /** The number of steps. */
  readonly count: number;
  /** Conditions and z → what the first step is given: `previous`, `state` and `context_1`, …, or `previous_pen` and the like. */
  readonly start: Body;
  /** What a step is given, conditions and z → the parameters of its y, and `next_state`. */
  readonly step: Body;
}

/**
 * A checked definition, with or without a latent, as returned by `cvae` and `predictor`. Identified by `~kind`, not by
 * class.
 */
export interface Model<C extends Variables = Variables, T extends Target = Target, L extends number = number> {
  readonly '~kind': 'cvae' | 'predictor';
  readonly condition: C;
  readonly target: T;
  /** The number of latent dimensions; 0 for a predictor. */
  readonly latent: L;
  readonly networks: Networks;
  /** If its decoder returns `steps`. */
  readonly steps?: Steps;
}

/** A conditional VAE. */
export interface Cvae<
  C extends Variables = Variables,
  T extends Target = Target,
  L extends number = number,
> extends Model<C, T, L> {
  readonly '~kind': 'cvae';
  readonly networks: Networks & { readonly decoder: Body };
}

/** A model without a latent: p(y|x) by one deterministic network (the paper's NN and CNN). */
export interface Predictor<C extends Variables = Variables, T extends Target = Target> extends Model<C, T, 0> {
  readonly '~kind': 'predictor';
  readonly networks: { readonly network: Body };
}

/** Whether a value is a model, even if created by another copy of this package. */
export const isModel = (value: unknown): value is Model =>
  typeof value === 'object' &&
  value !== null &&
  '~kind' in value &&
  (value['~kind'] === 'cvae' || value['~kind'] === 'predictor');
