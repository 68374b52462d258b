import type { JointDraws } from '../distribution-data.ts';
import { drawComponents } from './components.ts';
import { open } from './solve.ts';

/** A component at each place, by the weights, and the step that its quantile falls into. */
export const joint: JointDraws['joint'] = async (target, { weights, location, scale }) => {
  const last = (target.settings?.['levels'] ?? 256) - 1;
  return drawComponents(target, weights ?? new Float32Array(), (at, _, noise) => {
    const u = open(noise);
    const x = (location?.[at] ?? 0) + (scale?.[at] ?? 0) * Math.log(u / (1 - u));
    return Math.round(Math.min(Math.max((x + 1) / 2, 0), 1) * last) / last;
  });
};
