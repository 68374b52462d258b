import { fittedText } from '../../../src/values/fitted-text.ts';
import { Bars } from './Bars.tsx';
import { Dots } from './Dots.tsx';
import { spread, type PairColumn } from './pair.ts';
import { apart, linear, short, ticks, type Scale } from './scale.ts';
import { rankCorrelation } from './statistics.ts';
import { decimals } from '../meter/words.ts';

interface CellProps {
  readonly row: PairColumn;
  readonly column: PairColumn;
  readonly size: number;
  readonly part: 'own' | 'points' | 'words';
  readonly colours: readonly string[] | undefined;
}

const axis = ({ bins: [from, to] }: PairColumn, start: number, end: number): Scale => linear(from, to, start, end);

/** The room between a frame and what is in it. */
const INSET = 4;

/** One plot of a pair plot: a distribution, a scatter plot, or a correlation in words. */
export const Cell = ({ row, column, size, part, colours }: CellProps) => {
  const frame = <rect class="frame" width={size} height={size} />;
  if (part === 'own')
    return (
      <g role="img" aria-label={`Distribution of ${column.title}`}>
        {frame}
        <g transform={`translate(${INSET} ${size / 4})`}>
          <Bars
            draws={column.draws}
            data={column.data}
            bins={column.bins}
            width={size - 2 * INSET}
            height={(3 * size) / 4}
          />
        </g>
        <text class="pair-title" x={size / 2} y="16" text-anchor="middle">
          {cut(column.title, (size - 2 * INSET) / 7)}
        </text>
      </g>
    );
  const drawn = rankCorrelation(column.draws, row.draws);
  const known = column.data && row.data && rankCorrelation(column.data, row.data);
  const isClass = column.classes ?? row.classes;
  const words = isClass
    ? ''
    : `, rank correlation ${correlation(drawn)}${known === undefined ? '' : `, in the data ${correlation(known)}`}`;
  if (part === 'words')
    return isClass ? null : (
      <g aria-hidden="true">
        <text
          class="drawn-text"
          x={size / 2}
          y={size / 2}
          text-anchor="middle"
          style={{ fontSize: `${14 + 8 * Math.abs(drawn || 0)}px` }}
        >
          {correlation(drawn)}
        </text>
        {known !== undefined && (
          <text class="data-text" x={size / 2} y={size / 2 + 20} text-anchor="middle">
            {correlation(known)}
          </text>
        )}
      </g>
    );
  const [x, y] = [axis(column, INSET, size - INSET), axis(row, size - INSET, INSET)];
  return (
    <g role="img" aria-label={`${row.title} against ${column.title}${words}`}>
      {frame}
      {column.data && row.data && (
        <Dots kind="data" xs={placesOf(column, column.data, 1)} ys={placesOf(row, row.data, 7)} x={x} y={y} />
      )}
      <Dots
        kind="drawn"
        xs={placesOf(column, column.draws, 1)}
        ys={placesOf(row, row.draws, 7)}
        x={x}
        y={y}
        colours={colours}
      />
    </g>
  );
};

/** A text that fits, of two letters at least. */
const cut = (text: string, most: number): string => fittedText(text, Math.max(2, Math.floor(most)));

const correlation = (value: number): string => (Number.isNaN(value) ? '–' : decimals(value, 2));

/** The values of a column where they are drawn. */
const placesOf = ({ classes }: PairColumn, values: readonly number[], salt: number): readonly number[] =>
  values.map((value, i) => spread(value, salt * i + salt, classes));

/** Numbers, or names of classes, next to the outermost plots. */
export const Side = ({
  column,
  size,
  vertical,
}: {
  readonly column: PairColumn;
  readonly size: number;
  readonly vertical: boolean;
}) => {
  const { classes, bins } = column;
  const scale = axis(column, vertical ? size - INSET : INSET, vertical ? INSET : size - INSET);
  const few = classes && classes.length <= 5;
  const at = classes
    ? classes.map((_, i) => i).filter((i) => few || i % Math.ceil(classes.length / 5) === 0)
    : ticks(bins[0], bins[1], 3);
  return (
    <g class="axis" aria-hidden="true">
      {at.map((value) => {
        const text = classes?.[value] ?? short(value, apart(at));
        // Next to each other, or below.
        const fits = cut(text, vertical ? 8 : Math.min(8, size / at.length / 7));
        return vertical ? (
          <text key={value} x={-6} y={scale.at(value) + 4} text-anchor="end">
            {fits}
          </text>
        ) : (
          <text key={value} x={scale.at(value)} y={size + 16} text-anchor="middle">
            {fits}
          </text>
        );
      })}
    </g>
  );
};
