import { heat } from './heat.ts';

/** What the colours of a heat map mean: from its least value, dark, to its greatest, light. */
export const ColourBar = ({
  from,
  to,
  label,
}: {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}) => (
  <span class="colour-bar" role="img" aria-label={`${label}: dark is ${from}, light is ${to}`}>
    <span aria-hidden="true">{from}</span>
    <svg viewBox={`0 0 ${STEPS} 1`} preserveAspectRatio="none" aria-hidden="true">
      {Array.from({ length: STEPS }, (_, i) => (
        <rect
          key={i}
          x={i}
          width="1.05"
          height="1"
          fill={`rgb(${heat((i + 0.5) / STEPS)
            .map(Math.round)
            .join(',')})`}
        />
      ))}
    </svg>
    <span aria-hidden="true">{to}</span>
  </span>
);

const STEPS = 32;
