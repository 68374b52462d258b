import type { Choice } from './choice.ts';
import { described, marksOf, type Known } from './kinds.ts';
import type { ReadOptions, Survey } from './survey.ts';
import { MOST_STEPS, type Sequences } from './sequences.ts';
import { PRIOR, sizesOf } from './sizes.ts';
import { stepDecoder, stepTargets } from './step-text.ts';
import { quoted, WIDTH, wrapped } from './text.ts';
import { unitsOf, variablesOf, type Written } from './variables.ts';

/** The definition of a model of a table: its text, and how `sample` is called. */
export interface WrittenDefinition {
  readonly text: string;
  readonly sample: string;
}

/** Writes the definition of a model that draws columns of a table, given others; `address` is the file's, as seen from it. */
export const definitionOf = (
  { source, options, rows }: Survey,
  columns: readonly Known[],
  choice: Choice,
  address: string,
): WrittenDefinition => {
  const { targets, conditions } = variablesOf(choice);
  const all = [...targets, ...conditions];
  const masks = targets.filter(({ isMasked }) => isMasked);
  const isCourse = choice.sequences !== undefined;
  const { latent, width } = sizesOf(choice.sequences?.count ?? rows, targets.length, isCourse);
  const conditionInputs = conditions.flatMap(({ name, isMasked }) => (isMasked ? [name, `${name}_mask`] : [name]));
  const of = (some: readonly Written[]): readonly string[] => [
    ...some.map(({ name }) => `y.${name}`),
    ...some.filter(({ isMasked }) => isMasked).map(({ name }) => `mask.${name}`),
  ];
  const read = of(targets);
  // A recurrent layer reads a sequence.
  const series = conditions.flatMap(({ name, steps }) => (steps === undefined ? [] : [name]));
  const fixed = conditionInputs.filter((name) => !series.includes(name));
  const seen = isCourse
    ? [`${joined([...read, ...series])}.pipe(gru(${width}, { last: true }))`, ...fixed]
    : [...read, ...fixed];
  const known = series.length === 0 ? fixed : [`${joined(series)}.pipe(gru(${PRIOR}, { last: true }))`, ...fixed];
  const uses = new Set([
    'cvae',
    'gaussian',
    'heads',
    'mlp',
    ...all.flatMap((one) => one.uses),
    ...(seen.length > 1 || conditionInputs.length > 0 || read.length > 1 ? ['concat'] : []),
    ...(isCourse ? ['concat', 'constant', 'dense', 'gru', 'steps'] : []),
  ]);
  const computed = [...new Set(conditions.flatMap(({ derived }) => derived?.uses ?? []))];
  const body = `mlp([${width}, ${width}])`;
  const inputs = ['y', ...(masks.length > 0 ? ['mask'] : []), ...conditionInputs];
  const text = [
    `import { ${[...uses].sort().join(', ')} } from 'cvae-compile';`,
    `import { ${[source, ...computed].sort().join(', ')} } from 'cvae-compile/data';`,
    `import type { TrainOptions } from 'cvae-compile/train';`,
    '',
    '/** What is drawn, each with its likelihood. */',
    'const targets = {',
    ...targets.map((one) => line(one, 2)),
    '};',
    '',
    ...(isCourse ? stepTargets(targets) : []),
    `/** Draws ${listed(targets.filter(({ derived }) => !derived))}${conditionInputs.length > 0 ? `, given ${listed(conditions)}` : ''}. */`,
    'export default cvae({',
    conditionInputs.length === 0
      ? '  condition: {},'
      : ['  condition: {', ...conditions.map((one) => line(one, 4)), '  },'].join('\n'),
    '  target: targets,',
    `  latent: ${latent},`,
    ...(conditionInputs.length > 0
      ? network('prior', conditionInputs, known, `mlp([${PRIOR}]), gaussian(${latent})`)
      : []),
    ...network('recognition', inputs, seen, `${body}, gaussian(${latent})`),
    ...(isCourse
      ? stepDecoder(targets, fixed, series, width)
      : network('decoder', ['z', ...conditionInputs], ['z', ...conditionInputs], `${body}, heads(targets)`)),
    '});',
    '',
    ...dataOf(source, options, columns, all, address, choice.sequences),
    '',
    ...trainingOf(choice.sequences?.count ?? rows, isCourse),
    '',
  ];
  return { text: text.join('\n'), sample: sampleOf(conditions) };
};

const joined = (all: readonly string[]): string => (all.length === 1 ? (all[0] ?? '') : `concat(${all.join(', ')})`);

const line = ({ name, text, remark }: Written, indent: number): string => {
  const pad = ' '.repeat(indent);
  const [code, about] = [`${pad}${name}: ${text},`, `// ${remark.replaceAll(/\s+/g, ' ')}`];
  return code.includes('\n') ? `${pad}${about}\n${code}` : `${code} ${about}`;
};

/** Writes a network: what it is given, what of that it takes, and its layers. */
const network = (
  name: string,
  given: readonly string[],
  taken: readonly string[],
  layers: string,
): readonly string[] => {
  const one = `  ${name}: ({ ${given.join(', ')} }) =>`;
  const head = one.length <= WIDTH ? [one] : [`  ${name}: ({`, ...wrapped(given, 4), '  }) =>'];
  const joined = taken.length === 1 ? (taken[0] ?? '') : `concat(${taken.join(', ')})`;
  const line = `    ${joined}.pipe(${layers}),`;
  if (line.length <= WIDTH) return [...head, line];
  return [...head, '    concat(', ...wrapped(taken, 6), `    ).pipe(${layers}),`];
};

const listed = (all: readonly Written[]): string => {
  const names = all.map(({ column, derived, name }) => (derived ? name : column).replaceAll(/\*\/|\s+/g, ' '));
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');
};

const dataOf = (
  source: string,
  given: ReadOptions,
  columns: readonly Known[],
  all: readonly Written[],
  address: string,
  sequences: Sequences | undefined,
): readonly string[] => {
  const renamed = all.filter(({ name, column, derived }) => !derived && name !== column);
  const derived = all.filter((one) => one.derived);
  const used = new Set([...all.map(({ column }) => column), ...(sequences?.by ?? []), sequences?.orderBy ?? '']);
  const group = (name: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [`    ${name}: {`, ...lines.map((text) => `      ${text},`), '    },'];
  const others = columns.filter(({ name }) => name !== '' && !used.has(name));
  const marks = marksOf(columns.filter(({ name }) => used.has(name)));
  const options = [
    ...Object.entries(given).map(
      ([name, value]) =>
        `    ${name}: ${typeof value === 'string' ? quoted(value) : `[${value.map(quoted).join(', ')}]`},`,
    ),
    ...(sequences ? sequenceLines(sequences) : []),
    ...group(
      'columns',
      renamed.map(({ name, column }) => `${name}: ${quoted(column)}`),
    ),
    ...group(
      'derive',
      derived.map(({ name, derived: own }) => `${name}: ${own?.text ?? ''}`),
    ),
    ...group(
      'units',
      Object.entries(unitsOf(all)).map(([column, unit]) => `${keyOf(column)}: ${quoted(unit)}`),
    ),
    ...(all.some(({ isMasked }) => isMasked) ? ["    missing: 'mask',"] : []),
    ...(marks.length > 0 ? [`    missingValues: [${marks.map(quoted).join(', ')}],`] : []),
    '    test: 0.1,',
  ];
  return [
    '/**',
    ' * The columns of the variables above.',
    ...(others.length > 0
      ? [
          ' * Not used:',
          ...others.map((one) => ` * - ${one.name.replaceAll('*/', '* /')}: ${described(one).replaceAll('*/', '* /')}`),
        ]
      : []),
    ' */',
    'export const data = () =>',
    `  ${source}(new URL(${quoted(address)}, import.meta.url), {`,
    ...options,
    '  });',
  ];
};

/** Returns the options that put rows together. */
const sequenceLines = ({ by, orderBy, longest }: Sequences): readonly string[] => [
  `    by: ${by.length === 1 ? quoted(by[0] ?? '') : `[${by.map(quoted).join(', ')}]`},`,
  ...(orderBy === undefined ? [] : [`    orderBy: ${quoted(orderBy)},`]),
  ...(longest > MOST_STEPS ? ["    longer: 'cut',"] : []),
];

/** Returns the key of a property. */
const keyOf = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));

/** Training ends by itself, at a learning rate that it finds; small tables need small batches. */
const trainingOf = (rows: number, isCourse: boolean): readonly string[] => [
  '/** Training ends where validation gets no better. */',
  `export const training: TrainOptions = { batch: ${sizesOf(rows, 1, isCourse).batch} };`,
];

/** Returns the options of `sample`: all classes of the first condition, and one value of each other. */
const sampleOf = (conditions: readonly Written[]): string => {
  const first = conditions.find(({ classes, steps }) => classes !== undefined && steps === undefined);
  const sets = conditions.map((one) => {
    const setting = `${one.name}=${one === first ? 'all' : one.example}`;
    return `--set ${/^[\w.,=-]+$/.test(setting) ? setting : JSON.stringify(setting)}`;
  });
  return [...sets, '--count 10 --draw --out out/rows.csv'].join(' ');
};
