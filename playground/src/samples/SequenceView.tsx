import { isClasses, truthOf } from '../../../src/signature.ts';
import { rounded } from '../condition/values.ts';
import type { Playground } from '../session/playground.ts';
import { Plot } from '../view/Plot.tsx';
import { seriesName, seriesOf } from '../view/plots.ts';
import type { Drawn, Guesses } from './drawing.ts';
import { rowNames } from './rows.ts';

interface SequenceProps {
  readonly playground: Playground;
  readonly guesses: Guesses;
  readonly drawn: Drawn | undefined;
}

/** Samples of a sequence: all over each other, a chart for each of its series, and each by itself to choose from. */
export const SequenceView = (props: SequenceProps) => {
  const { playground, drawn, guesses } = props;
  const { manifest, chosen } = playground;
  const { target } = manifest;
  const rows = drawn?.samples.shape[0] ?? 0;
  const size = drawn ? drawn.samples.data.length / rows : 0;
  const names = drawn ? rowNames(manifest, drawn) : [''];
  const count = drawn?.settings.count ?? 1;
  return (
    <>
      {isClasses(target) ? <ClassesOf {...props} /> : <Charts {...props} />}
      {!drawn && <Plot target={target} name="y" values={guesses.mean.data} label="The prediction" />}
      <div class={isClasses(target) ? 'sequences words' : 'sequences'} role="group" aria-label="Samples">
        {Array.from({ length: rows }, (_, row) => {
          const name = names[Math.floor(row / count)] ?? '';
          return (
            <button
              key={row}
              type="button"
              class="near"
              aria-pressed={row === chosen.value}
              onClick={() => (chosen.value = row === chosen.value ? undefined : row)}
            >
              {drawn && (
                <Plot
                  target={target}
                  name="y"
                  values={drawn.samples.data.subarray(row * size, (row + 1) * size)}
                  label=""
                />
              )}
              <span class="hint">
                {`Sample ${(row % count) + 1}`}
                {name && `, ${name}`}
              </span>
            </button>
          );
        })}
      </div>
    </>
  );
};

/** What the model says of a sequence of classes without noise, and how an example really is. */
const ClassesOf = ({ playground: { manifest, example }, guesses }: SequenceProps) => (
  <dl class="facts">
    <dt>At the prior mean</dt>
    <dd>
      <Plot target={manifest.target} name="y" values={firstRow(guesses)} label="y at the prior mean" />
    </dd>
    {example.value && (
      <>
        <dt>Ground truth</dt>
        <dd>
          <Plot target={manifest.target} name="y" values={truthOf(example.value)} label="Ground truth of the example" />
        </dd>
      </>
    )}
  </dl>
);

/** Of several conditions the first. */
const firstRow = ({ mean }: Guesses): Float32Array => mean.data.subarray(0, mean.data.length / (mean.shape[0] ?? 1));

/** A chart for each series: every sample a thin line, the chosen one thicker, the mean, and an example's own. */
const Charts = ({ playground: { manifest, example, chosen }, guesses, drawn }: SequenceProps) => {
  const { target } = manifest;
  const rows = drawn?.samples.shape[0] ?? 0;
  const size = firstRow(guesses).length;
  const all = Array.from({ length: rows }, (_, row) =>
    seriesOf(target, drawn?.samples.data.subarray(row * size, (row + 1) * size) ?? []),
  );
  const mean = seriesOf(target, firstRow(guesses));
  const truth = example.value ? seriesOf(target, truthOf(example.value)) : undefined;
  return (
    <>
      <div class="charts">
        {mean.map((line, i) => {
          const lines = all.map((one) => one[i] ?? []);
          const values = [...lines.flat(), ...line, ...(truth?.[i] ?? [])].filter(Number.isFinite);
          const least = Math.min(...values);
          const most = Math.max(...values, least + 1e-9);
          const points = (one: readonly number[]): string =>
            one.map((value, at) => `${at},${(100 * (most - value)) / (most - least)}`).join(' ');
          const called = seriesName(target, i) ?? (mean.length > 1 ? `Series ${i + 1}` : 'y');
          return (
            <figure key={i} class="chart">
              <figcaption>
                <b>{called}</b>
              </figcaption>
              <div class="chart-box">
                <span class="hint">{rounded(most)}</span>
                <span class="hint">{rounded(least)}</span>
                <svg
                  viewBox={`0 0 ${Math.max(1, line.length - 1)} 100`}
                  preserveAspectRatio="none"
                  role="img"
                  aria-label={`${called} over ${line.length} steps: ${rows} samples from ${rounded(least)} to ${rounded(most)}`}
                >
                  {lines.map((one, row) => (
                    <polyline key={row} class={row === chosen.value ? 'one chosen' : 'one'} points={points(one)} />
                  ))}
                  <polyline class="mean" points={points(line)} />
                  {truth?.[i] && <polyline class="truth" points={points(truth[i] ?? [])} />}
                </svg>
              </div>
              <div class="chart-steps hint">
                <span>step 1</span>
                <span>{line.length}</span>
              </div>
            </figure>
          );
        })}
      </div>
      <p class="legend hint">
        <i class="dot" /> a sample <i class="tick" /> the mean
        {truth && (
          <>
            {' '}
            <i class="ring" /> ground truth
          </>
        )}
      </p>
    </>
  );
};
