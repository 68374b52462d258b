import { isDrawable } from '../../../src/distributions/data/drawable.ts';
import { tableColumns } from '../table/columns.ts';
import { shownAt } from '../../../src/values/shown-at.ts';
import type { Manifest } from '../../../src/signature.ts';

/** How samples are drawn: what the runtime's `sample` takes. */
export interface Settings {
  readonly seed: number;
  readonly count: number;
  readonly temperature: number;
  /** Whether y is drawn from p(y|x,z) rather than shown by its mean. */
  readonly draw: boolean;
}

/** What a visit begins with. */
export const INITIAL: Settings = { seed: 1, count: 16, temperature: 1, draw: false };

/** What a visit of a model begins with: the temperature that training measured; rows of a table are drawn, as a mean is not such a row. */
export const initialOf = (manifest: Manifest): Settings => ({
  ...INITIAL,
  temperature: shownAt(manifest) ?? INITIAL.temperature,
  draw: (manifest.target.targets !== undefined || tableColumns(manifest) !== undefined) && isDrawable(manifest),
});

/** How many samples can be asked for. */
export const COUNTS: readonly number[] = [4, 9, 16, 25, 36, 64];
