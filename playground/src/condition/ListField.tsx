import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

/** Many numbers or classes at once, as text: more of them than anyone would set one by one. */
export const ListField = ({
  name,
  values,
  classes,
  onChange,
}: {
  readonly name: string;
  /** Numbers, or the places of classes. */
  readonly values: readonly number[];
  /** The names of classes, if the values are classes. */
  readonly classes?: readonly string[];
  readonly onChange: (values: readonly number[]) => void;
}) => {
  const id = useId();
  const wrong = useSignal('');
  const between = classes ? betweenNames(classes) : ' ';
  const what = classes ? 'classes' : 'numbers';
  const numberOf = (part: string): number => {
    if (!classes) return Number(part);
    const place = classes.indexOf(part);
    return place < 0 ? NaN : place;
  };
  const read = (text: string): void => {
    const parts =
      between === '' ? [...text.replaceAll(/[\r\n]/g, '')] : text.split(between === ' ' ? /[\s,;]+/ : /\s*[,;\n]\s*/);
    const given = parts.filter((part) => part !== '');
    const next = given.map(numberOf);
    const bad = next.findIndex((value) => !Number.isFinite(value));
    wrong.value =
      bad >= 0
        ? `“${given[bad]}” (${classes ? 'place' : 'number'} ${bad + 1}) is not a ${classes ? 'class' : 'number'}`
        : next.length === values.length
          ? ''
          : `${next.length} ${what}; expected ${values.length}`;
    if (wrong.value === '') onChange(next);
  };
  return (
    <fieldset class="field">
      <legend>{name}</legend>
      <label class="hint" for={id}>
        {values.length} {what}
        {between === ' ' && ', separated by spaces or commas'}
        {between === ', ' && ', separated by commas'}
      </label>
      <textarea
        id={id}
        rows={classes ? 3 : 6}
        spellcheck={false}
        aria-invalid={wrong.value !== ''}
        aria-describedby={`${id}-wrong`}
        defaultValue={values.map((value) => (classes ? (classes[value] ?? '') : value)).join(between)}
        onChange={({ currentTarget }) => read(currentTarget.value)}
      />
      <p id={`${id}-wrong`} role="status" class="wrong">
        {wrong.value}
      </p>
      {classes && <p class="hint">{listedClasses(classes)}</p>}
    </fieldset>
  );
};

/** What is between names: nothing between letters, a space, or a comma where names have spaces. */
const betweenNames = (names: readonly string[]): '' | ' ' | ', ' =>
  names.every((name) => name.length === 1) ? '' : names.some((name) => /\s/.test(name)) ? ', ' : ' ';

/** Classes to choose from, as far as one reads them. */
export const listedClasses = (names: readonly string[]): string =>
  names.length > LISTED ? `${names.slice(0, LISTED).join(', ')}, … (${names.length} classes)` : names.join(', ');

const LISTED = 12;

/** Longer lists are given as text. */
export const MANY_NUMBERS = 24;
export const MANY_CLASSES = 8;
