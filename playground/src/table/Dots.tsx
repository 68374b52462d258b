import type { Scale } from './scale.ts';

/** Points of draws or of data: a path for each colour, which is one element however many points there are. */
export const Dots = ({
  kind,
  xs,
  ys,
  x,
  y,
  colours,
}: {
  readonly kind: 'drawn' | 'data';
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly x: Scale;
  readonly y: Scale;
  /** A colour for each point; that of its kind by default. */
  readonly colours?: readonly string[] | undefined;
}) => {
  const isIn = (value: number, { from, to }: Scale): boolean => value >= from && value <= to;
  const paths = new Map<string, string[]>();
  for (const [i, first] of xs.entries()) {
    const second = ys[i] ?? NaN;
    if (!isIn(first, x) || !isIn(second, y)) continue;
    const colour = colours?.[i] ?? '';
    const path = paths.get(colour) ?? [];
    path.push(`M${x.at(first).toFixed(1)} ${y.at(second).toFixed(1)}h0`);
    paths.set(colour, path);
  }
  return (
    <>
      {[...paths].map(([colour, path]) => (
        <path
          key={colour}
          class={`dots ${kind}`}
          style={colour === '' ? undefined : { stroke: colour }}
          d={path.join('')}
        />
      ))}
    </>
  );
};
