import { isDrawable } from '../../../src/distributions/data/drawable.ts';
import { Slider } from '../condition/NumbersField.tsx';
import type { Playground } from '../session/playground.ts';
import { COUNTS } from '../session/settings.ts';
import { partOf } from '../view/kept.ts';
import { viewOf } from '../view/pixels.ts';

/** How samples are drawn: seed, count, temperature. */
export const SampleSettings = ({
  playground: { manifest, settings, change, kept },
}: {
  readonly playground: Playground;
}) => {
  const { seed, count, temperature, draw } = settings.value;
  const part = partOf(manifest);
  const drawable = isDrawable(manifest);
  return (
    <div class="settings" role="group" aria-label="Sampling">
      <div class="setting">
        <label for="seed">Seed</label>
        <div class="row">
          <input
            id="seed"
            type="number"
            min="0"
            step="1"
            value={seed}
            onInput={({ currentTarget }) => {
              const next = Number(currentTarget.value);
              if (currentTarget.value !== '' && Number.isSafeInteger(next) && next >= 0) change({ seed: next });
            }}
          />
          <button type="button" class="button" onClick={() => change({ seed: Math.floor(Math.random() * 2 ** 20) })}>
            Random
          </button>
        </div>
      </div>
      <div class="setting">
        <label for="count">Samples</label>
        <select
          id="count"
          value={count}
          onChange={({ currentTarget }) => change({ count: Number(currentTarget.value) })}
        >
          {[...new Set([...COUNTS, count])].map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </div>
      <div class="setting wide">
        <Slider
          label="Temperature"
          value={temperature}
          from={0}
          to={2}
          step={0.05}
          onChange={(next) => change({ temperature: Math.max(0, next) })}
        />
      </div>
      {drawable && (
        <label class="check">
          <input
            type="checkbox"
            checked={draw}
            onChange={({ currentTarget }) => change({ draw: currentTarget.checked })}
          />
          {viewOf(manifest.target) ? 'Sample pixels' : 'Sample values'}
        </label>
      )}
      {part && (
        <label class="check">
          <input
            type="checkbox"
            checked={kept.value !== undefined}
            onChange={({ currentTarget }) => (kept.value = currentTarget.checked ? part : undefined)}
          />
          Overlay the given pixels
        </label>
      )}
    </div>
  );
};
