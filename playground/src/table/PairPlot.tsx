import { useSignal } from '@preact/signals';
import type { Playground } from '../session/playground.ts';
import { DataLegend } from './DataLegend.tsx';
import { ClassLegend } from './Multiples.tsx';
import { groupOf, pairColumns, type PairColumn } from './pair.ts';
import { Cell, Side } from './PairCell.tsx';
import { PairSettings } from './PairSettings.tsx';
import { alike } from './rows.ts';
import { short } from './scale.ts';
import type { Population, Table } from './state.ts';
import { rampOf, toneOf } from './tones.ts';
import { ColourBar } from '../view/ColourBar.tsx';
import { useWidth } from './useWidth.ts';

/** The number of columns that are shown at first. */
const FIRST = 4;
const LEFT = 62;
const BOTTOM = 40;
const GAP = 8;
const LEAST = 104;

/** Draws in pairs of columns, over the data: scatter plots below the diagonal, rank correlations above it. */
export const PairPlot = ({
  playground,
  table,
  population,
}: {
  readonly playground: Playground;
  readonly table: Table;
  readonly population: Population;
}) => {
  const all = pairColumns(playground.manifest, table, population);
  const hidden = useSignal<ReadonlySet<string>>(new Set(all.slice(FIRST).map(({ title }) => title)));
  const colour = useSignal('');
  const [box, width] = useWidth<HTMLDivElement>();
  const shown = all.filter(({ title }) => !hidden.value.has(title));
  const group = groupOf(population);
  const by = [...(group ? [group] : []), ...all].find(({ title }) => title === colour.value);
  const colours = by && coloursOf(by);
  const cell = Math.max(LEAST, Math.min(240, Math.floor((width - LEFT) / Math.max(1, shown.length))));
  const size = LEFT + cell * shown.length;
  return (
    <>
      <PairSettings all={all} group={group?.title} hidden={hidden} colour={colour} />
      <DataLegend
        table={table}
        settings={population.settings}
        behind={table.rows && alike(playground.manifest, table.rows, population.values)}
      />
      {by && <ColourLegend title={by.title} classes={by.classes} range={rangeIn(by)} />}
      <div ref={box} class="scroll" tabIndex={0} role="region" aria-label="Pair plot">
        {width > 0 && (
          <svg class="pairs" width={size} height={cell * shown.length + BOTTOM}>
            {shown.map((row, i) =>
              shown.map((column, j) => (
                <g key={`${i} ${j}`} transform={`translate(${LEFT + j * cell} ${i * cell})`}>
                  <Cell
                    row={row}
                    column={column}
                    size={cell - GAP}
                    part={i === j ? 'own' : i > j ? 'points' : 'words'}
                    colours={colours}
                  />
                  {j === 0 && <Side column={row} size={cell - GAP} vertical={true} />}
                  {i === shown.length - 1 && <Side column={column} size={cell - GAP} vertical={false} />}
                </g>
              )),
            )}
          </svg>
        )}
      </div>
      <p class="hint">
        Numbers above the diagonal: Spearman’s rank correlation of the samples{table.rows && ', and of the data'}.
      </p>
    </>
  );
};

type Coloured = Pick<PairColumn, 'title' | 'classes' | 'draws'> & { readonly range?: readonly [number, number] };

const rangeIn = ({ range, draws }: Coloured): readonly [number, number] =>
  range ?? [Math.min(...draws), Math.max(...draws)];

/** A colour for each draw. */
const coloursOf = (by: Coloured): readonly string[] => {
  const { classes, draws } = by;
  const [from, to] = rangeIn(by);
  // Numbers in eight steps: points of one colour are one path.
  return draws.map((value) =>
    classes ? toneOf(value, classes.length) : rampOf(Math.round((7 * (value - from)) / (to - from || 1)) / 7),
  );
};

/** The colours of a column: of its classes, or a bar from its least to its largest number. */
const ColourLegend = ({
  title,
  classes,
  range: [from, to],
}: {
  readonly title: string;
  readonly classes: readonly string[] | undefined;
  readonly range: readonly [number, number];
}) => (
  <p class="legend hint">
    <b>{title}</b>{' '}
    {classes ? (
      <ClassLegend classes={classes} />
    ) : (
      <ColourBar
        from={short(from, to - from || Infinity)}
        to={short(to, to - from || Infinity)}
        label={title}
        colour={rampOf}
      />
    )}
  </p>
);
