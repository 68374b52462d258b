import { variableText } from '../../../src/values/element-names.ts';
import type { FieldProps } from './field.ts';
import { classesOf } from './values.ts';

/** One class of several: a button each, or a list where there are many; or all of them in turn. */
export const ClassField = ({ name, condition, value, onChange }: FieldProps<'class' | 'all'>) => {
  const classes = classesOf(condition);
  const title = variableText(name, condition);
  const chosen = value.kind === 'class' ? value.index : undefined;
  const choose = (index: number): void => onChange({ kind: 'class', index });
  const all = (
    <label class="check">
      <input
        type="checkbox"
        checked={value.kind === 'all'}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.checked ? { kind: 'all' } : { kind: 'class', index: 0 })
        }
      />
      All classes, one row each
    </label>
  );
  if (classes.length > MANY)
    return (
      <fieldset class="field">
        <legend>{title}</legend>
        <select
          aria-label={title}
          value={chosen ?? ''}
          onChange={({ currentTarget }) => choose(Number(currentTarget.value))}
        >
          {classes.map((label, index) => (
            <option key={label} value={index}>
              {label}
            </option>
          ))}
        </select>
      </fieldset>
    );
  return (
    <fieldset class="field">
      <legend>{title}</legend>
      <div class={classes.every((label) => label.length <= 2) ? 'choices short' : 'choices'}>
        {classes.map((label, index) => (
          <label key={label} class="choice">
            <input type="radio" name={`condition-${name}`} checked={index === chosen} onChange={() => choose(index)} />
            <span>{label}</span>
          </label>
        ))}
      </div>
      {classes.length > 1 && all}
    </fieldset>
  );
};

const MANY = 24;
