import { useSignal } from '@preact/signals';
import type { Value } from '../condition/values.ts';
import type { Playground } from '../session/playground.ts';
import { classBands, quantileBands } from './bands.tsx';
import { hasNumbers, type TableColumn } from './columns.ts';
import { behindInWords } from './DataLegend.tsx';
import { Dots } from './Dots.tsx';
import { alike, elementOf } from './rows.ts';
import { apart, linear, short, ticks, type Scale } from './scale.ts';
import { ClassLegend } from './Multiples.tsx';
import { percent } from './SharePlot.tsx';
import type { Axis, Table, Trend } from './state.ts';
import { toneOf } from './tones.ts';
import { useWidth } from './useWidth.ts';
import { XAxis } from './XAxis.tsx';

const HEIGHT = 170;
/** Room for the numbers at the left. */
const LEFT = 44;

/** Each column along a number of a condition: its quantiles as a band, or the shares of its classes, over the data. */
export const TrendView = ({
  playground,
  table,
  trend,
}: {
  readonly playground: Playground;
  readonly table: Table;
  readonly trend: Trend;
}) => {
  const { axis } = trend;
  const { rows } = table;
  const several = trend.groups.length > 1;
  const now = numberAt(playground, axis);
  const pointed = useSignal<number | undefined>(undefined);
  const behind = rows && alike(playground.manifest, rows, trend.values, axis.condition);
  const all = Object.keys(trend.values).find((name) => trend.values[name]?.kind === 'all');
  const points = rows &&
    behind && {
      x: elementOf(rows, axis.condition, axis.place, behind.rows),
      behind,
      colours:
        all === undefined || !rows.columns.has(all)
          ? undefined
          : elementOf(rows, all, 0, behind.rows).map((group) => toneOf(group, trend.groups.length)),
    };
  const shared = {
    playground,
    trend,
    now,
    pointed: pointed.value,
    onPoint: (x: number | undefined) => (pointed.value = x),
  };
  return (
    <>
      <p class="legend hint">
        {!hasNumbers(table.columns) ? null : several ? (
          <>
            <ClassLegend classes={trend.groups} />
            <span>line: median, band: 25–75 % of samples</span>
          </>
        ) : (
          <>
            <span>
              <i class="area band-outer" /> 5–95 % of samples
            </span>
            <span>
              <i class="area band-inner" /> 25–75 %
            </span>
            <span>
              <i class="line" /> median
            </span>
          </>
        )}
        {points && hasNumbers(table.columns) && (
          <span>
            <i class="dot-mark" /> data ({behindInWords(points.behind, 'other conditions')})
          </span>
        )}
        <span>Click a plot to set {axis.title}.</span>
      </p>
      <div class="column-plots">
        {table.columns.map((column, i) => (
          <Along
            key={i}
            column={column}
            {...shared}
            points={
              points && {
                x: points.x,
                y: elementOf(rows, column.target, column.place, points.behind.rows),
                colours: points.colours,
              }
            }
          />
        ))}
      </div>
    </>
  );
};

/** The present value of an axis. */
const numberAt = ({ values }: Playground, { condition, place }: Axis): number | undefined => {
  const value = values.value[condition];
  return value?.kind === 'numbers' ? value.numbers[place] : undefined;
};

interface AlongProps {
  readonly column: TableColumn;
  readonly playground: Playground;
  readonly trend: Trend;
  readonly now: number | undefined;
  readonly pointed: number | undefined;
  readonly onPoint: (x: number | undefined) => void;
  readonly points:
    | {
        readonly x: readonly number[];
        readonly y: readonly number[];
        /** Of the class of a condition, where all classes are asked for. */
        readonly colours: readonly string[] | undefined;
      }
    | undefined;
}

const Along = ({ column, playground, trend, now, pointed, onPoint, points }: AlongProps) => {
  const [box, width] = useWidth<HTMLDivElement>();
  const { axis, places } = trend;
  const x = linear(axis.from, axis.to, LEFT, Math.max(LEFT + 1, width - 8));
  const at = pointed ?? now;
  const nearest = at === undefined ? undefined : nearestTo(places, at);
  const made = column.classes
    ? classBands(playground.manifest, column, trend)
    : quantileBands(playground.manifest, column, trend, points?.y);
  const label =
    nearest === undefined
      ? ''
      : `${axis.title} ≈ ${short(places[nearest] ?? 0, apart(places))}: ${made.label(nearest)}`;
  const y = linear(made.range[0], made.range[1], HEIGHT, 6);
  const place = (event: PointerEvent | MouseEvent): number => {
    const bounds = box.current?.getBoundingClientRect();
    return Math.max(axis.from, Math.min(axis.to, x.of(event.clientX - (bounds?.left ?? 0))));
  };
  return (
    <figure class="column-plot">
      <figcaption>
        <b>{column.title}</b> {column.classes && trend.groups[0] && <span class="hint">{trend.groups[0]}</span>}
        {made.classes && <ClassLegend classes={made.classes} />}
      </figcaption>
      <div
        ref={box}
        class="along"
        onPointerMove={(event) => onPoint(place(event))}
        onPointerLeave={() => onPoint(undefined)}
        onClick={(event) => setAxis(playground, axis, place(event))}
      >
        {width > 0 && (
          <svg
            width={width}
            height={HEIGHT + 22}
            role="img"
            aria-label={`${column.title} along ${axis.title}. ${label}`}
          >
            <YAxis scale={y} left={LEFT} right={width - 8} share={column.classes !== undefined} />
            {made.draw(x, y)}
            {points && !column.classes && (
              <Dots kind="data" xs={points.x} ys={points.y} x={x} y={y} colours={points.colours} />
            )}
            {now !== undefined && now >= axis.from && now <= axis.to && (
              <line class="mark now" x1={x.at(now)} x2={x.at(now)} y1="0" y2={HEIGHT} />
            )}
            {pointed !== undefined && (
              <line class="mark pointed" x1={x.at(pointed)} x2={x.at(pointed)} y1="0" y2={HEIGHT} />
            )}
            <XAxis scale={x} top={HEIGHT} width={width} />
          </svg>
        )}
      </div>
      <p class="hint figures">{label || ' '}</p>
    </figure>
  );
};

const YAxis = ({
  scale,
  left,
  right,
  share,
}: {
  readonly scale: Scale;
  readonly left: number;
  readonly right: number;
  readonly share: boolean;
}) => (
  <g class="axis" aria-hidden="true">
    {ticks(scale.from, scale.to, 4).map((tick, _, all) => (
      <g key={tick}>
        <line class="grid" x1={left} x2={right} y1={scale.at(tick)} y2={scale.at(tick)} />
        <text x={left - 6} y={scale.at(tick) + 4} text-anchor="end">
          {share ? percent(tick) : short(tick, apart(all))}
        </text>
      </g>
    ))}
  </g>
);

const nearestTo = (places: readonly number[], value: number): number => {
  const step = ((places.at(-1) ?? 0) - (places[0] ?? 0)) / (places.length - 1 || 1);
  return Math.max(0, Math.min(places.length - 1, Math.round((value - (places[0] ?? 0)) / (step || 1))));
};

/** Sets a number of a condition, with as many digits as a place on a plot has. */
const setAxis = ({ values, set }: Playground, { condition, place, from, to }: Axis, number: number): void => {
  const value: Value | undefined = values.value[condition];
  if (value?.kind !== 'numbers') return;
  const digits = Math.max(0, 3 - Math.ceil(Math.log10(to - from || 1)));
  const rounded = Number(number.toFixed(Math.min(20, digits)));
  set(condition, { kind: 'numbers', numbers: value.numbers.map((one, i) => (i === place ? rounded : one)) });
};
