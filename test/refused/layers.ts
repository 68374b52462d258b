import type * as layers from '../../src/layers/index.ts';
import { ATTENTION } from './layers/attention.ts';
import { AXES } from './layers/axes.ts';
import { ELEMENTS } from './layers/elements.ts';
import { IMAGES } from './layers/images.ts';
import { NETWORKS } from './layers/networks.ts';
import { RECURRENT } from './layers/recurrent.ts';
import { SHAPES } from './layers/shapes.ts';
import { WINDOWS } from './layers/windows.ts';
import type { Refused } from './loose.ts';

/** What each layer refuses. A layer without such cases does not compile. */
export const LAYERS: Readonly<Record<keyof typeof layers, readonly Refused[]>> = {
  ...ATTENTION,
  ...AXES,
  ...ELEMENTS,
  ...IMAGES,
  ...NETWORKS,
  ...RECURRENT,
  ...SHAPES,
  ...WINDOWS,
};
