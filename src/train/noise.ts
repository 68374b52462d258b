import type { Graph } from '../graph/graph.ts';
import { fillNormals, fillUniforms, stream } from '../random.ts';
import { size } from '../shape/size.ts';
import type { Scalars } from './engine.ts';

/** Draws the noise of one step: a function of the random seed and the path only, so that a resumed run sees the same. */
export function noiseOf(
  graph: Graph,
  count: number,
  seed: number,
  path: readonly (string | number)[],
): Record<string, Float32Array> {
  const noise: Record<string, Float32Array> = {};
  for (const { name, shape, lead, role, noise: distribution } of graph.inputs) {
    if (role !== 'noise') continue;
    const length = size(shape) * Math.max(lead, 1);
    // Without a batch axis there is one draw for all examples.
    const out = new Float32Array(lead === 0 ? length : count * length);
    const key = stream(seed, 'noise', name, ...path);
    noise[name] = distribution === 'normal' ? fillNormals(out, key, length) : fillUniforms(out, key, length);
  }
  return noise;
}

/** Returns scalars in the form of a graph's scalar inputs. */
export const inputsOf = (numbers: Scalars): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Float32Array.of(value)]));
