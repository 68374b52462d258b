import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Playground } from '../session/playground.ts';
import { listedClasses } from '../condition/ListField.tsx';
import { classesOf } from '../condition/values.ts';
import type { SequenceTarget } from '../view/sequences.ts';
import type { Own } from './own.ts';
import { columnsOfSteps, mayEnd, mostSteps, readSteps, stepsText } from './steps.ts';

/** What was typed, the y that came of it, and what is to say about it. */
interface Written {
  readonly own: Own;
  readonly text: string;
  readonly says: string;
  readonly isWrong: boolean;
}

/** The user's own sequence as text: a line for each step, to edit, or to replace by rows of a table. */
export const StepsField = ({
  playground: { manifest, set, question },
  targets,
}: {
  readonly playground: Playground;
  readonly targets: readonly SequenceTarget[];
}) => {
  const id = useId();
  const own = question.own.value;
  const written = useSignal<Written | undefined>(undefined);
  // Another example takes the place of what was typed.
  const shown =
    written.value?.own === own ? written.value : { own, text: stepsText(targets, own), says: '', isWrong: false };
  const columns = columnsOfSteps(targets);
  const isTable = columns.length > 1;
  const most = mostSteps(targets);
  const read = (text: string): void => {
    const row = readSteps(manifest, targets, text);
    if (typeof row === 'string') return void (written.value = { own, text, says: row, isWrong: true });
    for (const [name, value] of Object.entries(row.values)) set(name, value);
    const given = Object.keys(row.values);
    const says = [
      ...(given.length > 0 ? [`Also taken: ${given.join(', ')}.`] : []),
      ...(row.left.length > 0 ? [`Not in the model: ${row.left.join(', ')}.`] : []),
    ].join(' ');
    written.value = { own: row.own, text, says, isWrong: false };
    question.own.value = row.own;
  };
  return (
    <div class="field">
      <label class="hint" for={id}>
        {isTable ? 'A line for each step' : `${columns[0]?.name ?? 'y'}, step by step`}
        {mayEnd(targets) ? `, at most ${most}` : `, ${most} of them`}
        {isTable && '; rows of a table can be pasted, with their names'}
      </label>
      <textarea
        id={id}
        class={isTable ? 'steps' : ''}
        rows={isTable ? Math.min(most, 16) + 1 : 4}
        spellcheck={false}
        value={shown.text}
        aria-invalid={shown.isWrong}
        aria-describedby={`${id}-says`}
        onInput={({ currentTarget }) => read(currentTarget.value)}
      />
      <p id={`${id}-says`} role="status" class={shown.isWrong ? 'wrong' : 'hint'}>
        {shown.says}
      </p>
      {columns
        .filter(({ variable }) => variable.isClass)
        .map(({ name, variable }) => (
          <p key={name} class="hint">
            {isTable && `${name}: `}
            {listedClasses(classesOf(variable))}
          </p>
        ))}
    </div>
  );
};
