import type { Bins } from './bins.ts';
import type { Scale } from './scale.ts';
import { linear } from './scale.ts';
import { histogram } from './statistics.ts';

/** Marks on the axis of a histogram, each a line with a class of its own. */
export interface Marks {
  readonly mean?: number | undefined;
  readonly second?: number | undefined;
  readonly truth?: number | undefined;
  readonly chosen?: number | undefined;
}

/** Draws as a line over bars of the data, both as shares in bins. */
export const Bars = ({
  draws,
  data,
  bins,
  peak,
  width,
  height,
  marks = {},
}: {
  readonly draws: readonly number[];
  readonly data: readonly number[] | undefined;
  /** The picture is as wide as these, and an axis below it has their ends. */
  readonly bins: Bins;
  /** The share that is as high as the picture; its own highest by default. */
  readonly peak?: number;
  readonly width: number;
  readonly height: number;
  readonly marks?: Marks;
}) => {
  const [from, to] = bins;
  const drawn = histogram(draws, ...bins);
  const behind = data && histogram(data, ...bins);
  const x = linear(from, to, 0, width);
  const y = linear(0, peak ?? Math.max(...drawn, ...(behind ?? [])), height, 2);
  return (
    <g>
      {behind && <path class="behind" d={stepped(behind, x, y, true)} />}
      <path class="drawn-area" d={stepped(drawn, x, y, true)} />
      <path class="drawn-line" d={stepped(drawn, x, y, false)} />
      {Object.entries(marks).map(([name, value]) =>
        value === undefined || !(value >= from && value <= to) ? null : (
          <line key={name} class={`mark ${name}`} x1={x.at(value)} x2={x.at(value)} y1="0" y2={height} />
        ),
      )}
    </g>
  );
};

const stepped = (shares: readonly number[], x: Scale, y: Scale, closed: boolean): string => {
  const step = (x.to - x.from) / shares.length;
  const points = shares.map((share, i) => `V${y.at(share).toFixed(1)}H${x.at(x.from + (i + 1) * step).toFixed(1)}`);
  return `M${x.at(x.from).toFixed(1)} ${y.at(0).toFixed(1)}${points.join('')}V${y.at(0).toFixed(1)}${closed ? 'Z' : ''}`;
};
