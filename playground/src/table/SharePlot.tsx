import type { TableColumn } from './columns.ts';
import { MOST_CLASSES as MOST } from './shares.ts';
import { shares as sharesOf } from './statistics.ts';

/** A column of classes: the share of each among the draws, over that in the data. */
export const SharePlot = ({
  column: { title, classes = [] },
  shares,
  data,
  truth,
}: {
  readonly column: TableColumn;
  readonly shares: readonly number[];
  readonly data: readonly number[] | undefined;
  readonly truth: number | undefined;
}) => {
  const behind = data && sharesOf(data, classes.length);
  const largest = Math.max(...shares, ...(behind ?? []), 1e-9);
  const order = classes.map((_, i) => i);
  const shown =
    classes.length > MOST ? order.sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0)).slice(0, MOST) : order;
  return (
    <figure class="column-plot">
      <figcaption>
        <b>{title}</b>
        {classes.length > MOST && (
          <span class="hint">
            {' '}
            {MOST} most frequent of {classes.length}
          </span>
        )}
      </figcaption>
      <ul class="shares">
        {shown.map((i) => (
          <li key={i}>
            <span class={truth === i ? 'share-name true' : 'share-name'}>{classes[i]}</span>
            <span class="share-bars" aria-hidden="true">
              {behind && <i class="data" style={{ width: `${(100 * (behind[i] ?? 0)) / largest}%` }} />}
              <i class="drawn" style={{ width: `${(100 * (shares[i] ?? 0)) / largest}%` }} />
            </span>
            <span class="share-value">
              {percent(shares[i] ?? 0)}
              {behind && <span class="hint"> / {percent(behind[i] ?? 0)}</span>}
            </span>
          </li>
        ))}
      </ul>
    </figure>
  );
};

/** A share as one reads it. */
export const percent = (share: number): string => `${Math.round(100 * share)} %`;
