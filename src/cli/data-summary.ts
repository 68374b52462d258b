import type { DataSummary, NumbersSummary, VariableSummary } from '../data/summary.ts';
import { counted } from './number-text.ts';
import { table } from './table.ts';
import { withMinus } from '../values/minus.ts';

/** Formats what was understood of data: lines of text. `targets` are the names of what a model draws. */
export const summaryLines = (
  { name, examples, variables, unused, notices }: DataSummary,
  targets: readonly string[],
  bold: (text: string) => string,
): readonly string[] => [
  `${name}: ${Object.entries(examples)
    .map(([part, count]) => `${counted(count ?? 0)} ${part === 'train' ? 'examples to train on' : `for ${part}`}`)
    .join(', ')}`,
  ...(examples.validation === undefined
    ? ['train holds out 10 % of the former for validation, unless an option says otherwise']
    : []),
  '',
  table(
    ['variable', 'role', 'values', 'mean', 'sd', 'missing', 'networks see'],
    variables.flatMap((variable) => rowsOf(variable, targets.includes(variable.name))),
    ['left', 'left', 'left', 'right', 'right', 'right', 'left'],
    bold,
  ),
  ...(unused.length > 0 ? ['', `not used: ${unused.join(', ')}`] : []),
  ...notices.map((notice) => `note: ${notice}`),
];

const rowsOf = (variable: VariableSummary, isTarget: boolean): readonly (readonly string[])[] => {
  const { name, title: column = name, shape, numbers, classes, missing, standardised, scores } = variable;
  const role = isTarget ? 'target' : 'condition';
  const called = column === name ? name : `${name} (${column})`;
  if (classes) return [[called, role, classesText(classes), '', '', missing > 0 ? counted(missing) : '', 'one-hot']];
  const see = standardised ? 'mean 0, sd 1' : scores ? 'normal scores' : '';
  const all = numbers ?? [];
  return all.map((one, i) => {
    const isPart = all.length > 1;
    const own = one.name ?? (isPart ? `${name} ${i + 1}` : '');
    const title =
      own === '' || own === name
        ? name
        : isPart
          ? i === 0
            ? `${name}: ${own}`
            : `${' '.repeat(name.length + 2)}${own}`
          : `${name} (${own})`;
    const extent = all.length === 1 && shape.length > 1 ? `${shape.join(' × ')}, ` : '';
    return [
      title,
      i === 0 ? role : '',
      `${extent}${rangeOf(one)}`,
      short(one.mean),
      short(one.deviation),
      one.missing > 0 ? counted(one.missing) : '',
      i === 0 ? see : '',
    ];
  });
};

const rangeOf = ({ least, most, unit }: NumbersSummary): string =>
  least > most ? 'none' : `${short(least)} to ${short(most)}${unit ? ` ${unit}` : ''}`;

const short = (value: number): string => withMinus(`${Number(value.toPrecision(4))}`);

/** The most classes that are listed with their counts, and how long a line of them is. */
const [LISTED, WIDTH] = [12, 60];

const classesText = (classes: NonNullable<VariableSummary['classes']>): string => {
  const listed = classes.slice(0, LISTED).map(({ name, count }) => `${name} (${counted(Math.round(count))})`);
  const more = classes.length > LISTED ? `, … (${classes.length} classes)` : '';
  const lines = listed.reduce<string[]>((before, one) => {
    const last = before.at(-1);
    if (last === undefined) return [one];
    return `${last}, ${one}`.length > WIDTH ? [...before, one] : [...before.slice(0, -1), `${last}, ${one}`];
  }, []);
  return `${lines.join(',\n')}${more}`;
};
