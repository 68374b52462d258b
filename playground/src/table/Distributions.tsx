import type { Outputs } from 'cvae-compile/runtime';
import type { Playground } from '../session/playground.ts';
import { resultsOf } from '../view/results.ts';
import { knownTruthOf } from '../view/truth.ts';
import { valuesIn, type TableColumn } from './columns.ts';
import { DataLegend } from './DataLegend.tsx';
import { Multiples } from './Multiples.tsx';
import { NumberPlot } from './NumberPlot.tsx';
import { alike, elementOf, type Alike } from './rows.ts';
import { SharePlot } from './SharePlot.tsx';
import type { Population, Table } from './state.ts';
import { sharesIn } from './shares.ts';

/** How each column is distributed, over the data: a plot a column, or one for each class where all classes are asked for. */
export const Distributions = ({
  playground,
  table,
  population,
}: {
  readonly playground: Playground;
  readonly table: Table;
  readonly population: Population;
}) => {
  const { manifest } = playground;
  const behind = table.rows && alike(manifest, table.rows, population.values);
  const several = population.groups.length > 1;
  return (
    <>
      <DataLegend
        table={table}
        settings={population.settings}
        {...(several ? {} : { behind })}
        marks={!several}
        median={several}
        baseline={!several && manifest.files.baseline !== undefined}
        truth={!several && playground.example.value !== undefined}
        chosen={!several && playground.chosen.value !== undefined}
      />
      <div class={several ? 'column-plots wide' : 'column-plots'}>
        {table.columns.map((column, i) =>
          several ? (
            <Multiples key={i} manifest={manifest} table={table} column={column} population={population} />
          ) : (
            <Single key={i} {...{ playground, table, column, population, behind }} />
          ),
        )}
      </div>
    </>
  );
};

const Single = ({
  playground: { manifest, drawing, chosen, example },
  table: { rows },
  column,
  population,
  behind,
}: {
  readonly playground: Playground;
  readonly table: Table;
  readonly column: TableColumn;
  readonly population: Population;
  readonly behind: Alike | undefined;
}) => {
  const guesses = drawing.guesses.value;
  const drawn = drawing.drawn.value;
  const data = rows && behind && elementOf(rows, column.target, column.place, behind.rows);
  const truth = example.value && knownTruthOf(manifest, example.value, column.target)[column.place];
  if (column.classes) {
    const shares = sharesIn(manifest, column, population.outputs, 0, population.count);
    return <SharePlot column={column} shares={shares} data={data} truth={truth} />;
  }
  const of = (outputs: Outputs | undefined): number | undefined =>
    outputs && resultsOf(manifest, outputs)[column.target]?.data[column.place];
  const marks = {
    mean: of(guesses?.mean),
    second: of(guesses?.baseline),
    truth,
    chosen:
      chosen.value === undefined || drawn === undefined
        ? undefined
        : valuesIn(manifest, column, drawn.samples)?.[chosen.value],
  };
  const draws = valuesIn(manifest, column, population.outputs) ?? [];
  return <NumberPlot column={column} draws={draws} data={data} marks={marks} />;
};
