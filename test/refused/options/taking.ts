import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A public function that takes options: how it is called with some, their names, and those that it must be given. */
export interface Taking {
  readonly call: (options: unknown) => unknown;
  readonly known: readonly string[];
  readonly needed?: Readonly<Record<string, unknown>>;
}

/** All functions of a door; those that take no options are `none`. One that is missing does not compile. */
export type Door<Names extends string> = Readonly<Record<Names, Taking | 'none'>>;

/** Where there is nothing. */
export const NOWHERE = join(tmpdir(), 'cvae-compile', 'there', 'is', 'nothing', 'here');
