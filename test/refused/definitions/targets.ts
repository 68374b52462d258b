import { js, type Refused } from '../loose.ts';
import { target } from './target.ts';

/** What likelihoods of numbers refuse. */
export const TARGETS = {
  laplace: [
    ...target('laplace', js.laplace, ['scale', 'floor']),
    [
      'a scale of 0',
      () => js.laplace(4, { scale: 0 }),
      "laplace: expected 'learned' or a number from 1e-37 to 1e37 as scale, got 0; give the scale of the noise",
    ],
    [
      'a floor of a fixed scale',
      () => js.laplace(4, { floor: 0.1 }),
      "laplace: expected options that have an effect, got floor with a fixed scale; leave it out, or give scale: 'learned'",
    ],
  ],
  poisson: target('poisson', js.poisson),
  negativeBinomial: [
    ...target('negativeBinomial', js.negativeBinomial, ['zeroInflated']),
    [
      'zeros in numbers',
      () => js.negativeBinomial(4, { zeroInflated: 1 }),
      'negativeBinomial: expected true or false as zeroInflated, got 1; give one of them',
    ],
  ],
} satisfies Readonly<Record<string, readonly Refused[]>>;
