import type { Draws } from '../distribution-data.ts';

/** 0 if the noise is below its probability, otherwise a draw of the other likelihood from what is left of the noise. */
export const drawer: Draws['drawer'] = async (_, { rest, zero, ...decoded }, component) => {
  const draw = await component({ ...decoded, y: rest ?? new Float32Array() });
  return (at, j, noise) => {
    const none = zero?.[at] ?? 0;
    return noise < none ? 0 : draw(at, j, (noise - none) / (1 - none));
  };
};
