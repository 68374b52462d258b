import { isClasses } from '../../../src/signature.ts';
import { readable } from '../condition/values.ts';
import type { Playground } from '../session/playground.ts';
import { pointsOf, seriesName } from '../view/plots.ts';
import { rowsOf } from '../view/results.ts';
import { linesOfRow, Sequence } from '../view/Sequence.tsx';
import { areWords, linesOf, stepsIn, type SequenceLines, type SequenceTarget } from '../view/sequences.ts';
import { knownTruthOf } from '../view/truth.ts';
import type { Drawn, Guesses } from './drawing.ts';
import { rowNames } from './rows.ts';

interface SequenceProps {
  readonly playground: Playground;
  readonly targets: readonly SequenceTarget[];
  readonly guesses: Guesses;
  readonly drawn: Drawn | undefined;
}

/** Samples of a sequence: all over each other, a chart for each of its series, and each by itself to choose from. */
export const SequenceView = ({ playground, targets, drawn, guesses }: SequenceProps) => {
  const { manifest, chosen, example } = playground;
  const names = drawn ? rowNames(manifest, drawn) : [''];
  const count = drawn?.settings.count ?? 1;
  const rows = drawn ? rowsOf(manifest, drawn.samples) : 0;
  const all = Array.from({ length: rows }, (_, row) => linesOfRow(manifest, targets, drawn?.samples, row));
  const mean = linesOfRow(manifest, targets, guesses.mean, 0);
  const given = example.value;
  const truth = given && linesOf(targets, (name) => knownTruthOf(manifest, given, name));
  const areAllWords = areWords(targets);
  return (
    <>
      {areAllWords ? (
        <InWords mean={mean} truth={truth} of={names[0] ?? ''} />
      ) : (
        <Charts all={all} mean={mean} truth={truth} chosen={chosen.value} />
      )}
      {!drawn && !areAllWords && <Sequence lines={mean} label="The prediction" />}
      <div class={areAllWords ? 'sequences words' : 'sequences'} role="group" aria-label="Samples">
        {all.map((lines, row) => {
          const name = names[Math.floor(row / count)] ?? '';
          return (
            <button
              key={row}
              type="button"
              class="near"
              aria-pressed={row === chosen.value}
              onClick={() => (chosen.value = row === chosen.value ? undefined : row)}
            >
              <Sequence lines={lines} label="" />
              <span class="hint">
                {`Sample ${(row % count) + 1}`}
                {name && `, ${name}`}
                {lines.some(({ target: { end } }) => end !== undefined) && `, ${counted(stepsIn(lines))}`}
              </span>
            </button>
          );
        })}
      </div>
    </>
  );
};

const counted = (steps: number): string => (steps === 1 ? '1 step' : `${steps} steps`);

interface Shown {
  /** What the model says without noise. */
  readonly mean: readonly SequenceLines[];
  /** How an example really is. */
  readonly truth: readonly SequenceLines[] | undefined;
}

/** What the model says of a sequence of classes without noise, and how an example really is. */
const InWords = ({ mean, truth, of }: Shown & { readonly of: string }) => (
  <dl class="facts">
    {/* Where each class is asked for in turn, of the first. */}
    <dt>At the prior mean{of && `, ${of}`}</dt>
    <dd>
      <Sequence lines={mean} label="y at the prior mean" />
    </dd>
    {truth && (
      <>
        <dt>Ground truth</dt>
        <dd>
          <Sequence lines={truth} label="Ground truth of the example" />
        </dd>
      </>
    )}
  </dl>
);

/** A chart for each series of numbers: every sample a thin line, the chosen one thicker, the mean, and an example's own. */
const Charts = ({
  all,
  mean,
  truth,
  chosen,
}: Shown & { readonly all: readonly (readonly SequenceLines[])[]; readonly chosen: number | undefined }) => (
  <>
    <div class="charts">
      {mean.flatMap(({ name, target, lines }, at) =>
        isClasses(target)
          ? []
          : lines.map((_, i) => {
              const lineOf = (row: readonly SequenceLines[] | undefined): readonly number[] =>
                row?.[at]?.lines[i] ?? [];
              const fallback = lines.length > 1 ? `${mean.length > 1 ? `${name}, series` : 'Series'} ${i + 1}` : name;
              return (
                <Chart
                  key={`${name} ${i}`}
                  title={seriesName(target, i) ?? fallback}
                  samples={all.map(lineOf)}
                  mean={lineOf(mean)}
                  truth={truth && lineOf(truth)}
                  chosen={chosen}
                />
              );
            }),
      )}
    </div>
    <p class="legend hint">
      <span>
        <i class="line one" /> samples
      </span>
      <span>
        <i class="line" /> mean (z at the prior mean)
      </span>
      {truth && (
        <span>
          <i class="line truth" /> ground truth (example)
        </span>
      )}
      {chosen !== undefined && (
        <span>
          <i class="line chosen" /> selected sample
        </span>
      )}
    </p>
  </>
);

const Chart = ({
  title,
  samples,
  mean,
  truth,
  chosen,
}: {
  readonly title: string;
  readonly samples: readonly (readonly number[])[];
  readonly mean: readonly number[];
  readonly truth: readonly number[] | undefined;
  readonly chosen: number | undefined;
}) => {
  const shown = [...samples, mean, truth ?? []];
  const values = shown.flat().filter(Number.isFinite);
  const steps = Math.max(...shown.map(({ length }) => length));
  const least = values.length === 0 ? 0 : Math.min(...values);
  const most = Math.max(...values, least + 1e-9);
  const points = (line: readonly number[]): string =>
    pointsOf(line.map((value) => (100 * (most - value)) / (most - least)));
  return (
    <figure class="chart">
      <figcaption>
        <b>{title}</b>
      </figcaption>
      <div class="chart-box">
        <span class="hint">{readable(most)}</span>
        <span class="hint">{readable(least)}</span>
        <svg
          viewBox={`0 0 ${Math.max(1, steps - 1)} 100`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title} over ${steps} steps: ${samples.length} samples from ${readable(least)} to ${readable(most)}`}
        >
          {samples.map((line, row) => (
            <polyline key={row} class={row === chosen ? 'one chosen' : 'one'} points={points(line)} />
          ))}
          <polyline class="mean" points={points(mean)} />
          {truth && <polyline class="truth" points={points(truth)} />}
        </svg>
      </div>
      <div class="chart-steps hint">
        <span>step 1</span>
        <span>{steps}</span>
      </div>
    </figure>
  );
};
