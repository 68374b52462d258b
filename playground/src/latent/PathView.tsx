import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Playground } from '../session/playground.ts';
import { Outcome } from '../view/Outcome.tsx';
import { STEPS, type Pin } from './latent.ts';

/** y along the line between two pinned samples, and the point led along it. */
export const PathView = ({ playground: { manifest, latent, tab } }: { readonly playground: Playground }) => {
  const { a, b } = latent.pins.value;
  const path = latent.path.value;
  const part = useSignal(0);
  const playing = useSignal(false);
  const lead = (to: number): void => {
    const { from, to: end } = path ?? {};
    part.value = to;
    if (from && end) latent.go(from.map((value, i) => value + to * ((end[i] ?? value) - value)));
  };
  useEffect(() => (playing.value ? play(lead, () => part.peek()) : undefined), [playing.value, path]);

  if (!a || !b)
    return (
      <div class="path">
        <h2>Between two samples</h2>
        <p class="hint">
          {a || b ? 'One sample is pinned; pin a second. ' : 'Pin two samples to interpolate between them. '}
          <button type="button" class="link" onClick={() => (tab.value = 'samples')}>
            Go to Samples
          </button>
        </p>
      </div>
    );
  return (
    <div class="path">
      <h2>
        From {nameOf(a)} to {nameOf(b)}
      </h2>
      <div class="steps">
        {path &&
          Array.from({ length: STEPS }, (_, step) => (
            <Outcome
              key={step}
              manifest={manifest}
              outputs={path.outputs}
              row={step}
              label={`Step ${step + 1} of ${STEPS}`}
            />
          ))}
      </div>
      <label class="along">
        <span class="spoken">Position</span>
        <input
          type="range"
          min="0"
          max="1"
          step="0.01"
          value={part.value}
          aria-valuetext={`${Math.round(100 * part.value)} % of the way`}
          onInput={({ currentTarget }) => {
            playing.value = false;
            lead(Number(currentTarget.value));
          }}
        />
      </label>
      <div class="row">
        <button
          type="button"
          class="button"
          aria-pressed={playing.value}
          onClick={() => (playing.value = !playing.value)}
        >
          {playing.value ? 'Stop' : 'Play'}
        </button>
        <button type="button" class="button" onClick={() => (latent.pins.value = { a: b, b: a })}>
          Swap
        </button>
        <button type="button" class="button" onClick={() => (latent.pins.value = {})}>
          Unpin
        </button>
      </div>
    </div>
  );
};

/** Leads along the path until it is ended: there and back in four seconds; a step a second for those who want less motion. */
const play = (lead: (to: number) => void, part: () => number): (() => void) => {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
    const timer = setInterval(() => lead((part() + 1 / (STEPS - 1)) % (1 + 1 / STEPS)), 1000);
    return () => clearInterval(timer);
  }
  let frame = requestAnimationFrame(function next(time) {
    lead(0.5 - 0.5 * Math.cos((time / 2000) * Math.PI));
    frame = requestAnimationFrame(next);
  });
  return () => cancelAnimationFrame(frame);
};

const nameOf = ({ index, seed }: Pin): string => `sample ${index + 1} (seed ${seed})`;
