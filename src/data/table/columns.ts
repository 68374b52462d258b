import { InvalidData } from '../../errors.ts';
import { isNumeral, sortedClasses } from '../../values/classes.ts';
import { maskName } from '../../values/mask-name.ts';
import { list } from '../../values/value-text.ts';
import type { Column, Examples } from '../dataset.ts';
import { Growing } from './growing.ts';
import type { Header, TakeLine } from './lines.ts';
import { isMissing, NONE_WORD } from './missing.ts';
import { numeralReader, withoutSign, type NumberFormat } from './numerals.ts';
import { NumberColumn } from './number-column.ts';
import type { Item } from './plan.ts';

/** How cells are read. */
export interface CellOptions extends Partial<NumberFormat> {
  /** How lines without a value are handled, if the variable has no mask. */
  readonly missing?: 'error' | 'skip' | 'mask';
  readonly missingValues?: readonly string[];
  /** The bytes of a table's numbers that are kept in memory. */
  readonly memory?: number;
  /** What a row of the table is called: `line`. */
  readonly unit?: string;
}

/** Tables with more bytes of numbers are kept in a file. */
const MEMORY = 5e8;

/** Collects a table's lines into examples; a table of any size needs memory only for its numbers. */
export interface TableColumns {
  readonly take: TakeLine;
  /** Returns the examples, and remarks about them, a sentence each. */
  finish(): { readonly examples: Examples; readonly notices: readonly string[] };
}

/** Returns the columns of a plan's variables, from a table with this header; messages begin with `where`. */
export const tableColumns = (
  where: string,
  plan: readonly Item[],
  header: Header,
  { missing = 'error', missingValues = [], unit = 'line', memory = MEMORY, ...format }: CellOptions,
): TableColumns => {
  const share = memory / Math.max(1, plan.filter((item) => item.classes === undefined).length);
  const makers = plan.map((item) =>
    item.classes === undefined
      ? numbers(where, item, { decimal: '.', ...format }, unit, share)
      : classes(where, item, unit),
  );
  const places = plan.map(({ columns }) => columns.map((column) => header.indexOf(column)));
  const others = new Set(missingValues);
  const named = plan.map((item) => new Set(typeof item.classes === 'object' ? item.classes : []));
  const masks = plan.map(() => new Growing('Uint8Array'));
  /** How often a class is a word that may be the name of one. */
  const words = plan.map(() => 0);
  let [lines, count, skipped, first] = [0, 0, 0, ''];
  const isLacking = (i: number, cell: string): boolean => isMissing(cell, others) && !named[i]?.has(cell);
  /** Returns the column that a line lacks; a class with such a name is not a missing value. */
  const lackingOf = (cells: readonly string[]): string | undefined => {
    for (const [i, at] of places.entries())
      for (const [j, place] of at.entries()) {
        if (plan[i]?.masked !== true && isLacking(i, cells[place] ?? '')) return plan[i]?.columns[j];
      }
    return undefined;
  };
  return {
    take: (cells, line) => {
      lines++;
      const lacking = lackingOf(cells);
      if (lacking === undefined) {
        count++;
        for (const [i, maker] of makers.entries()) {
          const masked = plan[i]?.masked === true;
          const own = (places[i] ?? []).map((place) => cells[place] ?? '');
          const known = own.map((cell) => (masked && isLacking(i, cell) ? undefined : cell));
          maker.take(known, line);
          if (plan[i]?.classes !== undefined && !others.has(NONE_WORD))
            words[i] = (words[i] ?? 0) + own.filter((cell, j) => cell === NONE_WORD && known[j] === undefined).length;
          if (masked) for (const cell of known) masks[i]?.push(cell === undefined ? 0 : 1);
        }
        return;
      }
      const cell = cells[header.indexOf(lacking)] ?? '';
      if (missing !== 'skip') throw new InvalidData(lackText(where, `${unit} ${line}`, lacking, cell, plan));
      if (skipped++ === 0) first = `${unit} ${line}, which lacks ${lacking}`;
    },
    finish: () => {
      const left = `${skipped.toLocaleString('en-US')} of ${lines.toLocaleString('en-US')} ${unit}s lack a value`;
      if (count === 0)
        throw new InvalidData(
          `${where}: expected ${unit}s of data, got none${skipped > 0 ? ` that is whole: ${left}` : ''}; give a file with some`,
        );
      const made = makers.map((maker) => maker.column());
      const columns = plan.flatMap(({ name, shape, masked }, i) => {
        const mask = Uint8Array.from(masks[i]?.values() ?? []);
        const own = [name, made[i]?.column] as const;
        return masked ? [own, [maskName(name), { shape, data: mask, scale: 1 }] as const] : [own];
      });
      return {
        examples: { count, columns: Object.fromEntries(columns) as Examples['columns'] }, // a maker for each item
        notices: [
          ...(skipped > 0 ? [`${where}: ${left} and are left out; the first is ${first}`] : []),
          ...made.flatMap(({ notice }) => notice ?? []),
          ...plan.flatMap(({ columns }, i) => wordText(where, columns, words[i] ?? 0, unit)),
        ],
      };
    },
  };
};

const lackText = (where: string, line: string, column: string, cell: string, plan: readonly Item[]): string => {
  const isClass = plan.some(({ columns, classes }) => classes !== undefined && columns.includes(column));
  const name = isClass && cell !== '' ? `, or name the classes, with ${cell} among them` : '';
  return `${where}: ${line} lacks ${column}${cell === '' ? '' : ` (${cell})`}; fill it in, or leave such lines out with { missing: 'skip' }, or keep them with { missing: 'mask' }${name}`;
};

const wordText = (where: string, columns: readonly string[], count: number, unit: string): readonly string[] =>
  count === 0
    ? []
    : [
        `${where}: ${list(columns)} is ${NONE_WORD} in ${count.toLocaleString('en-US')} ${unit}${count === 1 ? '' : 's'}, which is read as missing; if it is a class, name it among the classes, and if it is none, write missingValues: ['${NONE_WORD}']`,
      ];

/** Stands for the index of a missing class, which becomes that of any class: a mask leaves it out. */
const NONE = -1;

/** Collects the cells of one variable, line by line. */
interface Maker {
  /** Takes a line's cells, of which some may be missing. */
  take(cells: readonly (string | undefined)[], line: number | string): void;
  column(): { readonly column: Column; readonly notice?: string };
}

const classes = (where: string, { columns, shape, classes: listed }: Item, unit: string): Maker => {
  const found = new Map(typeof listed === 'object' ? listed.map((name, i) => [name, i]) : []);
  const indices = new Growing('Int32Array');
  return {
    take: (cells, line) => {
      for (const [i, cell] of cells.entries()) {
        if (cell === undefined) {
          indices.push(NONE);
          continue;
        }
        let index = found.get(cell);
        if (index === undefined) {
          if (typeof listed === 'object')
            throw new InvalidData(
              `${where}: ${columns[i]} in ${unit} ${line} is "${cell}"; write one of ${list(listed)}, or name that class too`,
            );
          index = found.size;
          found.set(cell, index);
        }
        indices.push(index);
      }
    },
    column: () => {
      if (typeof listed === 'object')
        return {
          column: { shape, data: Int32Array.from(indices.values(), (i) => Math.max(i, 0)), scale: 1, classes: listed },
        };
      const names = sortedClasses(found.keys());
      const order = new Int32Array(names.length);
      names.forEach((name, i) => (order[found.get(name) ?? 0] = i));
      const data = Int32Array.from(indices.values(), (index) => order[index] ?? 0);
      return { column: { shape, data, scale: 1, classes: names } };
    },
  };
};

const numbers = (
  where: string,
  { columns, shape }: Item,
  format: NumberFormat,
  unit: string,
  memory: number,
): Maker => {
  const values = new NumberColumn(shape, memory, (place) => `${where}: ${columns[place]}`);
  const numeral = numeralReader(format);
  return {
    take: (cells, line) => {
      for (const [i, cell] of cells.entries()) {
        if (cell === undefined) {
          values.push(NaN);
          continue;
        }
        const text = numeral(cell);
        const value = isNumeral(text) ? Number(text) : NaN;
        if (!Number.isFinite(Math.fround(value)))
          throw new InvalidData(
            `${where}: ${columns[i]} in ${unit} ${line} is "${cell}", not a number; ${numberRemedy(cell, format)}`,
          );
        values.push(value);
      }
    },
    column: () => values.column(),
  };
};

const numberRemedy = (cell: string, { decimal, signs = [] }: NumberFormat): string => {
  const [bare = cell, sign] = withoutSign(cell) ?? [];
  if (sign !== undefined && !signs.includes(sign))
    return `give { signs: [${[...signs, sign].map((one) => `'${one}'`).join(', ')}] } to csv, or write ${bare}`;
  if (decimal === ',' && isNumeral(cell)) return `write ${cell.replace('.', '')} or ${cell.replace('.', ',')}`;
  if (decimal === '.' && /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare))
    return `write ${bare.replaceAll(',', '')}, or give { thousands: ',' } to csv, if its commas are for thousands`;
  if (decimal === ',' && /^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$/.test(bare))
    return `write ${bare.replaceAll('.', '')}, or give { thousands: '.' } to csv, if its points are for thousands`;
  if (/^[+-]?\d+,\d+$/.test(cell)) return `write ${cell.replace(',', '.')}, or give { decimal: ',' }`;
  const missing = /\d/.test(cell) ? '' : `give { missingValues: ['${cell}'] } if it stands for a missing one, `;
  return `${missing}correct it, or make the column categorical`;
};
