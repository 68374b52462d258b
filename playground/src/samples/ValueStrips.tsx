import { truthOf } from '../../../src/signature.ts';
import type { Playground } from '../session/playground.ts';
import { rounded } from '../condition/values.ts';
import type { Drawn, Guesses } from './drawing.ts';
import { stripsOf, type Strip } from './strips.ts';

/** y where it is no picture: a strip for each element with every sample on it, and the same in numbers. */
export const ValueStrips = ({
  playground: { manifest, example },
  guesses,
  drawn,
}: {
  readonly playground: Playground;
  readonly guesses: Guesses;
  readonly drawn: Drawn | undefined;
}) => {
  const strips = stripsOf(manifest, {
    mean: guesses.mean,
    baseline: guesses.baseline,
    samples: drawn?.samples,
    truth: example.value && truthOf(example.value),
  });
  return (
    <div class="strips">
      {strips.slice(0, MOST).map((strip, i) => (
        <StripView key={i} strip={strip} />
      ))}
      {strips.length > MOST && (
        <p class="hint">
          The first {MOST} of {strips.length} elements.
        </p>
      )}
      <p class="legend hint">
        <i class="dot" /> a sample <i class="tick" /> the mean, with its deviation
        {guesses.baseline && (
          <>
            {' '}
            <i class="tick second" /> the baseline
          </>
        )}
        {example.value && (
          <>
            {' '}
            <i class="ring" /> the example’s own y
          </>
        )}
      </p>
    </div>
  );
};

const MOST = 48;

const StripView = ({ strip }: { readonly strip: Strip }) => {
  const { name, values, mean, deviation, baseline, truth, from, to } = strip;
  const at = (value: number): number => (1000 * (value - from)) / (to - from);
  const sorted = [...values].sort((a, b) => a - b);
  const spread = sorted.length > 0 ? `, samples from ${rounded(sorted[0] ?? 0)} to ${rounded(sorted.at(-1) ?? 0)}` : '';
  return (
    <div class="strip">
      <span class="strip-name">{name}</span>
      <svg
        viewBox="0 0 1000 60"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: mean ${rounded(mean)}${deviation === undefined ? '' : `, deviation ${rounded(deviation)}`}${spread}`}
      >
        <line class="axis" x1="0" x2="1000" y1="30" y2="30" />
        {deviation !== undefined && (
          <rect
            class="band"
            x={at(mean - deviation)}
            width={at(mean + deviation) - at(mean - deviation)}
            y="12"
            height="36"
          />
        )}
        {values.map((value, i) => (
          <line key={i} class="dot" x1={at(value)} x2={at(value)} y1="16" y2="44" />
        ))}
        {baseline !== undefined && <line class="second" x1={at(baseline)} x2={at(baseline)} y1="6" y2="54" />}
        <line class="mean" x1={at(mean)} x2={at(mean)} y1="4" y2="56" />
        {truth !== undefined && <line class="truth" x1={at(truth)} x2={at(truth)} y1="4" y2="56" />}
      </svg>
      <span class="strip-ends hint">
        <span>{rounded(from)}</span>
        <span>{rounded(to)}</span>
      </span>
      <span class="strip-value">
        {rounded(mean)}
        {deviation !== undefined && <span class="hint"> ± {deviation.toPrecision(2)}</span>}
      </span>
    </div>
  );
};
