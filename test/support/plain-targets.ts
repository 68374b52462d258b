import type { Target } from '../../src/dsl/target.ts';
import {
  absoluteError,
  bernoulli,
  beta,
  continuousBernoulli,
  gamma,
  poisson,
  squaredError,
  vonMises,
} from '../../src/index.ts';

/**
 * The likelihoods of numbers that have no options of their own. By this list, tests know what they refuse and which options they accept,
 * and compare their −log p and mean on every engine.
 */
const PLAIN = {
  // One a line, so that a new one changes no other.
  absoluteError,
  bernoulli,
  beta,
  continuousBernoulli,
  gamma,
  poisson,
  squaredError,
  vonMises,
};

type Plain = keyof typeof PLAIN;

/** Returns an object with a member for each of them. */
export const forPlain = <V>(
  make: (name: Plain, likelihood: (length: number) => Target) => V,
): Readonly<Record<Plain, V>> =>
  // Its members are those of the list.
  Object.fromEntries(
    Object.entries(PLAIN).map(([name, likelihood]) => [name, make(name as Plain, likelihood)]),
  ) as Record<Plain, V>;
