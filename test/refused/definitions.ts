import type * as own from '../../src/index.ts';
import type * as layers from '../../src/layers/index.ts';
import { EXPRESSIONS } from './definitions/expressions.ts';
import { LIKELIHOODS } from './definitions/likelihoods.ts';
import { MODELS } from './definitions/models.ts';
import { NETWORKS } from './definitions/networks.ts';
import { STEPS } from './definitions/steps.ts';
import { TARGETS } from './definitions/targets.ts';
import { VARIABLES } from './definitions/variables.ts';
import type { Functions, Refused } from './loose.ts';

/** What each function of a definition refuses, layers aside. One without such cases does not compile. */
export const DEFINITIONS: Readonly<
  Record<Exclude<Functions<typeof own>, keyof typeof layers | 'isUserError' | 'zeros' | 'ones'>, readonly Refused[]>
> = {
  ...MODELS,
  ...NETWORKS,
  ...STEPS,
  ...VARIABLES,
  ...TARGETS,
  ...LIKELIHOODS,
  ...EXPRESSIONS,
};
