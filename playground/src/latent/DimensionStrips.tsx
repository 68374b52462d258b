import { useSignal } from '@preact/signals';
import type { Playground } from '../session/playground.ts';
import { Outcome } from '../view/Outcome.tsx';
import { isTabular, OutcomeTable } from '../view/OutcomeTable.tsx';
import { Term } from '../view/Term.tsx';
import { useDecoded } from './decoded.ts';
import { zOf } from './prior.ts';

/** What each dimension of z does: y where it is two deviations below the prior's mean, at it, and two above; the others as at the point. */
export const DimensionStrips = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, latent, one } = playground;
  const all = useSignal(false);
  const prior = latent.prior.value;
  const order = latent.ranking.value;
  const point = latent.point.value;
  const shown = all.value ? order.slice(0, MOST) : order.slice(0, FIRST);
  const given = one.value;
  const found = useDecoded(playground, [prior, point, shown.join()], () => {
    if (!prior) return undefined;
    const rows = shown.flatMap((axis) =>
      STEPS.map((step) =>
        zOf(
          prior,
          point.map((value, i) => (i === axis ? step : value)),
        ),
      ),
    );
    const z = new Float32Array(rows.length * manifest.latent);
    rows.forEach((row, i) => z.set(row, i * manifest.latent));
    return { z, given, shown };
  });
  return (
    <section class="wide" aria-labelledby="strips-title">
      <div class="row between">
        <h2 id="strips-title">What each dimension does</h2>
        {order.length > FIRST && (
          <button type="button" class="button" aria-expanded={all.value} onClick={() => (all.value = !all.value)}>
            {all.value ? `Show ${FIRST} strips` : `Show ${Math.min(MOST, order.length)} strips`}
          </button>
        )}
      </div>
      <p class="hint">
        y at −2, 0 and +2{' '}
        <Term says="Standard deviations of the prior p(z|x) of this condition, from its mean.">deviations</Term> of one
        dimension, the others as at the point; dimensions that{' '}
        <Term says="By the squared difference between y at one deviation above the prior's mean and at one below.">
          change y most
        </Term>{' '}
        come first.
      </p>
      {found && isTabular(manifest) && (
        <OutcomeTable
          manifest={manifest}
          outputs={found.outputs}
          names={found.shown.flatMap((axis) => STEPS.map((step) => `z${axis + 1} ${textOf(step)}`))}
          label="y along each dimension"
        />
      )}
      {found && !isTabular(manifest) && (
        <div class="dimension-strips">
          {found.shown.map((axis, i) => (
            <div key={axis} class="dimension-strip" role="group" aria-label={`z${axis + 1}`}>
              <b>z{axis + 1}</b>
              {STEPS.map((step, at) => (
                <figure key={step}>
                  <Outcome
                    manifest={manifest}
                    outputs={found.outputs}
                    row={i * STEPS.length + at}
                    label={`y at z${axis + 1} of ${textOf(step)} deviations`}
                  />
                  <figcaption>{textOf(step)}</figcaption>
                </figure>
              ))}
            </div>
          ))}
        </div>
      )}
    </section>
  );
};

const STEPS = [-2, 0, 2] as const;
const FIRST = 6;
const MOST = 64;

const textOf = (step: number): string => (step < 0 ? `−${-step}` : step > 0 ? `+${step}` : '0');
