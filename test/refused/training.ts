import type * as doors from '../../src/train/index.ts';
import type { Functions, Refused } from './loose.ts';
import { OBJECTIVES } from './training/objectives.ts';
import { OPTIONS } from './training/options.ts';
import { STEPS } from './training/steps.ts';

/** What each function of training refuses. One without such cases does not compile. */
export const TRAINING: Readonly<
  Record<
    Exclude<
      Functions<typeof doors>,
      // They take files and engines, which a definition does not name.
      'checkpointsIn' | 'engineOf' | 'loadWeights' | 'onnxEngine' | 'saveWeights' | 'tfjsEngine' | 'usualEngine'
    >,
    readonly Refused[]
  >
> = {
  ...OPTIONS,
  ...OBJECTIVES,
  ...STEPS,
};
