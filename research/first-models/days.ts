import { readFile } from 'node:fs/promises';
import type { Model } from 'cvae-compile/runtime';
import { monthOf } from 'cvae-compile/data';
import type { Judge } from './judged.ts';
import { writeDays } from './plot.ts';

/** What is known of a model's days, drawn for the month and the sky of each day of the file. */
export interface DayFigures {
  /** The share of draws for July's days whose rain is below 0, and whose rain is 0; and of these days themselves. */
  readonly below: number;
  readonly dry: number;
  readonly dryInData: number;
  /** For each number, the share of days that lie between the 5th and the 46th of 50 draws in order: 41/51 = 0.8 is calibrated. */
  readonly covered: Readonly<Record<string, number>>;
  /** The share of draws that the judge takes for a day of the sky that was asked for, and of the days themselves. */
  readonly recognised: number;
  readonly recognisedInData: number;
}

const NUMBERS = ['precipitation', 'temp_max', 'temp_min', 'wind'] as const;
/** Draws for each day. */
const DRAWS = 50;

/** Measures a model's draws for the days of a file, and draws the days, and one draw for each, as pictures. */
export async function dayFigures(
  model: Model,
  file: string,
  judge: Judge,
  pictures: { readonly days: string; readonly draws: string },
): Promise<DayFigures> {
  const days = await daysIn(file);
  const month = days.map((day) => day.month);
  const given = { month, weather: days.map((day) => day.weather) };
  const samples = await model.sample(given, { count: DRAWS, seed: 1, draw: true, independent: true });
  const drawn = rowsOf(samples, days.length * DRAWS);
  const dots = (numbers: (day: number) => readonly number[] | undefined) =>
    month.map((one, day) => {
      const [rain = NaN, high = NaN] = numbers(day) ?? [];
      return { month: Number(one), rain, high };
    });
  await writeDays(
    pictures.days,
    dots((day) => days[day]?.numbers),
  );
  await writeDays(
    pictures.draws,
    dots((day) => drawn[day * DRAWS]),
  );
  const july = month.flatMap((one, day) => (one === '7' ? [day] : []));
  const rain = july.flatMap((day) => drawn.slice(day * DRAWS, (day + 1) * DRAWS).map(([mm = 0]) => mm));
  const share = (values: readonly number[], is: (value: number) => boolean): number =>
    values.filter(is).length / values.length;
  const covered = NUMBERS.map((name, column): [string, number] => {
    const inside = days.filter(({ numbers }, day) => {
      const own = drawn.slice(day * DRAWS, (day + 1) * DRAWS).map((row) => row[column] ?? 0);
      own.sort((a, b) => a - b);
      const value = numbers[column] ?? 0;
      return value >= (own[DRAWS / 10 - 1] ?? 0) && value <= (own[DRAWS - DRAWS / 10] ?? 0);
    });
    return [name, inside.length / days.length];
  });
  const recognised = async (rows: readonly (readonly number[])[], each: number): Promise<number> => {
    const guessed = await judge.tell({ x: rows, month: rows.map((_, i) => month[Math.floor(i / each)] ?? '') });
    return guessed.filter((sky, i) => judge.classes[sky] === days[Math.floor(i / each)]?.weather).length / rows.length;
  };
  return {
    below: share(rain, (mm) => mm < 0),
    dry: share(rain, (mm) => mm === 0),
    dryInData: share(
      july.map((day) => days[day]?.numbers[0] ?? 0),
      (mm) => mm === 0,
    ),
    covered: Object.fromEntries(covered),
    recognised: await recognised(drawn, DRAWS),
    recognisedInData: await recognised(
      days.map(({ numbers }) => numbers),
      1,
    ),
  };
}

const daysIn = async (file: string) => {
  // Its cells hold neither quotes nor commas.
  const [header = '', ...lines] = (await readFile(file, 'utf8')).trim().split(/\r?\n/);
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const cell = (name: string): string => cells[names.indexOf(name)] ?? '';
    return {
      month: `${monthOf(cell('date'))}`,
      weather: cell('weather'),
      numbers: NUMBERS.map((name) => Number(cell(name))),
    };
  });
};

/** The four numbers of each row: of one target, or of one for each. */
const rowsOf = (samples: object, count: number): readonly (readonly number[])[] => {
  const all: Readonly<Record<string, unknown>> = Object(samples);
  const numbers = (of: unknown): ArrayLike<number> => {
    const { data }: { readonly data?: ArrayLike<number> } = Object(of);
    return data ?? [];
  };
  const one = numbers(all);
  const each = NUMBERS.map((name) => numbers(all[name]));
  return Array.from({ length: count }, (_, row) =>
    NUMBERS.map((_, column) => (one.length > 0 ? one[4 * row + column] : each[column]?.[row]) ?? NaN),
  );
};
