import { useEffect, useRef, useState } from 'preact/hooks';
import { stroke, type Point } from './brush.ts';
import { createHistory } from './history.ts';

/** What is drawn with: ink of `colour`, or paper. */
export interface Pen {
  readonly tool: 'pen' | 'eraser';
  readonly colour: string;
}

/** The image that is drawn on, and what it was before. */
export interface Sheet {
  /** Its pixels as they are now: strokes come faster than the page is rendered. */
  readonly now: () => Float32Array;
  readonly change: (next: Float32Array) => void;
  /** Keeps the image as it is, to come back to. */
  readonly remember: () => void;
  readonly undo: () => void;
  readonly undoable: boolean;
  /** Draws through points, one after the other. */
  readonly line: (points: readonly Point[], pen: Pen) => void;
}

/** What is drawn on: an image of this shape, with these pixels, of which some may not be touched. */
interface Drawn {
  readonly shape: readonly number[];
  readonly value: Float32Array;
  readonly onChange: (value: Float32Array) => void;
  readonly counts?: (row: number, column: number) => boolean;
  readonly paper?: number;
}

export const useSheet = ({ shape, value, onChange, counts, paper = 0 }: Drawn): Sheet => {
  const [height = 0, width = 0, channels = 1] = shape;
  const [history] = useState(createHistory);
  const [undoable, setUndoable] = useState(0);
  const now = useRef(value);
  now.current = value;
  useEffect(() => {
    // A new image from elsewhere can be undone too.
    setUndoable(history.size());
  }, [value]);

  const change = (next: Float32Array): void => {
    now.current = next;
    onChange(next);
  };
  const isDrawnOn = (i: number): boolean => {
    const place = Math.floor(i / channels);
    return counts?.(Math.floor(place / width), place % width) ?? true;
  };
  const radius = Math.max(0.9, Math.max(height, width) / 26);
  return {
    now: () => now.current,
    change,
    remember: () => setUndoable(history.push(now.current)),
    undo: () => {
      const before = history.pop();
      if (before) change(before);
      setUndoable(history.size());
    },
    undoable: undoable > 0,
    line: (points, { tool, colour }) => {
      const ink = tool === 'eraser' ? [paper] : channels < 3 ? [1 - paper] : [...channelsOf(colour), 1];
      const pen = { radius: tool === 'eraser' ? radius * 1.6 : radius, colour: ink };
      const before = now.current;
      const drawn = points.reduce((image, to, i) => stroke(image, shape, points[i - 1] ?? to, to, pen), before);
      change(counts ? drawn.map((v, i) => (isDrawnOn(i) ? v : (before[i] ?? 0))) : drawn);
    },
  };
};

const channelsOf = (colour: string): readonly number[] =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
