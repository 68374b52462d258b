import type { Signal } from '@preact/signals';
import type { PairColumn } from './pair.ts';

/** Which columns are paired, and what their colours show. */
export const PairSettings = ({
  all,
  group,
  hidden,
  colour,
}: {
  readonly all: readonly PairColumn[];
  /** The condition of which all classes are asked for. */
  readonly group: string | undefined;
  readonly hidden: Signal<ReadonlySet<string>>;
  readonly colour: Signal<string>;
}) => {
  const toggle = (title: string): void => {
    const next = new Set(hidden.value);
    if (!next.delete(title)) next.add(title);
    hidden.value = next;
  };
  return (
    <div class="settings" role="group" aria-label="Pair plot">
      {all.length > 2 && (
        <fieldset class="setting">
          <legend class="hint">Columns</legend>
          <div class="row">
            {all.map(({ title }) => (
              <label key={title} class="check">
                <input type="checkbox" checked={!hidden.value.has(title)} onChange={() => toggle(title)} />
                {title}
              </label>
            ))}
          </div>
        </fieldset>
      )}
      <div class="setting">
        <label for="colour-by">Colour by</label>
        <select
          id="colour-by"
          value={colour.value}
          onChange={({ currentTarget }) => (colour.value = currentTarget.value)}
        >
          <option value="">samples / data</option>
          {[...(group === undefined ? [] : [group]), ...all.map(({ title }) => title)].map((title) => (
            <option key={title} value={title}>
              {title}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
};
