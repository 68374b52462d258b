import { useId } from 'preact/hooks';
import { elementTexts } from '../../../src/values/element-names.ts';
import type { FieldProps } from './field.ts';
import { rounded } from './values.ts';

/** Continuous values: a slider each over what the data have, and a number to type, which may lie beyond. */
export const NumbersField = ({ name, condition, value, onChange }: FieldProps<'numbers'>) => {
  const { numbers } = value;
  const labels = elementTexts(name, condition);
  const change = (place: number, number: number): void => {
    if (Number.isFinite(number))
      onChange({ kind: 'numbers', numbers: numbers.map((before, i) => (i === place ? number : before)) });
  };
  return (
    <fieldset class="field">
      {/* A lone slider says it itself. */}
      <legend class={numbers.length === 1 ? 'spoken' : ''}>{name}</legend>
      {numbers.map((number, place) => {
        const mean = condition.scaling?.mean[place] ?? 0;
        const deviation = condition.scaling?.deviation[place] ?? 1;
        return (
          <Slider
            key={place}
            label={labels[place] ?? name}
            value={number}
            from={rounded(mean - 3 * deviation)}
            to={rounded(mean + 3 * deviation)}
            onChange={(next) => change(place, next)}
          />
        );
      })}
    </fieldset>
  );
};

/** A number on a range, by slider or by typing. */
export const Slider = ({
  label,
  value,
  from,
  to,
  step,
  decimals,
  disabled = false,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly from: number;
  readonly to: number;
  readonly step?: number;
  /** How many decimals are shown; four digits by default. */
  readonly decimals?: number;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
}) => {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={from}
        max={to}
        step={step ?? (to - from) / 200}
        value={value}
        disabled={disabled}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
      <input
        type="number"
        aria-label={`${label}, as a number`}
        step={step ?? 'any'}
        value={decimals === undefined ? rounded(value) : Number(value.toFixed(decimals)) || 0}
        disabled={disabled}
        onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
    </div>
  );
};
