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

/** The marks on the map; those beyond it are at its edge. */
export const Marks = ({ marks, square }: { readonly marks: readonly Mark[]; readonly square: Square }) => {
  const [i, j] = square.axes;
  return (
    <svg class="marks" viewBox="0 0 100 100" aria-hidden="true">
      {marks.map(({ kind, mean, deviation }, at) => {
        const [x, y] = onMap(square, mean[i] ?? 0, mean[j] ?? 0).map((part) => 100 * Math.max(0, Math.min(1, part)));
        const radius = (axis: number): number => (50 * (deviation[axis] ?? 0)) / square.half;
        return (
          <g key={at} class={kind}>
            {kind === 'own' && (
              <ellipse cx={x} cy={y} rx={Math.max(1, radius(i))} ry={isLine(square) ? 1.4 : Math.max(1, radius(j))} />
            )}
            <circle cx={x} cy={y} r={kind === 'own' ? 1.4 : 0.9} />
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
