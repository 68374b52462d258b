import type { TrainingSession } from './training-session.ts';
import { decimals } from '../meter/words.ts';

/** Begins, ends and undoes training, and says how far it is. */
export const Controls = ({
  lesson,
  examples,
  onDownload,
}: {
  readonly lesson: TrainingSession;
  /** How many examples of its data the model can rehearse. */
  readonly examples: number;
  readonly onDownload: () => void;
}) => {
  const { taught, rehearse, stage, losses, pace, weights } = lesson;
  const busy = stage.value !== 'ready';
  const count = losses.value.length;
  return (
    <>
      <Settings lesson={lesson} />
      {examples > 0 && (
        <label class="check">
          <input
            type="checkbox"
            checked={rehearse.value}
            disabled={busy}
            onChange={({ currentTarget }) => (rehearse.value = currentTarget.checked)}
          />
          Rehearse other conditions with the model’s own samples, to prevent forgetting
        </label>
      )}
      <div class="row">
        {busy ? (
          <button type="button" class="button" disabled={stage.value !== 'training'} onClick={lesson.stop}>
            Stop
          </button>
        ) : (
          <button
            type="button"
            class="button primary"
            disabled={taught.value.length === 0}
            onClick={() => void lesson.start()}
          >
            {count > 0 ? 'Continue training' : 'Train'}
          </button>
        )}
        <button type="button" class="button" disabled={busy || count === 0} onClick={() => void lesson.reset()}>
          Reset
        </button>
        <button type="button" class="button" disabled={busy || weights.value === undefined} onClick={onDownload}>
          Download ONNX
        </button>
      </div>
      <p class="hint" role="status">
        {stage.value === 'loading' && 'Loading the training step…'}
        {pace.value !== undefined && `${pace.value.toFixed(0)} ms per step`}
      </p>
      <p class="spoken" aria-live="polite">
        {count > 0 && (count % 50 === 0 || !busy) && `Step ${count}, loss ${decimals(losses.value.at(-1) ?? NaN, 1)}`}
      </p>
    </>
  );
};

/** How many steps, and how large. */
const Settings = ({ lesson: { steps, learningRate, stage, losses } }: { readonly lesson: TrainingSession }) => {
  const busy = stage.value !== 'ready';
  const count = losses.value.length;
  return (
    <div class="settings">
      <div class="setting">
        <label for="train-steps">Steps</label>
        <input
          id="train-steps"
          type="number"
          min="1"
          max="10000"
          value={steps.value}
          disabled={busy}
          onInput={({ currentTarget: { valueAsNumber: value } }) => {
            if (Number.isInteger(value) && value >= 1) steps.value = value;
          }}
          onBlur={({ currentTarget }) => (currentTarget.value = `${steps.value}`)}
        />
      </div>
      <div class="setting">
        <label for="train-rate">Learning rate</label>
        <select
          id="train-rate"
          value={`${learningRate.value}`}
          disabled={busy || count > 0}
          onChange={({ currentTarget }) => (learningRate.value = Number(currentTarget.value))}
        >
          {RATES.map((rate) => (
            <option key={rate} value={`${rate}`}>
              {rate}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
};

/** Rates to choose from. */
const RATES = [3e-4, 1e-3, 3e-3, 1e-2];
