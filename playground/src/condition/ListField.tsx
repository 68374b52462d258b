import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

/** Many numbers at once, as text: more of them than anyone would move one by one. */
export const ListField = ({
  name,
  numbers,
  refuse,
  onChange,
}: {
  readonly name: string;
  readonly numbers: readonly number[];
  /** What is wrong with a number, if something is. */
  readonly refuse: (value: number) => string | undefined;
  readonly onChange: (numbers: readonly number[]) => void;
}) => {
  const id = useId();
  const wrong = useSignal('');
  const read = (text: string): void => {
    const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
    const values = parts.map(Number);
    const bad = values.flatMap((value, i) => {
      const why = Number.isFinite(value) ? refuse(value) : 'not a number';
      return why === undefined ? [] : [`“${parts[i]}” (number ${i + 1}) is ${why}`];
    })[0];
    wrong.value =
      bad ?? (values.length === numbers.length ? '' : `${values.length} numbers; expected ${numbers.length}`);
    if (wrong.value === '') onChange(values);
  };
  return (
    <fieldset class="field">
      <legend>{name}</legend>
      <label class="hint" for={id}>
        {numbers.length} numbers, separated by spaces or commas
      </label>
      <textarea
        id={id}
        rows={6}
        spellcheck={false}
        aria-invalid={wrong.value !== ''}
        aria-describedby={`${id}-wrong`}
        defaultValue={numbers.join(' ')}
        onChange={({ currentTarget }) => read(currentTarget.value)}
      />
      <p id={`${id}-wrong`} role="status" class="wrong">
        {wrong.value}
      </p>
    </fieldset>
  );
};

/** Longer lists are given as text. */
export const MANY_NUMBERS = 24;
