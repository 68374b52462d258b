import { isClasses, type Manifest, type TargetSignature } from '../../../src/signature.ts';
import { distributionOf } from '../../../src/distributions/data/table.ts';
import { size } from '../../../src/shape/size.ts';
import { classesOf, exact } from '../condition/values.ts';
import { areSpelt, seriesName } from '../view/plots.ts';
import { linesOf, stepsIn, type SequenceTarget } from '../view/sequences.ts';
import type { Own } from './own.ts';
import { bare, columnsOf, cut, numberOf, rowOfConditions, type Column, type Row } from './paste.ts';

/** A sequence as a table that is typed or pasted: a line for each step, a column for each series, and names above several. */
export interface StepColumn extends Column {
  readonly target: TargetSignature;
  /** Which of how many series of its target it is. */
  readonly series: number;
  readonly among: number;
}

/** The columns of a step; what only says where the sequence ends is none, as the last line says it. */
export const columnsOfSteps = (targets: readonly SequenceTarget[]): readonly StepColumn[] =>
  targets.flatMap(({ name, target, isEnd }) => {
    if (isEnd) return [];
    const among = isClasses(target) ? 1 : size(target.dataShape.slice(1));
    const variable = { ...target, isClass: isClasses(target), mayMiss: target.mask === true };
    return Array.from({ length: among }, (_, series) => ({
      name: seriesName({ ...target, units: [] }, series) ?? (among > 1 ? `${name} ${series + 1}` : name),
      of: name,
      variable,
      isTarget: true,
      target,
      series,
      among,
    }));
  });

/** Whether a model's sequences may be shorter than it has steps. */
export const mayEnd = (targets: readonly SequenceTarget[]): boolean =>
  targets.some(({ target: { end } }) => end !== undefined);

/** The steps that a model has. */
export const mostSteps = ([first]: readonly SequenceTarget[]): number => first?.target.dataShape[0] ?? 0;

/** A sequence as text, up to its end: words of letters as they are written, a single series in a line, others as lines of cells. */
export const stepsText = (targets: readonly SequenceTarget[], own: Own): string => {
  const columns = columnsOfSteps(targets);
  const lines = linesOf(targets, (name) => own[name]);
  const texts = columns.map(({ of, variable, series }) =>
    (lines.find(({ name }) => name === of)?.lines[series] ?? []).map((value) =>
      Number.isNaN(value) ? '' : variable.isClass ? (classesOf(variable)[value] ?? '') : `${exact(value)}`,
    ),
  );
  const [only, ...others] = columns;
  if (only && others.length === 0) return (texts[0] ?? []).join(betweenOf(only));
  const table = [
    columns.map(({ name }) => quoted(name)),
    ...Array.from({ length: stepsIn(lines) }, (_, step) => texts.map((column) => quoted(column[step] ?? ''))),
  ];
  const widths = columns.map((_, i) => Math.max(...table.map((cells) => cells[i]?.length ?? 0)));
  return table
    .map((cells, line) =>
      cells
        .map((cell, i) => {
          const isLast = i === cells.length - 1;
          if (line > 0 && !columns[i]?.variable.isClass) return `${cell.padStart(widths[i] ?? 0)}${isLast ? '' : ','}`;
          return isLast ? cell : `${cell},`.padEnd((widths[i] ?? 0) + 1);
        })
        .join(' '),
    )
    .join('\n');
};

/** What is between the values of a single series. */
const betweenOf = ({ variable }: StepColumn): string => {
  if (!variable.isClass) return ' ';
  const names = classesOf(variable);
  return areSpelt(names) ? '' : names.some((name) => /[\s,;]/.test(name)) ? '\n' : ' ';
};

const quoted = (text: string): string => (/[,;\t"]/.test(text) ? `"${text.replaceAll('"', '')}"` : text);

/** A sequence read from text, and the conditions that stand beside it; or what is wrong with it, in a sentence. */
export const readSteps = (manifest: Manifest, targets: readonly SequenceTarget[], text: string): Row | string => {
  const columns = columnsOfSteps(targets);
  const read = tableIn(manifest, columns, text);
  if (typeof read === 'string') return read;
  const { cells, values, left } = read;
  const [most, hasEnd] = [mostSteps(targets), mayEnd(targets)];
  const rows: number[][] = [];
  for (const [at, row] of cells.entries()) {
    const numbers: number[] = [];
    for (const [i, column] of columns.entries()) {
      const number = numberOf(column, row[i] ?? '');
      if (typeof number === 'string') return cells.length > 1 ? `step ${at + 1}: ${number}` : number;
      numbers.push(number);
    }
    // What is behind a written end is nothing.
    if (columns.some(({ target: { end } }, i) => end !== undefined && numbers[i] === end)) break;
    rows.push(numbers);
  }
  if (rows.length === 0) return 'no steps; give at least one';
  if (rows.length > most || (!hasEnd && rows.length < most))
    return `${rows.length} ${rows.length === 1 ? 'step' : 'steps'}; give ${hasEnd ? `at most ${most}` : most}`;
  const shown = left.filter((name) => !targets.some((target) => target.name === name));
  return { left: shown, values, own: ownOf(targets, columns, rows) };
};

/** The numbers of each target: behind the end, what stands for nothing. */
const ownOf = (
  targets: readonly SequenceTarget[],
  columns: readonly StepColumn[],
  rows: readonly (readonly number[])[],
): Own =>
  Object.fromEntries(
    targets.map(({ name, target, isEnd }) => {
      const own = columns.flatMap(({ of }, i) => (of === name ? [i] : []));
      const behind = target.end ?? (target.mask === true ? NaN : distributionOf(target).values === 'positive' ? 1 : 0);
      const numbers = Array.from({ length: mostSteps(targets) }, (_, step) => {
        const row = rows[step];
        if (!row) return Array.from({ length: Math.max(1, own.length) }, () => behind);
        // Of two classes the other one: the sequence goes on.
        return isEnd ? [1 - (target.end ?? 0)] : own.map((i) => row[i] ?? NaN);
      });
      return [name, numbers.flat()];
    }),
  );

interface Lines extends Pick<Row, 'values' | 'left'> {
  /** The cells of each step, in the order of the columns. */
  readonly cells: readonly (readonly string[])[];
}

const tableIn = (manifest: Manifest, columns: readonly StepColumn[], text: string): Lines | string => {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const [first = [], ...rest] = lines.map(cut);
  const isTitled = isNamed(manifest, columns, first);
  const [only, ...others] = columns;
  if (only && others.length === 0 && !(isTitled && first.length > 1))
    return { cells: partsIn(only, isTitled ? lines.slice(1) : lines).map((part) => [part]), values: {}, left: [] };
  if (isTitled) return fromNamed(manifest, columns, first, rest);
  const all = [first, ...rest];
  const odd = all.findIndex((cells) => cells.length !== columns.length);
  if (lines.length > 0 && odd >= 0)
    return `step ${odd + 1}: ${all[odd]?.length} cells; give ${columns.length}: ${columns.map(({ name }) => name).join(', ')}`;
  return { cells: lines.length === 0 ? [] : all, values: {}, left: [] };
};

/** The values of a single series: letters, lines, or what spaces and commas separate. */
const partsIn = (column: StepColumn, lines: readonly string[]): readonly string[] => {
  const between = betweenOf(column);
  if (between === '') return [...lines.join('')];
  if (between === '\n') return lines.flatMap((line) => (line.includes('"') ? cut(line) : [line.trim()]));
  return lines.flatMap((line) => line.split(/[\s,;]+/)).filter((part) => part !== '');
};

const isNameOf = ({ name, of }: Column, text: string): boolean => text === name || text === of || bare(text) === name;

/** Whether a line has the names of columns. */
const isNamed = (manifest: Manifest, columns: readonly Column[], cells: readonly string[]): boolean =>
  cells.some((cell) => [...columns, ...columnsOf(manifest)].some((column) => isNameOf(column, cell)));

/** Lines below their names, such as those of a long table; conditions are those of the first. */
const fromNamed = (
  manifest: Manifest,
  columns: readonly StepColumn[],
  names: readonly string[],
  lines: readonly (readonly string[])[],
): Lines | string => {
  const places = columns.map((column) => names.findIndex((name) => isNameOf(column, name)));
  const lacking = columns.filter((_, i) => (places[i] ?? -1) < 0);
  if (lacking.length > 0) return `the first line lacks ${lacking.map(({ name }) => name).join(', ')}`;
  const rest = names.filter((name) => !columns.some((column) => isNameOf(column, name)));
  const beside = rest.map((name) => [name, lines[0]?.[names.indexOf(name)] ?? ''] as const);
  const found = rowOfConditions(manifest, beside);
  if (typeof found === 'string') return found;
  return { ...found, cells: lines.map((cells) => places.map((place) => cells[place] ?? '')) };
};
