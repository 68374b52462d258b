import { decimals } from '../meter/words.ts';

/** The loss over the steps as a line, smoothed since batches differ, with its first and last value. */
export const Curve = ({ losses: each }: { readonly losses: readonly number[] }) => {
  const losses = each.map((_, i) => mean(each.slice(Math.max(0, i - WINDOW + 1), i + 1)));
  const [first = 0, last = 0] = [losses[0], losses.at(-1)];
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const x = (i: number): number => (losses.length < 2 ? 0 : (WIDTH * i) / (losses.length - 1));
  const y = (loss: number): number => (high > low ? (HEIGHT * (high - loss)) / (high - low) : HEIGHT / 2);
  return (
    <figure class="curve">
      <svg
        viewBox={`-2 -4 ${WIDTH + 4} ${HEIGHT + 8}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Loss over ${losses.length} steps, from ${decimals(first, 1)} to ${decimals(last, 1)}`}
      >
        <polyline points={losses.map((loss, i) => `${x(i).toFixed(1)},${y(loss).toFixed(1)}`).join(' ')} />
      </svg>
      <figcaption>
        loss {decimals(first, 1)} → <b>{decimals(last, 1)}</b> after {losses.length}{' '}
        {losses.length === 1 ? 'step' : 'steps'}
      </figcaption>
    </figure>
  );
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Steps that the loss is meaned over. */
const WINDOW = 10;
const WIDTH = 480;
const HEIGHT = 96;
