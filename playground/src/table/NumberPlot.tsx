import { Bars, type Marks } from './Bars.tsx';
import { binsOf } from './bins.ts';
import type { TableColumn } from './columns.ts';
import { isLogarithmic, linear, rangeOf, short } from './scale.ts';
import { percent } from './SharePlot.tsx';
import { quantiles } from './statistics.ts';
import { useWidth } from './useWidth.ts';
import { XAxis } from './XAxis.tsx';

const HEIGHT = 112;

/** A column of numbers: how its draws are distributed, over the data, with quantiles in words. */
export const NumberPlot = ({
  column: { title },
  draws,
  data,
  marks,
}: {
  readonly column: TableColumn;
  readonly draws: readonly number[];
  readonly data: readonly number[] | undefined;
  readonly marks: Marks;
}) => {
  const [box, width] = useWidth<HTMLDivElement>();
  const isLog = isLogarithmic(data ?? draws);
  const shown = isLog ? logarithms(draws, data, marks) : { draws, data, marks };
  const [samples, behind] = [shown.draws, shown.data ?? []];
  const bins = binsOf([samples, behind], rangeOf(samples, behind), Math.min(40, Math.floor(width / 8)));
  const words = inWords(draws);
  return (
    <figure class="column-plot">
      <figcaption>
        <b>{title}</b>
        {isLog && <span class="hint"> logarithmic</span>}
      </figcaption>
      <div ref={box}>
        {width > 0 && (
          <svg
            width={width}
            height={HEIGHT + 20}
            role="img"
            aria-label={`${title}: samples ${words}${data ? `; data ${inWords(data)}` : ''}`}
          >
            <Bars draws={shown.draws} data={shown.data} bins={bins} width={width} height={HEIGHT} marks={shown.marks} />
            <XAxis scale={linear(bins[0], bins[1], 0, width)} top={HEIGHT} width={width} isLog={isLog} />
          </svg>
        )}
      </div>
      <p class="hint figures">
        <span class="drawn">{words}</span>
        {data && <span class="data">{inWords(data)}</span>}
      </p>
    </figure>
  );
};

/** The same as logarithms to the base 10; zeros, which have none, are at the least of the others. */
const logarithms = (draws: readonly number[], data: readonly number[] | undefined, marks: Marks) => {
  const least = Math.min(...[...draws, ...(data ?? [])].filter((value) => value > 0));
  const log = (value: number): number => Math.log10(value <= 0 ? least : value);
  return {
    draws: draws.map(log),
    data: data?.map(log),
    marks: Object.fromEntries(
      Object.entries(marks).map(([name, value]) => [name, value === undefined ? undefined : log(value)]),
    ),
  };
};

/** `median 12, 5–95 % 3 to 20`. */
const inWords = (values: readonly number[]): string => {
  const [low = NaN, median = NaN, high = NaN] = quantiles(values, [0.05, 0.5, 0.95]);
  if (Number.isNaN(median)) return 'none';
  const zeros = values.filter((value) => value === 0).length / values.length;
  // Zeros of amounts such as rain, which a median would hide.
  const often = zeros > 0.05 && !values.every(Number.isInteger) ? `, ${percent(zeros)} are 0` : '';
  // Of thousands all digits, which years need.
  const text = (value: number): string =>
    short(value, Math.abs(value) >= 1000 && Math.abs(value) < 1e4 ? 1 : (high - low) / 10 || Infinity);
  return `median ${text(median)}, 5–95 % ${text(low)} to ${text(high)}${often}`;
};
