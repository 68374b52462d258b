import type { Feeds } from '../runtime/sessions.ts';
import type { Part } from '../signature.ts';

/** What runs the files of a model for a server: one call in each of its threads at a time. */
export interface Engine {
  /** How many calls may begin now. */
  readonly free: number;
  /** Whether it can run anything, now or soon. */
  readonly works: boolean;
  /** Runs a part on a batch; its arrays are handed over. */
  run(part: Part, inputs: Feeds): Promise<Feeds>;
  /** Calls back when a thread has become free. */
  onFree(callback: () => void): void;
  /** Frees everything; nothing may run meanwhile or afterwards. */
  close(): Promise<void>;
}
