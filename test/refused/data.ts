import type * as doors from '../../src/data/index.ts';
import { CHANGES } from './data/changes.ts';
import { SOURCES } from './data/sources.ts';
import type { Functions, Refused } from './loose.ts';

/** What each helper of data refuses. One without such cases does not compile. */
export const DATA: Readonly<
  Record<
    Exclude<
      Functions<typeof doors>,
      // They read and write bytes, or are given what the others have checked; their own tests are elsewhere.
      'batch' | 'normals' | 'showProgress' | 'stream' | 'toDataset' | 'uniforms'
    >,
    readonly Refused[]
  >
> = {
  ...CHANGES,
  ...SOURCES,
};
