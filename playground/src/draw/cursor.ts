/** The pixel at the keyboard's cursor. */
export interface Cursor {
  readonly row: number;
  readonly column: number;
}

/** Where an arrow key, Home or End leads, within the image; `undefined` for other keys. */
export const moved = ({ row, column }: Cursor, key: string, height: number, width: number): Cursor | undefined => {
  const step = STEPS[key];
  if (step === undefined) return undefined;
  const within = (value: number, length: number): number => Math.max(0, Math.min(length - 1, value));
  return { row: within(row + step[0], height), column: within(column + step[1], width) };
};

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, -Infinity],
  End: [0, Infinity],
};
