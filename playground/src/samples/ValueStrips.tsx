import type { Outputs } from 'cvae-compile/runtime';
import { variableText } from '../../../src/values/element-names.ts';
import type { Playground } from '../session/playground.ts';
import { readable } from '../condition/values.ts';
import { viewOf } from '../view/pixels.ts';
import { isSeveral, resultsOf, targetsOf } from '../view/results.ts';
import { knownTruthOf } from '../view/truth.ts';
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
  const of = (given: Outputs | undefined, name: string): Outputs | undefined =>
    given && resultsOf(manifest, given)[name];
  const groups = targetsOf(manifest).flatMap(([name, target]) => {
    const mean = of(guesses.mean, name);
    // An image among several targets is seen in the table.
    if (!mean || viewOf(target)) return [];
    const truth = example.value && knownTruthOf(manifest, example.value, name);
    const shown = { mean, baseline: of(guesses.baseline, name), samples: of(drawn?.samples, name), truth };
    return [{ name: variableText(name, target), strips: stripsOf(name, target, shown) }];
  });
  const all = groups.flatMap(({ strips }) => strips);
  return (
    <div class="strips">
      {groups.map(({ name, strips }) => (
        <>
          {isSeveral(manifest) && strips.some((strip) => strip.name !== name) && <h2 key={`${name} title`}>{name}</h2>}
          {strips.slice(0, MOST).map((strip, i) => (
            <StripView key={`${name} ${i}`} strip={strip} />
          ))}
          {strips.length > MOST && (
            <p key={`${name} more`} class="hint">
              First {MOST} of {strips.length} elements.
            </p>
          )}
        </>
      ))}
      <p class="legend hint">
        {all.some(({ values }) => values.length > 0) && (
          <>
            <i class="dot" /> samples{' '}
          </>
        )}
        {all.some(({ share }) => share !== undefined) && (
          <>
            <i class="share" /> share of samples{' '}
          </>
        )}
        <i class="tick" /> mean{all.some(({ deviation }) => deviation !== undefined) && ' ± standard deviation'}
        {guesses.baseline && (
          <>
            {' '}
            <i class="tick second" /> baseline
          </>
        )}
        {example.value && (
          <>
            {' '}
            <i class="ring" /> ground truth (example)
          </>
        )}
      </p>
    </div>
  );
};

const MOST = 48;

const StripView = ({ strip }: { readonly strip: Strip }) => {
  const { name, values, mean, deviation, baseline, truth, share, from, to } = strip;
  const at = (value: number): number => (1000 * (value - from)) / (to - from);
  const sorted = [...values].sort((a, b) => a - b);
  const spread =
    sorted.length > 0 ? `, samples from ${readable(sorted[0] ?? 0)} to ${readable(sorted.at(-1) ?? 0)}` : '';
  const part = share === undefined ? '' : `, ${Math.round(100 * share)} % of the samples`;
  return (
    <div class="strip">
      <span class="strip-name">{name}</span>
      <svg
        viewBox="0 0 1000 60"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: mean ${readable(mean)}${deviation === undefined ? '' : `, standard deviation ${readable(deviation)}`}${spread}${part}`}
      >
        <line class="axis" x1="0" x2="1000" y1="30" y2="30" />
        {deviation !== undefined && (
          <rect
            class="band"
            x={at(Math.max(from, mean - deviation))}
            width={at(Math.min(to, mean + deviation)) - at(Math.max(from, mean - deviation))}
            y="12"
            height="36"
          />
        )}
        {share !== undefined && <rect class="share" x="0" width={at(share)} y="20" height="20" />}
        {values.map((value, i) => (
          <line key={i} class="dot" x1={at(value)} x2={at(value)} y1="16" y2="44" />
        ))}
        {baseline !== undefined && <line class="second" x1={at(baseline)} x2={at(baseline)} y1="6" y2="54" />}
        <line class="mean" x1={at(mean)} x2={at(mean)} y1="4" y2="56" />
        {truth !== undefined && !Number.isNaN(truth) && (
          <line class="truth" x1={at(truth)} x2={at(truth)} y1="4" y2="56" />
        )}
      </svg>
      <span class="strip-ends hint">
        <span>{readable(from)}</span>
        <span>{readable(to)}</span>
      </span>
      <span class="strip-value">
        {readable(mean)}
        {deviation !== undefined && <span class="hint"> ± {deviation.toPrecision(2)}</span>}
      </span>
    </div>
  );
};
