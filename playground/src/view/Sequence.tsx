import type { Outputs } from 'cvae-compile/runtime';
import type { Manifest } from '../../../src/signature.ts';
import { Plot } from './Plot.tsx';
import { seriesName } from './plots.ts';
import { resultsOf } from './results.ts';
import { linesOf, stepsIn, type SequenceLines, type SequenceTarget } from './sequences.ts';

/** All targets of one sequence, one under the other, each up to the end; of several, each with its name. */
export const Sequence = ({ lines, label }: { readonly lines: readonly SequenceLines[]; readonly label: string }) => {
  const shown = lines.filter(({ isEnd }) => !isEnd);
  if (shown.length > 0 && stepsIn(lines) === 0) return <p class="sequence numbers">(empty)</p>;
  return (
    <div class="sequence">
      {shown.map(({ name, target, lines: own }) => {
        const title = titleOf(name, { target, lines: own });
        return (
          <div key={name}>
            {shown.length > 1 && <span class="hint">{title}</span>}
            <Plot
              target={target}
              name={title}
              series={own}
              label={label && (shown.length > 1 ? `${label}: ${title}` : label)}
            />
          </div>
        );
      })}
    </div>
  );
};

/** What a target is called: as its column is, with the unit, where it has a single one. */
const titleOf = (name: string, { target, lines }: Pick<SequenceLines, 'target' | 'lines'>): string =>
  (lines.length === 1 ? seriesName(target, 0) : undefined) ?? name;

/** The lines of one row of a result. */
export const linesOfRow = (
  manifest: Pick<Manifest, 'target'>,
  targets: readonly SequenceTarget[],
  outputs: Outputs | undefined,
  row: number,
): readonly SequenceLines[] => {
  const results = outputs && resultsOf(manifest, outputs);
  return linesOf(targets, (name) => {
    const { data, shape } = results?.[name] ?? {};
    const length = (data?.length ?? 0) / (shape?.[0] ?? 1);
    return data?.subarray(row * length, (row + 1) * length);
  });
};
