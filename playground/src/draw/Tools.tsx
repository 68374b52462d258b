import { pixelsOfFile } from './file.ts';
import type { Pen, Sheet } from './sheet.ts';

/** Pen, eraser, undo, clear, opening a file, and a colour if the image has some. */
export const Tools = ({
  sheet,
  shape,
  label,
  paper,
  pen: { tool, colour },
  onPen,
  onWrong,
}: {
  readonly sheet: Sheet;
  readonly shape: readonly number[];
  readonly label: string;
  readonly paper: number;
  readonly pen: Pen;
  readonly onPen: (pen: Pen) => void;
  /** Receives what is wrong with a file; an empty text if it was opened. */
  readonly onWrong: (wrong: string) => void;
}) => {
  const [, , channels = 1] = shape;
  const openFile = async (input: HTMLInputElement): Promise<void> => {
    const [file] = input.files ?? [];
    if (!file) return;
    const opened = await pixelsOfFile(file, shape, paper).catch(() => undefined);
    input.value = '';
    onWrong(opened ? '' : `${file.name} is not an image that this browser can read.`);
    if (!opened) return;
    sheet.remember();
    sheet.change(opened);
  };
  const choice = (one: Pen['tool'], name: string) => (
    <button type="button" class="button" aria-pressed={tool === one} onClick={() => onPen({ tool: one, colour })}>
      {name}
    </button>
  );
  return (
    <div class="row tools" role="group" aria-label={`Tools for ${label}`}>
      {choice('pen', 'Pen')}
      {choice('eraser', 'Eraser')}
      <button type="button" class="button" disabled={!sheet.undoable} onClick={sheet.undo}>
        Undo
      </button>
      <button
        type="button"
        class="button"
        onClick={() => {
          sheet.remember();
          sheet.change(new Float32Array(sheet.now().length).fill(paper));
        }}
      >
        Clear
      </button>
      <label class="button file">
        Open…
        <input
          type="file"
          accept="image/*"
          aria-label={`Open an image as ${label}`}
          onChange={({ currentTarget }) => void openFile(currentTarget)}
        />
      </label>
      {channels >= 3 && (
        <label class="row">
          Colour{' '}
          <input
            type="color"
            value={colour}
            onInput={({ currentTarget }) => onPen({ tool, colour: currentTarget.value })}
          />
        </label>
      )}
    </div>
  );
};
