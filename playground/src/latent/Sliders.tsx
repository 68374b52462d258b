import { useSignal } from '@preact/signals';
import type { Playground } from '../session/playground.ts';
import { Slider } from '../condition/NumbersField.tsx';
import { rounded } from '../condition/values.ts';

/** A slider for each dimension of z, those that change y most first, with reset and lock. */
export const Sliders = ({ playground: { latent } }: { readonly playground: Playground }) => {
  const all = useSignal(false);
  const prior = latent.prior.value;
  const z = latent.z.value;
  if (!prior || !z) return null;
  const order = latent.ranking.value;
  const shown = all.value ? order : order.slice(0, FIRST);
  const lock = (axis: number): void => {
    const next = new Set(latent.locked.value);
    if (!next.delete(axis)) next.add(axis);
    latent.locked.value = next;
  };
  return (
    <section class="sliders" aria-labelledby="z-title">
      <div class="row between">
        <h2 id="z-title">All dimensions</h2>
        <div class="row">
          <button type="button" class="button" onClick={() => latent.go()}>
            Reset unlocked
          </button>
          {order.length > FIRST && (
            <button type="button" class="button" aria-expanded={all.value} onClick={() => (all.value = !all.value)}>
              {all.value ? `Show the first ${FIRST}` : `Show all ${order.length}`}
            </button>
          )}
        </div>
      </div>
      <div class="z">
        {shown.map((axis) => {
          const [mean, deviation] = [prior.mean[axis] ?? 0, prior.deviation[axis] ?? 1];
          const locked = latent.locked.value.has(axis);
          return (
            <div key={axis} class="dimension">
              <Slider
                label={`z${axis + 1}`}
                value={z[axis] ?? 0}
                from={rounded(mean - 4 * deviation)}
                to={rounded(mean + 4 * deviation)}
                decimals={Math.max(2, 2 - Math.floor(Math.log10(deviation || 1)))}
                disabled={locked}
                onChange={(value) => latent.move(new Map([[axis, value]]))}
              />
              <div class="row">
                <button
                  type="button"
                  class="small"
                  disabled={locked}
                  aria-label={`Reset z${axis + 1} to the prior mean`}
                  onClick={() => latent.move(new Map([[axis, mean]]))}
                >
                  Reset
                </button>
                <button
                  type="button"
                  class="small"
                  aria-pressed={locked}
                  aria-label={`Lock z${axis + 1}`}
                  onClick={() => lock(axis)}
                >
                  {locked ? 'Locked' : 'Lock'}
                </button>
              </div>
            </div>
          );
        })}
      </div>
    </section>
  );
};

const FIRST = 12;
