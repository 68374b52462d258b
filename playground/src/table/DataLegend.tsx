import type { Settings } from '../session/settings.ts';
import type { Alike } from './rows.ts';
import { hasNumbers } from './columns.ts';
import type { Table } from './state.ts';

/** What the colours and lines of the plots are, and which rows of the data lie behind. */
export const DataLegend = ({
  table: { rows, columns },
  settings,
  behind,
  marks = false,
  median = false,
  baseline = false,
  truth = false,
  chosen = false,
}: {
  readonly table: Table;
  readonly settings: Settings;
  readonly behind?: Alike | undefined;
  readonly marks?: boolean;
  readonly median?: boolean;
  readonly baseline?: boolean;
  readonly truth?: boolean;
  readonly chosen?: boolean;
}) => (
  <p class="legend hint">
    <span>
      <i class="area drawn" /> {settings.draw ? 'samples' : 'samples of the mean, without the noise of y'}
    </span>
    {rows && (
      <span>
        <i class="area data" /> data
        {behind && ` (${behindInWords(behind)})`}
      </span>
    )}
    {marks && hasNumbers(columns) && (
      <span>
        <i class="tick" /> mean (z at the prior mean)
      </span>
    )}
    {median && hasNumbers(columns) && (
      <span>
        <i class="tick" /> median of the samples, as the number says
      </span>
    )}
    {baseline && hasNumbers(columns) && (
      <span>
        <i class="tick second" /> baseline
      </span>
    )}
    {truth && (
      <span>
        <i class="ring" /> ground truth (example)
      </span>
    )}
    {chosen && (
      <span>
        <i class="tick chosen" /> selected sample
      </span>
    )}
  </p>
);

/** Which rows of the data are shown. */
export const behindInWords = ({ rows: { length }, which }: Alike, conditions = 'conditions'): string =>
  which === 'like'
    ? `${length} rows with similar ${conditions}`
    : which === 'all'
      ? `${length} rows`
      : `all ${length} rows, as too few have similar ${conditions}`;
