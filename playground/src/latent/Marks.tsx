import type { Playground } from '../session/playground.ts';
import { isLine, onMap, type Square } from './map.ts';

/** A place in the latent that is shown on the map: the mean of q(z|x,y) of an example, with its deviation. */
interface Mark {
  readonly kind: 'own' | 'data';
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Where your own example and those of the data lie, once they were encoded. */
export const marksOf = ({ question, manifest }: Playground): readonly Mark[] => {
  const size = manifest.latent;
  const others = question.others.value;
  const own = question.encoding.value;
  const rows = (others?.mean.data.length ?? 0) / size;
  const row = (data: Float32Array | undefined, i: number): Float32Array =>
    data?.subarray(i * size, (i + 1) * size) ?? new Float32Array(size);
  return [
    ...Array.from({ length: rows }, (_, i) => ({
      kind: 'data' as const,
      mean: row(others?.mean.data, i),
      deviation: row(others?.deviation.data, i),
    })),
    ...(own && 'found' in own
      ? [
          {
            kind: 'own' as const,
            mean: own.found.posterior.mean.data,
            deviation: own.found.posterior.deviation.data,
          },
        ]
      : []),
  ];
};

/** The marks on the map, which is as high as it says where it is 100 wide; those beyond it are at its edge. */
export const Marks = ({
  marks,
  square,
  height,
}: {
  readonly marks: readonly Mark[];
  readonly square: Square;
  readonly height: number;
}) => {
  const [i, j] = square.axes;
  return (
    <svg class="marks" viewBox={`0 0 100 ${height}`} aria-hidden="true">
      {marks.map(({ kind, mean, deviation }, at) => {
        const [x = 0, y = 0] = onMap(square, mean[i] ?? 0, mean[j] ?? 0).map((part) => Math.max(0, Math.min(1, part)));
        const [cx, cy] = [100 * x, height * y];
        const radius = (axis: number): number => Math.max(1, (50 * (deviation[axis] ?? 0)) / square.half);
        const ry = isLine(square.axes) ? height / 3 : radius(j);
        return (
          <g key={at} class={kind}>
            {kind === 'own' && <ellipse cx={cx} cy={cy} rx={radius(i)} ry={ry} />}
            <circle cx={cx} cy={cy} r={kind === 'own' ? 1.4 : 0.9} />
          </g>
        );
      })}
    </svg>
  );
};

/** What the marks mean. */
export const MarkLegend = ({ marks }: { readonly marks: readonly Mark[] }) => (
  <p class="hint mark-legend">
    {marks.some(({ kind }) => kind === 'own') && (
      <span>
        <i class="own" /> your example, q(z|x,y) and one deviation of it
      </span>
    )}
    {marks.some(({ kind }) => kind === 'data') && (
      <span>
        <i class="data" /> examples of the data
      </span>
    )}
  </p>
);
