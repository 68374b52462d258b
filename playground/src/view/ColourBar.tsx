import { heat } from './heat.ts';

/** What colours mean: those of a heat map, from its least value, dark, to its greatest, light; or others, of parts from 0 to 1. */
export const ColourBar = ({
  from,
  to,
  label,
  colour = (part) => `rgb(${heat(part).map(Math.round).join(',')})`,
}: {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly colour?: (part: number) => string;
}) => (
  <span class="colour-bar" role="img" aria-label={`${label}: from ${from} to ${to}`}>
    <span aria-hidden="true">{from}</span>
    <svg viewBox={`0 0 ${STEPS} 1`} preserveAspectRatio="none" aria-hidden="true">
      {Array.from({ length: STEPS }, (_, i) => (
        <rect key={i} x={i} width="1.05" height="1" style={{ fill: colour((i + 0.5) / STEPS) }} />
      ))}
    </svg>
    <span aria-hidden="true">{to}</span>
  </span>
);

const STEPS = 32;
