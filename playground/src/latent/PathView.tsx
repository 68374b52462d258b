import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Playground } from '../session/playground.ts';
import { Outcome } from '../view/Outcome.tsx';
import { STEPS, type Pin } from './latent.ts';

/** y along the line between two pinned samples, and the point led along it. */
export const PathView = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, latent } = playground;
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

  if (!a || !b) return <ChooseTwo playground={playground} />;
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

/** Which two of the samples, by their numbers, or to look at them and pin two. */
const ChooseTwo = ({ playground: { settings, latent, tab } }: { readonly playground: Playground }) => {
  const { seed, temperature, count } = settings.value;
  const { a, b } = latent.pins.value;
  const from = useSignal(a?.index ?? 0);
  const to = useSignal(b?.index ?? Math.min(1, count - 1));
  const choice = (label: string, chosen: Signal<number>) => (
    <label class="row">
      {label}
      <select value={chosen.value} onChange={({ currentTarget }) => (chosen.value = Number(currentTarget.value))}>
        {Array.from({ length: count }, (_, i) => (
          <option key={i} value={i}>
            sample {i + 1}
          </option>
        ))}
      </select>
    </label>
  );
  const pin = (index: number): Pin => ({ seed, temperature, index });
  return (
    <div class="path">
      <h2>Between two samples</h2>
      <div class="row">
        {choice('From', from)}
        {choice('to', to)}
        <button
          type="button"
          class="button"
          onClick={() => (latent.pins.value = { a: a ?? pin(from.value), b: b ?? pin(to.value) })}
        >
          Interpolate
        </button>
      </div>
      <p class="hint">
        {a || b ? 'One sample is pinned. ' : ''}Or{' '}
        <button type="button" class="link" onClick={() => (tab.value = 'samples')}>
          look at the samples
        </button>{' '}
        and pin two.
      </p>
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
