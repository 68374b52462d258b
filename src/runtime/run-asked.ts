import type { Manifest, Part } from '../signature.ts';
import type { Input } from './rows.ts';
import type { AskContext } from './ask-context.ts';
import { withoutFile } from './call-errors.ts';
import type { Encoded } from './variable.ts';

/** How a file is run on examples. */
export interface RunOptions {
  /** Further inputs. */
  readonly own?: Readonly<Record<string, Input>>;
  /** The outputs that are returned; all by default. */
  readonly outputs?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** Runs a file that is written on request. @throws Unavailable if it was not. */
export const run = (
  { name, files }: Manifest,
  { engine, runRows }: AskContext,
  part: Part,
  { rows, values }: Encoded,
  { own = {}, outputs, signal }: RunOptions,
): Promise<Readonly<Record<string, Float32Array>>> => {
  const file = files[part];
  if (!file) throw withoutFile(name, part, Object.keys(files));
  const wanted = Object.entries(file.outputs).filter(([key]) => outputs?.includes(key) ?? true);
  const asked = { ...file, outputs: Object.fromEntries(wanted) };
  return runRows(engine, part, asked, rows, { ...values, ...own }, signal);
};
