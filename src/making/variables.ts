import { amountsOf, areFew, isSpiked, remarked, type Known } from './kinds.ts';
import type { Choice, Condition, DatePart } from './choice.ts';
import { yearOf, type DateOrder } from '../data/dates.ts';
import { sortedClasses } from '../values/classes.ts';
import { MOST_STEPS, type Sequences } from './sequences.ts';
import { called, nameFor, quoted, rounded } from './text.ts';

/** A condition or a target as a definition has it. */
export interface Written {
  readonly name: string;
  readonly column: string;
  /** The variable: `categorical('a', 'b')`. */
  readonly text: string;
  /** What is behind it as a comment. */
  readonly remark: string;
  /** The functions of the package that it takes. */
  readonly uses: readonly string[];
  /** How it is computed of a row, with the function that does. */
  readonly derived?: { readonly text: string; readonly uses?: DateFunction; readonly order?: DateOrder };
  readonly isMasked: boolean;
  /** The sign that its numbers have in the data, which is their unit. */
  readonly unit?: string;
  /** The names of its classes; undefined for numbers. */
  readonly classes?: readonly string[];
  /** The number of numbers; 1 by default. */
  readonly elements?: number;
  /** Whether a value that many rows share has a probability of its own. */
  readonly isSpiked?: boolean;
  /** The number of steps, if it has a value at each step of a sequence. */
  readonly steps?: number;
  /** The target of one step of a sequence, and how many numbers networks see of it. */
  readonly step?: { readonly text: string; readonly width: number };
  /** Whether numbers are amounts, and whether these may be 0. */
  readonly amounts?: 'positive' | 'zeros';
  /** The class after which a sequence has ended. */
  readonly end?: string;
  /** A value of a condition that `sample` may be given: a class, or a number of each element. */
  readonly example: string;
}

/** Functions that compute a part of a date. */
export type DateFunction = (typeof PARTS)[DatePart];

const PARTS = {
  month: 'monthOf',
  season: 'seasonOf',
  weekday: 'weekdayOf',
  hour: 'hourOf',
  year: 'yearOf',
} as const satisfies Record<DatePart, string>;

/** Returns the variables of a choice: targets, then conditions. */
export const variablesOf = ({ targets, conditions, sequences }: Choice) => {
  // Files of steps have inputs of these names, and a decoder of them these constants.
  const used = new Set(sequences ? ['state', 'next_state', 'previous', 'input', 'given', 'next', 'targetsOfStep'] : []);
  const written = targets.map((column) => {
    const name = nameFor(sequences ? column.name.replace(/^next(?=[^A-Za-z0-9])/, 'following') : column.name, used);
    return sequences ? inSteps(column, name, sequences) : targetOf(column, name);
  });
  return {
    targets: sequences && hasEnds(sequences) ? [...written, ending(nameFor('more', used), sequences)] : written,
    conditions: conditions.map((condition) =>
      conditionOf(condition, nameFor(condition.part ?? condition.column.name, used), sequences),
    ),
  };
};

/** The units of the columns of variables, by the columns' names. */
export const unitsOf = (all: readonly Written[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    all.flatMap(({ unit, derived, column }) => (unit === undefined || derived ? [] : [[column, unit] as const])),
  );

/** The unit of a column of numbers: the sign that they have. */
const unitOf = ({ is, numbers }: Known): { readonly unit?: string } =>
  is.kind === 'numbers' && numbers?.sign !== undefined ? { unit: numbers.sign } : {};

const MASKED = '{ mask: true }';

const targetOf = (column: Known, name: string): Written => {
  const isMasked = column.missing > 0;
  const mask = isMasked ? `, ${MASKED}` : '';
  const common = { name, column: column.name, remark: remarked(column), isMasked, example: '', ...unitOf(column) };
  if (column.is.kind === 'classes')
    return {
      ...common,
      text: called('categorical', [...column.is.names.map(quoted), ...(isMasked ? [MASKED] : [])], 2, name.length + 2),
      uses: ['categorical'],
      classes: column.is.names,
    };
  // Any value that many rows share has a probability of its own.
  const density = `normalScores(1${mask})`;
  return isSpiked(column)
    ? { ...common, text: `hurdle(${density})`, uses: ['hurdle', 'normalScores'], isSpiked: true }
    : { ...common, text: density, uses: ['normalScores'] };
};

/** Whether some sequences have fewer steps than the model. */
const hasEnds = ({ shortest, longest }: Sequences): boolean => shortest < Math.min(longest, MOST_STEPS);

/** Returns a target with a value at each step of a sequence. */
const inSteps = (column: Known, name: string, sequences: Sequences): Written => {
  const steps = Math.min(sequences.longest, MOST_STEPS);
  const common = {
    name,
    column: column.name,
    remark: remarked(column),
    isMasked: false,
    example: '',
    steps,
    ...unitOf(column),
  };
  if (column.is.kind === 'classes' || areFew(column)) {
    const names = sortedClasses(column.values.keys());
    const before = name.length + 2;
    return {
      ...common,
      text: called('categorical', [...names.map(quoted), `{ at: [${steps}] }`], 2, before),
      uses: ['categorical'],
      classes: names,
      step: { text: called('categorical', names.map(quoted), 2, before), width: names.length },
    };
  }
  // Behind the end of a shorter sequence there are zeros.
  const amounts = hasEnds(sequences) && amountsOf(column) ? 'zeros' : amountsOf(column);
  if (amounts !== undefined) {
    const of = (shape: string): string =>
      amounts === 'zeros' ? `zeroInflated(logNormal(${shape}))` : `logNormal(${shape})`;
    return {
      ...common,
      text: of(`${steps}, 1`),
      uses: amounts === 'zeros' ? ['logNormal', 'zeroInflated'] : ['logNormal'],
      amounts,
      step: { text: of('1'), width: 1 },
    };
  }
  return {
    ...common,
    text: `normal(${steps}, 1, { sigma: 'learned' })`,
    uses: ['normal'],
    step: { text: "normal(1, { sigma: 'learned' })", width: 1 },
  };
};

/** Returns the target that says where sequences of different lengths end: each of their rows goes on. */
const ending = (name: string, { longest }: Sequences): Written => ({
  name,
  column: name,
  steps: Math.min(longest, MOST_STEPS),
  text: `categorical('yes', 'end', { at: [${Math.min(longest, MOST_STEPS)}], end: 'end' })`,
  remark: 'whether there is a row, or the sequence has ended',
  uses: ['categorical'],
  classes: ['yes', 'end'],
  end: 'end',
  derived: { text: "() => 'yes'" },
  isMasked: false,
  step: { text: "categorical('yes', 'end')", width: 2 },
  example: '',
});

/** Returns what a definition has of classes: at each step of a sequence if there are `steps`. */
const classes = (name: string, names: readonly string[], isMasked: boolean, steps?: number) => {
  const options = steps === undefined ? (isMasked ? [MASKED] : []) : [`{ at: [${steps}] }`];
  const example = names.find((one) => /^[\w .-]+$/.test(one)) ?? names[0] ?? '';
  return {
    text: called('categorical', [...names.map(quoted), ...options], 4, name.length + 2),
    uses: ['categorical'],
    classes: names,
    example: repeated(example, steps),
  } as const;
};

/** Returns what a definition has of numbers: at each step of a sequence if there are `steps`. */
const numbers = (elements: number, isMasked: boolean, example: string, steps?: number) =>
  ({
    text: `continuous(${steps === undefined ? '' : `${steps}, `}${elements}${isMasked ? `, ${MASKED}` : ''})`,
    uses: ['continuous'],
    example: repeated(example, steps),
  }) as const;

const repeated = (example: string, steps = 1): string => Array.from({ length: steps }, () => example).join(',');

const conditionOf = ({ column, part }: Condition, name: string, sequences?: Sequences): Written => {
  const steps = sequences && !sequences.constant.has(column.name) ? Math.min(sequences.longest, MOST_STEPS) : undefined;
  const isMasked = column.missing > 0;
  const common = {
    name,
    column: column.name,
    remark: remarked(column),
    isMasked,
    ...(steps !== undefined && { steps }),
  };
  if (part !== undefined) return { ...common, ...datePart(column, part, name, steps) };
  const names =
    column.is.kind === 'classes' ? column.is.names : areFew(column) ? sortedClasses(column.values.keys()) : undefined;
  if (names) return { ...common, ...classes(name, names, isMasked, steps) };
  const { mean = 0, areWhole = false } = column.numbers ?? {};
  const example = areWhole ? `${Math.round(mean)}` : rounded(mean);
  return { ...common, ...unitOf(column), ...numbers(1, isMasked, example, steps) };
};

/** Returns the year of most rows: a year that no row has is not what a model knows of. */
const commonestYear = ({ values, is }: Known): string => {
  const order = is.kind === 'dates' ? is.order : undefined;
  const counts = new Map<number, number>();
  for (const [date, count] of values) {
    const year = yearOf(date, order) ?? 0;
    counts.set(year, (counts.get(year) ?? 0) + count);
  }
  return `${[...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0]}`;
};

const datePart = (column: Known, part: DatePart, name: string, steps?: number) => {
  const isMasked = column.missing > 0;
  const order = column.is.kind === 'dates' && column.is.order ? `, ${quoted(column.is.order)}` : '';
  const call = PARTS[part];
  const isName = /^[A-Za-z_]\w*$/.test(column.name) && column.name !== call;
  const derived = {
    text: isName
      ? `({ ${column.name} }) => ${call}(${column.name}${order})`
      : `(row) => ${call}(row[${quoted(column.name)}]${order})`,
    uses: call,
    ...(column.is.kind === 'dates' && column.is.order && { order: column.is.order }),
  };
  const remark = `the ${part} of ${column.name}`;
  if (part === 'season') {
    return {
      ...numbers(2, isMasked, '0,1', steps),
      remark: `${remark}, a point on a circle`,
      elements: 2,
      derived,
    };
  }
  const [from, to] = { month: [1, 12], weekday: [1, 7], hour: [0, 23], year: [0, 0] }[part] as [number, number];
  if (part === 'year') return { ...numbers(1, isMasked, commonestYear(column), steps), remark, derived };
  const names = Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);
  return {
    ...classes(name, names, isMasked, steps),
    remark: part === 'weekday' ? `${remark}, 1 is Monday` : remark,
    derived,
  };
};
