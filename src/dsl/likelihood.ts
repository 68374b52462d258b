import type { Body } from '../graph/node.ts';
import { bodyOf, type Tensors } from './network.ts';
import type { Target } from './target.ts';

/**
 * Returns a target's distribution as a body of layers. It maps the decoder's parameters and `y` to y's mean and
 * whatever else a draw needs, to `nll`, −log p(y) in nats, and to `draw` if the target defines how to draw.
 */
export const likelihoodOf = ({ parameters, shape, mean, nll, draws }: Target): Body =>
  bodyOf(
    'output',
    { ...parameters, y: shape, ...(draws && { [draws.noise]: shape }) },
    ({ y, uniform, normal, ...given }): Tensors => {
      if (!y) throw new Error('a likelihood without a target');
      const { y: center, ...more } = mean(given);
      const noise = uniform ?? normal;
      return {
        mean: center,
        ...more,
        nll: nll(given, y),
        ...(draws && noise && { draw: draws.value(given, noise) }),
      };
    },
  );
