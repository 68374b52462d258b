import { Picture } from '../view/Picture.tsx';
import type { TrainingExample } from './training-examples.ts';

/** What is to be learnt, each with a button that takes it away. */
export const TaughtList = ({
  taught,
  view,
  disabled,
  onRemove,
}: {
  readonly taught: readonly TrainingExample[];
  readonly view: readonly number[] | undefined;
  readonly disabled: boolean;
  readonly onRemove: (index: number) => void;
}) => (
  <ul class="taught" aria-label="Training examples">
    {taught.map((one, i) => (
      <li key={i}>
        <button
          type="button"
          class="example"
          disabled={disabled}
          aria-label={`Remove example ${i + 1}: ${one.label || 'without conditions'}`}
          title={`${one.label}: click to remove`}
          onClick={() => onRemove(i)}
        >
          {view && one.targets['y'] ? (
            <Picture values={one.targets['y']} shape={view} label="" />
          ) : (
            <span>{one.label || i + 1}</span>
          )}
        </button>
      </li>
    ))}
  </ul>
);
