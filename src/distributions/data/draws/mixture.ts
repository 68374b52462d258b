import type { JointDraws } from '../distribution-data.ts';
import { drawComponents } from './components.ts';

/** A component at each place, by the weights, and a draw of its likelihood. */
export const joint: JointDraws['joint'] = async (target, { weights, means, ...decoded }, component) =>
  drawComponents(
    target,
    weights ?? new Float32Array(),
    await component({ ...decoded, y: means ?? new Float32Array() }),
  );
