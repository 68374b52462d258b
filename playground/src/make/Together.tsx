import { lengthsText, MOST_STEPS } from '../../../src/making/sequences.ts';
import type { Making, TableRead } from './making.ts';

/** What an example is: one row, or all rows that share a column, in an order. */
export const Together = ({ making, table }: { readonly making: Making; readonly table: TableRead }) => {
  const { keys, likelyKey, sequences } = table;
  const disabled = making.stage.value !== 'ready';
  if (keys.length === 0) return null;
  return (
    <>
      <div class="settings">
        <label class="row">
          An example is
          <select
            value={sequences?.by ?? ''}
            disabled={disabled}
            onChange={({ currentTarget: { value } }) => making.together(value === '' ? undefined : value)}
          >
            <option value="">one row</option>
            {keys.map((name) => (
              <option key={name} value={name}>
                all rows with the same {name}
              </option>
            ))}
          </select>
        </label>
        {sequences && sequences.orders.length > 0 && (
          <label class="row">
            sorted by
            <select
              value={sequences.orderBy ?? ''}
              disabled={disabled}
              onChange={({ currentTarget: { value } }) => making.together(sequences.by, value)}
            >
              <option value="">their order in the file</option>
              {sequences.orders.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {sequences && <p class="hint">{described(sequences)}</p>}
      {!sequences && likelyKey !== undefined && (
        <p class="notice">
          The rows with the same {likelyKey} seem to be a sequence. Choose them above to draw whole sequences.
        </p>
      )}
    </>
  );
};

/** The numbers of sequences and of their rows, in words. */
const described = (sequences: NonNullable<TableRead['sequences']>): string => {
  const cut = sequences.longest > MOST_STEPS ? `; the model has the first ${MOST_STEPS}` : '';
  return `${sequences.count.toLocaleString('en')} sequences of ${lengthsText(sequences)} rows${cut}.`;
};
