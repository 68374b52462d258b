import { readable } from '../condition/values.ts';
import { binsOf } from '../table/bins.ts';
import { histogram } from '../table/statistics.ts';
import type { Column } from './columns.ts';

const BINS = 12;
/** Bars of more classes than this would be too thin to see. */
const MOST = 40;

/** How a column's values are distributed: a bar for each class or whole number, or for each of a dozen ranges of numbers. */
export const ColumnPicture = ({ column: { title, values, text, classes } }: { readonly column: Column }) => {
  if (values.length < 2 || (classes ?? 0) > MOST) return null;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const [from, to, bins] =
    classes === undefined ? binsOf([values], [least, most], BINS) : [-0.5, classes - 0.5, classes];
  const counts = histogram(values, from, to, bins).map((share) => Math.round(share * values.length));
  const tallest = Math.max(...counts);
  const words =
    classes === undefined
      ? `from ${readable(least)} to ${readable(most)}`
      : counts.map((count, i) => `${text(i)} ${count}`).join(', ');
  return (
    <svg
      class="bars"
      viewBox={`0 0 ${bins * 8} 28`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${title}: ${words}`}
    >
      {counts.map((count, i) => {
        const height = count === 0 ? 0 : Math.max(1, (27 * count) / tallest);
        return <rect key={i} x={i * 8 + 0.5} width="7" y={28 - height} height={height} />;
      })}
    </svg>
  );
};
