import type { Choice, Condition } from '../../src/making/choice.ts';
import { readTextTable, type TextTable } from '../../src/making/table.ts';

/**
 * Days with dates, a station, rain that is often none, a sky that depends on it and is missing at times, and visitors; as a German
 * spreadsheet has saved them.
 */
export const days = (count: number): Uint8Array => {
  const rows = Array.from({ length: count }, (_, i) => {
    const date = new Date(Date.UTC(2021, 0, 1 + i)).toISOString().slice(0, 10).split('-').toReversed().join('.');
    const isDry = (i * 7919) % 10 < 4;
    const rain = isDry ? '0' : `${1 + ((i * 31) % 17)},${i % 10}`;
    const sky = i % 13 === 4 ? 'NA' : isDry ? 'clear; sunny' : 'rain';
    return [date, i % 2 === 0 ? 'Köln' : 'Ulm', rain, `"${sky}"`, 20 + ((i * 7) % 23) + (isDry ? 40 : 0), i + 1];
  });
  const text = [['date', 'station', 'rain in mm', 'sky', 'visitors', 'Nr'], ...rows]
    .map((cells) => cells.join(';'))
    .join('\r\n');
  return new TextEncoder().encode(`\ufeff${text}\r\n`);
};

/** A choice of a table's columns, by their names. */
export const choiceOf = (
  { columns }: TextTable,
  targets: readonly string[],
  conditions: readonly (string | readonly [string, NonNullable<Condition['part']>])[],
): Choice => {
  const column = (name: string) => {
    const found = columns.find((one) => one.name === name);
    if (!found) throw new Error(`there is no column ${name}`);
    return found;
  };
  return {
    targets: targets.map(column),
    conditions: conditions.map((one) =>
      typeof one === 'string' ? { column: column(one) } : { column: column(one[0]), part: one[1] },
    ),
  };
};

/** A table of such days. */
export const daysTable = (count: number): TextTable => readTextTable('days.csv', days(count));

/**
 * Trips in a long table, a row a minute, shuffled: speed, rain that is mostly none, a gear, and of each trip its driver and a load. They have
 * 4 to 9 rows, or as many as given.
 */
export const tripsText = (count: number, rows?: number): Uint8Array => {
  const lines = Array.from({ length: count }, (_, trip) =>
    Array.from({ length: rows ?? 4 + (trip % 6) }, (_, minute) => {
      const isFast = trip % 2 === 0;
      const speed = (isFast ? 60 : 30) + 5 * minute + ((trip * 7 + minute * 3) % 11) / 10;
      const rain = (trip + minute) % 3 === 0 ? 1 + ((trip * 5) % 7) / 2 : 0;
      const cells = [
        `T${trip}`,
        minute,
        speed.toFixed(1),
        rain,
        minute < 2 ? 'low' : 'high',
        isFast ? 'Ada' : 'Bo',
        100 + trip,
      ];
      return cells.join(',');
    }),
  ).flat();
  const mixed = lines.map((_, i) => lines[(i * 7919) % lines.length] ?? '');
  const text = ['trip,minute,speed,rain,gear,driver,load', ...mixed, ''].join('\n');
  return new TextEncoder().encode(text);
};

/** A table of such trips. */
export const trips = (count: number, rows?: number): TextTable => readTextTable('trips.csv', tripsText(count, rows));
