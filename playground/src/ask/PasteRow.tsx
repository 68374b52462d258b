import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Playground } from '../session/playground.ts';
import { columnsOf, readRow } from './paste.ts';

/** A row of a table, pasted as text: what it says of conditions goes to them, the rest is y. */
export const PasteRow = ({ playground: { manifest, set, question } }: { readonly playground: Playground }) => {
  const id = useId();
  const answer = useSignal<{ readonly wrong: boolean; readonly text: string }>({ wrong: false, text: '' });
  const read = (text: string): void => {
    if (text.trim() === '') return;
    const row = readRow(manifest, text);
    if (typeof row === 'string') return void (answer.value = { wrong: true, text: row });
    for (const [name, value] of Object.entries(row.values)) set(name, value);
    question.own.value = { ...question.own.value, ...row.own };
    const names = [...Object.keys(row.values), ...Object.keys(row.own)];
    answer.value = {
      wrong: false,
      text: `Taken: ${names.join(', ')}.${row.left.length > 0 ? ` Not in the model: ${row.left.join(', ')}.` : ''}`,
    };
  };
  return (
    <details class="paste">
      <summary>Paste a row</summary>
      <label class="hint" for={id}>
        A row of a CSV or a spreadsheet, with a line of names above it or without; or a JSON object. In order:{' '}
        {columnsOf(manifest)
          .map(({ name }) => name)
          .join(', ')}
        .
      </label>
      <textarea
        id={id}
        rows={3}
        spellcheck={false}
        aria-invalid={answer.value.wrong}
        aria-describedby={`${id}-answer`}
        onInput={({ currentTarget }) => read(currentTarget.value)}
      />
      <p id={`${id}-answer`} role="status" class={answer.value.wrong ? 'wrong' : 'hint'}>
        {answer.value.text}
      </p>
    </details>
  );
};
