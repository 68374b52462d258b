import { save } from '../view/save.ts';

/** Offers what is seen as a CSV file. */
export const SaveCsv = ({
  label,
  file,
  text,
}: {
  readonly label: string;
  readonly file: string;
  /** The file's content; undefined where there is nothing yet. */
  readonly text: (() => string) | undefined;
}) => (
  <button
    type="button"
    class="button end"
    disabled={text === undefined}
    onClick={() => text && save(new Blob([text()], { type: 'text/csv' }), file)}
  >
    {label}
  </button>
);
