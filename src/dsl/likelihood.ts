import type { Body } from '../graph/node.ts';
import { bodyOf, type Tensors } from './network.ts';
import type { Shape } from '../shape/shape.ts';
import type { Draws, Target } from './target.ts';

/**
 * Returns a target's distribution as a body of layers. It maps the decoder's parameters and `y` to y's mean and
 * whatever else a draw needs, to `nll`, −log p(y) in nats, and to `draw` if the target defines how to draw.
 */
export const likelihoodOf = ({ parameters, shape, mean, nll, draws }: Target): Body =>
  bodyOf(
    'output',
    { ...parameters, y: shape, ...noiseShapes(draws, shape) },
    ({ y, uniform, normal, ...given }): Tensors => {
      if (!y) throw new Error('a likelihood without a target');
      const { y: center, ...more } = mean(given);
      return {
        mean: center,
        ...more,
        nll: nll(given, y),
        ...(draws && { draw: draws.value(given, { ...(uniform && { uniform }), ...(normal && { normal }) }) }),
      };
    },
  );

/** Returns the shapes of the noise that a draw takes, by the names of its inputs. */
const noiseShapes = (draws: Draws | undefined, shape: Shape): Readonly<Record<string, Shape>> =>
  Object.fromEntries((draws?.noises ?? []).map((noise) => [noise, shape]));
