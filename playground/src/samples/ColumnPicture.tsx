import { readable } from '../condition/values.ts';
import type { Column } from './columns.ts';

const BINS = 12;

/** How a column's values are distributed: a bar for each class, or for each of a dozen ranges of numbers. */
export const ColumnPicture = ({ column: { title, values, text, classes } }: { readonly column: Column }) => {
  if (values.length < 2) return null;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const bins = classes ?? BINS;
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const bin =
      classes === undefined ? Math.min(bins - 1, Math.floor((bins * (value - least)) / (most - least || 1))) : value;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
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
