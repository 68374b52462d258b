import { variableText } from '../../../src/values/element-names.ts';
import type { FieldProps } from './field.ts';
import { classesOf } from './values.ts';

/** Several classes, one for each place of a shape. */
export const ClassesField = ({ name, condition, value, onChange }: FieldProps<'classes'>) => {
  const classes = classesOf(condition);
  const title = variableText(name, condition);
  const change = (place: number, index: number): void =>
    onChange({ kind: 'classes', indices: value.indices.map((before, i) => (i === place ? index : before)) });
  return (
    <fieldset class="field">
      <legend>{title}</legend>
      <div class="places">
        {value.indices.map((index, place) => (
          <select
            key={place}
            aria-label={value.indices.length > 1 ? `${title}, position ${place + 1}` : title}
            value={index}
            onChange={({ currentTarget }) => change(place, Number(currentTarget.value))}
          >
            {classes.map((label, i) => (
              <option key={label} value={i}>
                {label}
              </option>
            ))}
          </select>
        ))}
      </div>
    </fieldset>
  );
};
