import { Bars } from './Bars.tsx';
import { spread, type PairColumn } from './pair.ts';
import { linear, short, ticks, type Scale } from './scale.ts';
import { rankCorrelation } from './statistics.ts';

interface CellProps {
  readonly row: PairColumn;
  readonly column: PairColumn;
  readonly size: number;
  readonly part: 'own' | 'points' | 'words';
  readonly colours: readonly string[] | undefined;
}

/** One plot of a pair plot: a distribution, a scatter plot, or a correlation in words. */
export const Cell = ({ row, column, size, part, colours }: CellProps) => {
  const frame = <rect class="frame" width={size} height={size} />;
  if (part === 'own')
    return (
      <g role="img" aria-label={`Distribution of ${column.title}`}>
        {frame}
        <g transform={`translate(0 ${size / 4})`}>
          <Bars
            draws={column.draws}
            data={column.data}
            range={column.range}
            bins={24}
            width={size}
            height={(3 * size) / 4}
          />
        </g>
        <text class="pair-title" x={size / 2} y="16" text-anchor="middle">
          {column.title}
        </text>
      </g>
    );
  const drawn = rankCorrelation(column.draws, row.draws);
  const known = column.data && row.data && rankCorrelation(column.data, row.data);
  const isClass = column.classes ?? row.classes;
  const said = isClass
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
  const [x, y] = [linear(...column.range, 4, size - 4), linear(...row.range, size - 4, 4)];
  return (
    <g role="img" aria-label={`${row.title} against ${column.title}${said}`}>
      {frame}
      {column.data && row.data && (
        <path class="dots data" d={dots(column, row, column.data, row.data, x, y).join('')} />
      )}
      {byColour(dots(column, row, column.draws, row.draws, x, y), colours).map(([colour, path]) => (
        <path key={colour} class="dots drawn" style={colour === '' ? undefined : { stroke: colour }} d={path} />
      ))}
    </g>
  );
};

const correlation = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(2).replace('-', '−'));

/** A point for each row, empty for one that is outside. */
const dots = (
  column: PairColumn,
  row: PairColumn,
  xs: readonly number[],
  ys: readonly number[],
  x: Scale,
  y: Scale,
): readonly string[] =>
  xs.map((value, i) => {
    const [a, b] = [spread(value, i, column.classes), spread(ys[i] ?? NaN, i * 7 + 3, row.classes)];
    const inside = a >= x.from && a <= x.to && b >= y.from && b <= y.to;
    return inside ? `M${x.at(a).toFixed(1)} ${y.at(b).toFixed(1)}h0` : '';
  });

/** Points by their colour, as a path each. */
const byColour = (
  points: readonly string[],
  colours: readonly string[] | undefined,
): readonly (readonly [string, string])[] => {
  const paths = new Map<string, string[]>();
  for (const [i, point] of points.entries()) {
    const colour = colours?.[i] ?? '';
    paths.set(colour, [...(paths.get(colour) ?? []), point]);
  }
  return [...paths].map(([colour, path]) => [colour, path.join('')]);
};

/** Numbers, or names of classes, beside the outermost plots. */
export const Side = ({
  column: { classes, range },
  size,
  vertical,
}: {
  readonly column: PairColumn;
  readonly size: number;
  readonly vertical: boolean;
}) => {
  const scale = linear(...range, vertical ? size - 4 : 4, vertical ? 4 : size - 4);
  const few = classes && classes.length <= 5;
  const at = classes
    ? classes.map((_, i) => i).filter((i) => few || i % Math.ceil(classes.length / 5) === 0)
    : ticks(range[0], range[1], 3);
  return (
    <g class="axis" aria-hidden="true">
      {at.map((value) => {
        const text = classes?.[value] ?? short(value);
        const fits = text.length > 8 ? `${text.slice(0, 7)}…` : text;
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
