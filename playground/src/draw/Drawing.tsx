import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { paint, pictureOf } from '../view/pixels.ts';
import type { Point } from './brush.ts';
import { moved, type Cursor } from './cursor.ts';
import { useSheet, type Pen, type Sheet } from './sheet.ts';
import { Tools } from './Tools.tsx';
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
  /** What is under it: 0, black, or 1, white. */
  readonly paper?: number;
}

/** An image to draw on, with pen, eraser, undo and clear; by mouse, finger, pen, or the keyboard. */
export const Drawing = (props: DrawingProps) => {
  const { shape, label, paper = 0 } = props;
  const [, width = 0, channels = 1] = shape;
  const [wrong, setWrong] = useState('');
  const [pen, setPen] = useState<Pen>({ tool: 'pen', colour: paper === 1 ? '#000000' : '#ffffff' });
  const [cursor, setCursor] = useState<Cursor | undefined>(undefined);
  const sheet = useSheet(props);
  const help = useId();
  const shade = cursor && sheet.now()[(cursor.row * width + cursor.column) * channels];
  return (
    <div class="drawing">
      <Paper {...props} {...{ sheet, pen, cursor, help }} onCursor={setCursor} />
      <Tools {...{ sheet, shape, label, pen, paper }} onPen={setPen} onWrong={setWrong} />
      <p class="wrong" role="status">
        {wrong}
      </p>
      <p class="hint" id={help}>
        Draw with a mouse, pen or finger, or the keyboard: arrows move, Shift+arrows draw, Space paints a dot.
      </p>
      <p class="spoken" aria-live="polite">
        {cursor &&
          `Row ${cursor.row + 1}, column ${cursor.column + 1}: ${Math.round(100 * Math.abs((shade ?? paper) - paper))} % ink`}
      </p>
    </div>
  );
};

interface PaperProps extends DrawingProps {
  readonly sheet: Sheet;
  readonly pen: Pen;
  readonly cursor: Cursor | undefined;
  /** The id of what says how to draw. */
  readonly help: string;
  readonly onCursor: (cursor: Cursor | undefined) => void;
}

/** The image itself, which takes strokes and keys. */
const Paper = ({ shape, value, label, counts, sheet, pen, cursor, help, onCursor }: PaperProps) => {
  const [height = 0, width = 0] = shape;
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<Point | undefined>(undefined);
  useLayoutEffect(() => {
    if (canvas.current) paint(canvas.current, pictureOf(value, shape));
  }, [value]);

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
    sheet.remember();
    last.current = pointOf(event);
    sheet.line([last.current], pen);
  };
  const move = (event: PointerEvent): void => {
    if (last.current === undefined) return;
    // All that came within one frame, so that a quick line stays round.
    const events = event.getCoalescedEvents?.() ?? [];
    const points = (events.length > 0 ? events : [event]).map(pointOf);
    sheet.line([last.current, ...points], pen);
    last.current = points.at(-1);
  };
  const up = (): void => void (last.current = undefined);
  return (
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
        onKeyDown={(event) => key(event, { shape, sheet, pen, cursor, onCursor })}
        onBlur={() => onCursor(undefined)}
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
  );
};

/** Moves the cursor, draws with it, or undoes. */
const key = (
  event: KeyboardEvent,
  { shape, sheet, pen, cursor, onCursor }: Pick<PaperProps, 'shape' | 'sheet' | 'pen' | 'cursor' | 'onCursor'>,
): void => {
  const [height = 0, width = 0] = shape;
  if ((event.ctrlKey || event.metaKey) && event.key === 'z') {
    event.preventDefault();
    sheet.undo();
    return;
  }
  const from = cursor ?? { row: Math.floor(height / 2), column: Math.floor(width / 2) };
  const to = moved(from, event.key, height, width);
  const isDraw = event.key === ' ' || event.key === 'Enter';
  if (!to && !isDraw) return;
  event.preventDefault();
  const end = to ?? from;
  onCursor(end);
  if (isDraw || event.shiftKey) {
    sheet.remember();
    sheet.line([centre(from), centre(end)], pen);
  }
};

const centre = ({ row, column }: Cursor): Point => ({ x: column + 0.5, y: row + 0.5 });
