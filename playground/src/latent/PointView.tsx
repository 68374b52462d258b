import type { Playground } from '../session/playground.ts';
import { Outcome } from '../view/Outcome.tsx';

/** What is decoded at the point, and ways to go elsewhere. */
export const PointView = ({ playground: { manifest, latent } }: { readonly playground: Playground }) => {
  const here = latent.here.value;
  const point = latent.point.value;
  const distance = Math.hypot(...point);
  return (
    <div class="here">
      {here && <Outcome manifest={manifest} outputs={here} label="Decoded y" />}
      <div class="here-side">
        <p>
          <b>{distance.toFixed(2)}</b> <span class="hint">standard deviations from the prior mean</span>
        </p>
        <div class="row">
          <button type="button" class="button" onClick={() => latent.go()}>
            Go to the mean
          </button>
          <button type="button" class="button" onClick={() => latent.wander()}>
            Go to a random sample
          </button>
        </div>
        <p class="hint">Locked dimensions stay fixed.</p>
      </div>
      <p class="spoken" aria-live="polite">
        {here && `Decoded at ${distance.toFixed(1)} standard deviations from the prior mean`}
      </p>
    </div>
  );
};
