import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { paint, pictureOf } from '../view/pixels.ts';
import { stroke, type Point } from './brush.ts';
import { moved, type Cursor } from './cursor.ts';
import { createHistory } from './history.ts';
import { pixelsOfFile } from './file.ts';
import { Veil } from './Veil.tsx';

/** What a drawing is of. */
export interface DrawingProps {
  /** [height, width, channels]. */
  readonly shape: readonly number[];
  /** Pixels from 0 to 1. */
  readonly value: Float32Array;
  readonly onChange: (value: Float32Array) => void;
  readonly label: string;
  /** Whether a pixel counts; those that do not are hatched, and not drawn on. */
  readonly counts?: (row: number, column: number) => boolean;
}

/** An image to draw on, with pen, eraser, undo and clear; by mouse, finger, pen, or the keyboard. */
export const Drawing = ({ shape, value, onChange, label, counts }: DrawingProps) => {
  const [height = 0, width = 0, channels = 1] = shape;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [tool, setTool] = useState<'pen' | 'eraser'>('pen');
  const [colour, setColour] = useState('#ffffff');
  const [cursor, setCursor] = useState<Cursor | undefined>(undefined);
  const [history] = useState(createHistory);
  const [undoable, setUndoable] = useState(0);
  const [wrong, setWrong] = useState('');
  const last = useRef<Point | undefined>(undefined);
  // What was drawn since the page was last rendered: strokes come faster than that.
  const now = useRef(value);
  const help = useId();
  now.current = value;

  useLayoutEffect(() => {
    if (canvas.current) paint(canvas.current, pictureOf(value, shape));
  }, [value]);

  const change = (next: Float32Array): void => {
    now.current = next;
    onChange(next);
  };
  const remember = (): void => setUndoable(history.push(now.current));
  const undo = (): void => {
    const before = history.pop();
    if (before) change(before);
    setUndoable(history.size());
  };
  const radius = Math.max(0.9, Math.max(height, width) / 26);
  /** Draws through points, one after the other. */
  const line = (points: readonly Point[]): void => {
    const ink = tool === 'eraser' ? [0] : channels < 3 ? [1] : [...channelsOf(colour), 1];
    const pen = { radius: tool === 'eraser' ? radius * 1.6 : radius, colour: ink };
    const before = now.current;
    const drawn = points.reduce((image, to, i) => stroke(image, shape, points[i - 1] ?? to, to, pen), before);
    change(counts ? drawn.map((v, i) => (isDrawnOn(i) ? v : (before[i] ?? 0))) : drawn);
  };
  const isDrawnOn = (i: number): boolean => {
    const place = Math.floor(i / channels);
    return counts?.(Math.floor(place / width), place % width) ?? true;
  };

  const openFile = async (input: HTMLInputElement): Promise<void> => {
    const [file] = input.files ?? [];
    if (!file) return;
    const opened = await pixelsOfFile(file, shape).catch(() => undefined);
    input.value = '';
    setWrong(opened ? '' : `${file.name} is no image that the browser can read.`);
    if (!opened) return;
    remember();
    change(opened);
  };

  const pointOf = (event: PointerEvent): Point => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box) return { x: 0, y: 0 };
    return {
      x: ((event.clientX - box.left) / box.width) * width,
      y: ((event.clientY - box.top) / box.height) * height,
    };
  };
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    canvas.current?.setPointerCapture(event.pointerId);
    remember();
    last.current = pointOf(event);
    line([last.current]);
  };
  const move = (event: PointerEvent): void => {
    if (last.current === undefined) return;
    // All that came within one frame, so that a quick line stays round.
    const events = event.getCoalescedEvents?.() ?? [];
    const points = (events.length > 0 ? events : [event]).map(pointOf);
    line([last.current, ...points]);
    last.current = points.at(-1);
  };
  const up = (): void => void (last.current = undefined);

  const key = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'z') {
      event.preventDefault();
      return undo();
    }
    const from = cursor ?? { row: Math.floor(height / 2), column: Math.floor(width / 2) };
    const to = moved(from, event.key, height, width);
    const isDraw = event.key === ' ' || event.key === 'Enter';
    if (!to && !isDraw) return;
    event.preventDefault();
    const end = to ?? from;
    setCursor(end);
    if (isDraw || event.shiftKey) {
      remember();
      line([centre(from), centre(end)]);
    }
  };
  useEffect(() => {
    // A new image from elsewhere can be undone too.
    setUndoable(history.size());
  }, [value]);

  const shade = cursor && now.current[(cursor.row * width + cursor.column) * channels];
  return (
    <div class="drawing">
      <div class="paper" style={{ aspectRatio: `${width} / ${height}` }}>
        <canvas
          ref={canvas}
          class="pixels"
          tabIndex={0}
          role="application"
          aria-label={label}
          aria-describedby={help}
          onPointerDown={down}
          onPointerMove={move}
          onPointerUp={up}
          onPointerCancel={up}
          onKeyDown={key}
          onBlur={() => setCursor(undefined)}
        />
        {counts && <Veil counts={counts} height={height} width={width} />}
        {cursor && (
          <span
            class="cursor"
            style={{
              left: `${(100 * cursor.column) / width}%`,
              top: `${(100 * cursor.row) / height}%`,
              width: `${100 / width}%`,
              height: `${100 / height}%`,
            }}
          />
        )}
      </div>
      <div class="row tools" role="group" aria-label={`Tools for ${label}`}>
        <button type="button" class="button" aria-pressed={tool === 'pen'} onClick={() => setTool('pen')}>
          Pen
        </button>
        <button type="button" class="button" aria-pressed={tool === 'eraser'} onClick={() => setTool('eraser')}>
          Eraser
        </button>
        <button type="button" class="button" disabled={undoable === 0} onClick={undo}>
          Undo
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            remember();
            change(new Float32Array(value.length));
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
            Colour <input type="color" value={colour} onInput={({ currentTarget }) => setColour(currentTarget.value)} />
          </label>
        )}
      </div>
      <p class="wrong" role="status">
        {wrong}
      </p>
      <p class="hint" id={help}>
        Draw here, or with the keyboard: arrows move, Shift draws, Space dots.
      </p>
      <p class="spoken" aria-live="polite">
        {cursor && `Row ${cursor.row + 1}, column ${cursor.column + 1}: ${Math.round(100 * (shade ?? 0))} % ink`}
      </p>
    </div>
  );
};

const centre = ({ row, column }: Cursor): Point => ({ x: column + 0.5, y: row + 0.5 });

const channelsOf = (colour: string): readonly number[] =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
