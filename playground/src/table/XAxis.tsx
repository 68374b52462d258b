import { apart, decades, short, ticks, type Scale } from './scale.ts';

/** An axis below a picture: a line, ticks, and round numbers at them. */
export const XAxis = ({
  scale,
  top,
  width,
  isLog = false,
}: {
  readonly scale: Scale;
  readonly top: number;
  readonly width: number;
  /** Whether the scale is one of logarithms to the base 10. */
  readonly isLog?: boolean;
}) => {
  const found = (isLog ? decades : ticks)(scale.from, scale.to, Math.max(2, width / 76));
  return (
    <g class="axis" aria-hidden="true">
      <line
        x1={Math.min(scale.at(scale.from), scale.at(scale.to))}
        x2={Math.max(scale.at(scale.from), scale.at(scale.to))}
        y1={top}
        y2={top}
      />
      {found.map((tick) => {
        const at = scale.at(tick);
        const anchor = at < 14 ? 'start' : at > width - 14 ? 'end' : 'middle';
        return (
          <g key={tick}>
            <line x1={at} x2={at} y1={top} y2={top + 4} />
            <text x={at} y={top + 16} text-anchor={anchor}>
              {isLog ? short(10 ** tick) : short(tick, apart(found))}
            </text>
          </g>
        );
      })}
    </g>
  );
};
