import { size } from '../shape/size.ts';
import type { TargetSignature } from '../signature.ts';

/**
 * Returns classes as shades of grey, from black for the first to white for the last: the most probable class, or the one drawn.
 */
export const shades = (target: TargetSignature, values: Float32Array): Float32Array => {
  const count = target.shape.at(-1) ?? 1;
  const places = size(target.dataShape);
  const shade = (index: number): number => index / (count - 1);
  if (values.length === places) return values.map(shade);
  return Float32Array.from({ length: places }, (_, place) => {
    const chances = values.subarray(place * count, (place + 1) * count);
    return shade(chances.indexOf(Math.max(...chances)));
  });
};
