import type { EpochLoss, ExampleName } from './making.ts';
import { decimals } from '../meter/words.ts';

/** The losses of the epochs as two lines; the first epochs, which are far above all others, may begin outside of it. */
export const Losses = ({
  losses,
  of,
}: {
  readonly losses: readonly EpochLoss[];
  /** What an example is. */
  readonly of: ExampleName;
}) => {
  const lines = [
    ['training', losses.map(({ train }) => train)],
    ['validation', losses.map(({ validation }) => validation ?? NaN)],
  ] as const;
  const all = lines.flatMap(([, values]) => values).filter(Number.isFinite);
  const sorted = all.toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[0], sorted[Math.floor(0.95 * (sorted.length - 1))]];
  const x = (i: number): number => (losses.length < 2 ? 0 : (WIDTH * i) / (losses.length - 1));
  const y = (loss: number): number => (high > low ? (HEIGHT * (high - loss)) / (high - low) : HEIGHT / 2);
  const validation = lines[1][1].filter(Number.isFinite);
  const best = Math.min(...(validation.length > 0 ? validation : lines[0][1]));
  return (
    <figure class="losses">
      {losses.length > 1 && (
        <svg
          viewBox={`0 -4 ${WIDTH} ${HEIGHT + 8}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Losses over ${losses.length} epochs; the best of validation is ${decimals(best, 2)} nats`}
        >
          {lines.map(([name, values]) => (
            <polyline
              key={name}
              class={name}
              points={values
                .flatMap((loss, i) => (Number.isFinite(loss) ? [`${x(i).toFixed(1)},${y(loss).toFixed(1)}`] : []))
                .join(' ')}
            />
          ))}
        </svg>
      )}
      <figcaption>
        <span class="key training">training</span> <span class="key validation">validation</span> best{' '}
        <b>{decimals(best, 2)}</b> nats per {of}, after {losses.length} {losses.length === 1 ? 'epoch' : 'epochs'}
      </figcaption>
    </figure>
  );
};

const WIDTH = 480;
const HEIGHT = 110;
