import type { expect } from './options.ts';
import type { runRows } from './rows.ts';
import type { FileRunner } from './sessions.ts';

/**
 * What questions to a model are run with: its files, and functions that a page has loaded already; a module that imported them would
 * divide a page's first part.
 */
export interface AskContext {
  readonly engine: FileRunner;
  readonly runRows: typeof runRows;
  readonly expect: typeof expect;
}
