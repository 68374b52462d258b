import type { Body } from '../graph/node.ts';
import { bodyOf, type Tensors } from './network.ts';
import type { Target } from './target.ts';

/**
 * What a target is, as a body of layers: from the parameters that a decoder gives and a `y` to y's mean and `nll`, −log p(y) of
 * each element in nats.
 */
export const likelihoodOf = ({ parameters, shape, mean, nll }: Target): Body =>
  bodyOf('output', { ...parameters, y: shape }, ({ y, ...given }): Tensors => {
    if (!y) throw new Error('a likelihood without a target');
    const { y: center, logVar } = mean(given);
    return { mean: center, ...(logVar && { logVar }), nll: nll(given, y) };
  });
