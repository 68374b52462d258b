import type { DataSummary, NumbersSummary, VariableSummary } from '../data/summary.ts';
import { counted } from './number-text.ts';
import { whole, wrapped } from './wrap.ts';
import { withMinus } from '../values/minus.ts';

/** Formats what was understood of data: lines of text of a width. `targets` are the names of what a model draws. */
export const summaryLines = (
  { name, examples, variables, unused, notices }: DataSummary,
  targets: readonly string[],
  bold: (text: string) => string,
  width: number,
): readonly string[] => [
  `${name}: ${Object.entries(examples)
    .map(([part, count]) => `${counted(count ?? 0)} ${part === 'train' ? 'examples to train on' : `for ${part}`}`)
    .join(', ')}`,
  ...(examples.validation === undefined
    ? ['train holds out 10 % of the former for validation, unless an option says otherwise']
    : []),
  '',
  ...tableOf(
    (
      [
        ['conditions', variables.filter(({ name: own }) => !targets.includes(own))],
        ['targets', variables.filter(({ name: own }) => targets.includes(own))],
      ] as const
    ).flatMap(([title, own]) => (own.length > 0 ? [{ ...NOTHING, title }, ...own.flatMap(rowsOf)] : [])),
    bold,
    width,
  ),
  ...(unused.length > 0 ? ['', ...wrapped(`not used: ${unused.map(whole).join(', ')}`, width, '  ')] : []),
  ...notices.flatMap((notice) => wrapped(`note: ${notice}`, width, '  ')),
];

/** A line of the table. Of classes, the values take the room of the mean and the deviation too. */
interface Row {
  readonly title: string;
  readonly values: string;
  readonly mean: string;
  readonly sd: string;
  readonly missing: string;
  readonly see: string;
  readonly areClasses?: boolean;
}

const NOTHING = { values: '', mean: '', sd: '', missing: '', see: '' };
const HEAD: Row = {
  title: 'variable',
  values: 'values',
  mean: 'mean',
  sd: 'sd',
  missing: 'missing',
  see: 'networks see',
};

/** Lays out rows by columns, without those of which nothing is known; names and values on as many lines as it takes for all to fit. */
const tableOf = (rows: readonly Row[], bold: (text: string) => string, width: number): readonly string[] => {
  const widthOf = (column: Exclude<keyof Row, 'areClasses'>, of: readonly Row[]): number => {
    const longest = Math.max(0, ...of.map((row) => row[column].length));
    return longest === 0 ? 0 : Math.max(longest, HEAD[column].length);
  };
  const numbers = rows.filter(({ areClasses }) => areClasses !== true);
  const [mean, sd, missing, see] = (['mean', 'sd', 'missing', 'see'] as const).map((name) => widthOf(name, rows));
  const others = [mean, sd, missing, see].reduce((sum: number, own = 0) => sum + (own > 0 ? own + GAP : 0), 0);
  const room = width - others - GAP;
  const beside = [mean, sd].reduce((sum: number, own = 0) => sum + (own > 0 ? own + GAP : 0), 0);
  const classes = widthOf('values', rows) - beside;
  const wanted = Math.min(Math.max(LEAST, widthOf('values', numbers), classes), LONGEST);
  const title = Math.max(LEAST, Math.min(widthOf('title', rows), Math.max(room - wanted, Math.floor(0.52 * room))));
  const values = Math.max(LEAST, Math.min(room - title, wanted));
  const cells = (row: Row, text: string, at: number): readonly string[] => {
    const right = (cell: string, own = 0): readonly string[] => (own > 0 ? [(at === 0 ? cell : '').padStart(own)] : []);
    return [
      ...(row.areClasses === true
        ? [text.padEnd(values + beside)]
        : [text.padEnd(values), ...right(row.mean, mean), ...right(row.sd, sd)]),
      ...right(row.missing, missing),
      at === 0 ? row.see : '',
    ];
  };
  return [HEAD, ...rows].flatMap((row) => {
    const named = wrapped(row.title, title, `${/^ */.exec(row.title)?.[0]}  `);
    const valued = wrapped(row.values, row.areClasses === true ? values + beside : values);
    const style = row === HEAD ? bold : String;
    return Array.from({ length: Math.max(named.length, valued.length) }, (_, at) =>
      style([(named[at] ?? '').padEnd(title), ...cells(row, valued[at] ?? '', at)].join(' '.repeat(GAP)).trimEnd()),
    );
  });
};

/** What is between columns; the least that a column is given; the longest line of values. */
const [GAP, LEAST, LONGEST] = [2, 12, 60];

const rowsOf = (variable: VariableSummary): readonly Row[] => {
  const { name, title: column = name, shape, numbers, classes, missing, standardised, scores } = variable;
  const called = column === name ? name : `${name} (${column})`;
  if (classes) {
    const values = classesText(classes);
    return [
      { ...NOTHING, title: `  ${called}`, values, missing: missingText(missing), see: 'one-hot', areClasses: true },
    ];
  }
  const see = standardised ? 'mean 0, sd 1' : scores ? 'normal scores' : '';
  const all = numbers ?? [];
  const isPart = all.length > 1;
  const parts = all.map((one, i) => {
    const own = one.name ?? (isPart ? `${name} ${i + 1}` : '');
    const title = isPart ? `    ${own}` : `  ${own === '' || own === name ? name : `${name} (${own})`}`;
    const extent = all.length === 1 && shape.length > 1 ? `${shape.join(' × ')}, ` : '';
    return {
      title,
      values: `${extent}${rangeOf(one)}`,
      mean: short(one.mean),
      sd: short(one.deviation),
      missing: missingText(one.missing),
      see: isPart ? '' : see,
    };
  });
  return isPart ? [{ ...NOTHING, title: `  ${name}`, see }, ...parts] : parts;
};

const missingText = (count: number): string => (count > 0 ? counted(count) : '');

const rangeOf = ({ least, most, unit }: NumbersSummary): string =>
  least > most ? 'none' : `${short(least)} to ${short(most)}${unit ? ` ${unit}` : ''}`;

const short = (value: number): string => withMinus(`${Number(value.toPrecision(4))}`);

/** The most classes that are listed with their counts. */
const LISTED = 12;

const classesText = (classes: NonNullable<VariableSummary['classes']>): string => {
  const listed = classes.slice(0, LISTED).map(({ name, count }) => whole(`${name} (${counted(Math.round(count))})`));
  const more = classes.length > LISTED ? `, … (${classes.length} classes)` : '';
  return `${listed.join(', ')}${more}`;
};
