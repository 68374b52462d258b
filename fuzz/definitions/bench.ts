import type { Backend } from '../../src/train/backend.ts';
import type { Engine } from './engines.ts';

/** What definitions are tried on. */
export interface Bench {
  readonly folder: string;
  readonly engines: readonly Engine[];
  readonly tfjs: readonly Backend[];
  /** Runs slow engines alongside the rest; without it they are waited for. */
  readonly later?: (run: () => Promise<void>) => void;
}
