import type { Playground } from '../session/playground.ts';
import { rowsCsv, trendCsv } from './csv.ts';
import { Distributions } from './Distributions.tsx';
import { PairPlot } from './PairPlot.tsx';
import { SaveCsv } from './SaveCsv.tsx';
import { TABLE_VIEWS, type Table, type TableView } from './state.ts';
import { TrendView } from './TrendView.tsx';

const TITLES: Readonly<Record<TableView, string>> = { distributions: 'Distributions', trend: 'Trend', pairs: 'Pairs' };

/** What a model of a table draws: how its columns are distributed, how they follow a condition, and how they go together. */
export const TablePanel = ({ playground, table }: { readonly playground: Playground; readonly table: Table }) => {
  const { view, axes, along, population, trend, columns } = table;
  const { manifest } = playground;
  const views = TABLE_VIEWS.filter(
    (one) => one === 'distributions' || (one === 'trend' ? axes.length > 0 : columns.length > 1),
  );
  const drawn = population.value;
  const followed = trend.value;
  return (
    <section class="table-views" aria-label="Plots">
      <div class="settings">
        {views.length > 1 && (
          <fieldset class="choices joined">
            <legend class="spoken">Plots</legend>
            {views.map((one) => (
              <label key={one} class="choice">
                <input
                  type="radio"
                  name="table-view"
                  checked={view.value === one}
                  onChange={() => (view.value = one)}
                />
                <span>{TITLES[one]}</span>
              </label>
            ))}
          </fieldset>
        )}
        {view.value === 'trend' && axes.length > 1 && (
          <label class="row">
            Along
            <select value={along.value} onChange={({ currentTarget }) => (along.value = Number(currentTarget.value))}>
              {axes.map(({ title }, i) => (
                <option key={i} value={i}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        )}
        {view.value === 'trend' ? (
          <SaveCsv
            label="Save quantiles as CSV"
            file={`${manifest.name}-trend.csv`}
            text={followed && (() => trendCsv(manifest, columns, followed))}
          />
        ) : (
          <SaveCsv
            label={`Save ${drawn ? `these ${drawn.groups.length * drawn.count} ` : ''}samples as CSV`}
            file={`${manifest.name}-samples.csv`}
            text={drawn && (() => rowsCsv(manifest, drawn.values, drawn.outputs, drawn.count))}
          />
        )}
      </div>
      {view.value === 'distributions' && drawn && (
        <Distributions playground={playground} table={table} population={drawn} />
      )}
      {view.value === 'trend' && followed && <TrendView playground={playground} table={table} trend={followed} />}
      {view.value === 'pairs' && drawn && <PairPlot playground={playground} table={table} population={drawn} />}
    </section>
  );
};
