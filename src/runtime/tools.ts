import type { expect } from './options.ts';
import type { runRows } from './rows.ts';
import type { FileRunner } from './sessions.ts';

/** What runs files, and functions that a page has loaded already: a module that imported them would divide its first part. */
export interface Tools {
  readonly engine: FileRunner;
  readonly runRows: typeof runRows;
  readonly expect: typeof expect;
}
