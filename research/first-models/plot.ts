import { writeFile } from 'node:fs/promises';
import { encode } from 'fast-png';

/** A day: its month from 1, the rain in mm, and the highest temperature in °C. */
export interface Day {
  readonly month: number;
  readonly rain: number;
  readonly high: number;
}

const [WIDTH, HEIGHT, LOW, HIGH] = [240, 180, -10, 40];
const [PAPER, LINE] = [
  [255, 255, 255],
  [228, 228, 228],
] as const;
/** No rain, rain, and less than none. */
const [DRY, WET, IMPOSSIBLE] = [
  [236, 154, 41],
  [38, 110, 178],
  [214, 32, 60],
] as const;

/** Draws days as dots, twelve months from left to right, from −10 to 40 °C, with a line every 10 °C. */
export const writeDays = async (file: string, days: readonly Day[]): Promise<void> => {
  const data = new Uint8Array(3 * WIDTH * HEIGHT);
  const put = (x: number, y: number, colour: readonly number[]): void => {
    if (x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT) data.set(colour, 3 * (y * WIDTH + x));
  };
  const rowOf = (celsius: number): number => Math.round(((HIGH - celsius) / (HIGH - LOW)) * (HEIGHT - 1));
  for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) put(x, y, PAPER);
  for (let celsius = LOW; celsius <= HIGH; celsius += 10) for (let x = 0; x < WIDTH; x++) put(x, rowOf(celsius), LINE);
  for (const [i, { month, rain, high }] of days.entries()) {
    // Side by side within their month: multiples of the golden ratio are spread evenly.
    const x = Math.round(((month - 1 + 0.1 + 0.8 * ((i * 0.618034) % 1)) / 12) * WIDTH);
    const y = rowOf(high);
    const colour = rain < 0 ? IMPOSSIBLE : rain > 0 ? WET : DRY;
    for (const [dx, dy] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const)
      put(x + dx, y + dy, colour);
  }
  await writeFile(file, encode({ width: WIDTH, height: HEIGHT, channels: 3, data }));
};
