import { readFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { InvalidData } from '../../errors.ts';
import { isFolder } from '../../files/exists.ts';
import type { Io } from '../io.ts';
import { projectFiles, writeProject } from '../starter.ts';
import { choose, type Named } from './choice.ts';
import { definitionOf, type WrittenDefinition } from '../../making/definition.ts';
import { described, kindOf, marksOf, wordsBetween, type Known } from '../../making/kinds.ts';
import { picturesDefinition } from '../../making/pictures.ts';
import { picturesIn, type PictureFolder } from './pictures.ts';
import { checkSteps, sequenceLines, sequencesIn } from './sequences.ts';
import { withoutKeys } from '../../making/sequences.ts';
import { survey } from './survey.ts';
import { checkForm } from '../../making/table-form.ts';
import { quoted, short } from '../../making/text.ts';
import { list } from '../../values/value-text.ts';

/** What was written: the files, and what was understood of the data, line by line. */
export interface Project {
  readonly files: readonly string[];
  readonly understood: readonly string[];
}

/**
 * Writes a project with a model of your own data: a table, or a folder of pictures by class; a table is copied into it if asked for.
 *
 * @throws InvalidFile for data that cannot be read, and for a file that is there already; InvalidData for columns that cannot be used.
 */
export async function writeOwnProject(
  folder: string,
  from: string,
  named: Named,
  io: Io,
  copies = false,
): Promise<Project> {
  // A copy lies in the project itself.
  const at = copies ? join(folder, basename(from)) : from;
  const isPictures = await isFolder(from);
  if (isPictures && [named.by, named.orderBy].some((one) => one !== undefined))
    throw new InvalidData(
      `${from}: expected a table with --by and --order-by, got a folder of pictures; leave them out`,
    );
  const { definition, understood, packages } = isPictures
    ? await ofPictures(folder, from)
    : await ofTable(folder, from, named, io, at);
  const files = await projectFiles(folder, {
    definition: definition.text,
    packages,
    ...(copies && { files: { [basename(from)]: await readFile(from, 'utf8') } }),
    sample: definition.sample,
    readme: readme(
      basename(resolve(folder)),
      basename(resolve(from)),
      definition.sample,
      isPictures ? 'pictures' : 'rows',
    ),
  });
  return { files: await writeProject(folder, files), understood };
}

interface Made {
  readonly definition: WrittenDefinition;
  readonly understood: readonly string[];
  /** The optional packages that the data need. */
  readonly packages: readonly string[];
}

const ofTable = async (folder: string, from: string, named: Named, io: Io, at: string): Promise<Made> => {
  const found = await survey(from);
  if (found.rows === 0) throw new InvalidData(`${from}: expected rows, got a header alone; give a file with some`);
  const known = found.columns.map((column): Known => ({ ...column, is: kindOf(column) }));
  if (found.source === 'csv') checkForm(from, known);
  if (named.orderBy !== undefined && named.by === undefined)
    throw new InvalidData('init: expected --by, the columns that sequences share, with --order-by, got none; give it');
  const sequences = named.by === undefined ? undefined : await sequencesIn(found, known, named);
  const columns = sequences ? withoutKeys(known, sequences, true) : known;
  const choice = { ...(await choose(from, columns, named, io, sequences)), ...(sequences && { sequences }) };
  if (sequences) checkSteps(from, choice, sequences);
  const used = new Set([...choice.targets, ...choice.conditions.map(({ column }) => column)]);
  const role = (column: Known): string => {
    if (column.is.kind === 'none') return '';
    if (sequences?.by.includes(column.name) && !used.has(column)) return '; the rows of a sequence share it';
    if (sequences?.orderBy === column.name && !used.has(column)) return '; the rows of a sequence are sorted by it';
    const parts = choice.conditions.flatMap((one) => (one.column === column && one.part ? [one.part] : []));
    if (parts.length > 0) return `; its ${list(parts)} ${parts.length > 1 ? 'are conditions' : 'is a condition'}`;
    const steps = sequences && !sequences.constant.has(column.name) ? ', at each step' : '';
    return choice.targets.includes(column)
      ? `; a target${steps}`
      : used.has(column)
        ? `; a condition${steps}`
        : '; not used';
  };
  const width = Math.max(...columns.map(({ name }) => name.length));
  return {
    definition: definitionOf(found, columns, choice, address(folder, at)),
    packages: found.source === 'arrow' ? ['apache-arrow'] : [],
    understood: [
      `${at}: ${found.rows.toLocaleString('en')} rows`,
      ...columns.map((column) => `  ${column.name.padEnd(width)}  ${described(column)}${role(column)}`),
      ...(sequences ? sequenceLines(sequences) : []),
      ...((sequences?.count ?? found.rows) < FEW_ROWS
        ? [
            `${sequences ? `${sequences.count} sequences` : `${found.rows} rows`} are too few to learn from: expect no more than a try of the commands`,
          ]
        : []),
      ...markLines(columns.filter((column) => used.has(column))),
      ...columns
        .filter((column) => used.has(column))
        .flatMap((column) => [...sentinelOf(column), ...wordOf(column), ...mixedOf(column)]),
    ],
  };
};

const ofPictures = async (folder: string, from: string): Promise<Made> => {
  const pictures = await picturesIn(from);
  const [height, width, channels] = pictures.shape;
  const { length } = pictures.classes;
  return {
    definition: picturesDefinition(pictures, address(folder, from)),
    packages: pictures.needsSharp ? ['sharp'] : [],
    understood: [
      `${from}: ${pictures.count.toLocaleString('en')} pictures of ${pictures.found}, ${channels === 1 ? 'grey' : 'in colour'}, ${length} ${length === 1 ? 'class' : 'classes'}`,
      ...(pictures.options.size === undefined ? [] : [`  ${fitText(pictures)} ${width} × ${height} pixels`]),
    ],
  };
};

const fitText = ({ hasOneShape }: PictureFolder): string =>
  hasOneShape ? 'made smaller, to' : 'filled and cut, so that all have';

/** Tables with fewer rows than this have too few to hold some out. */
const FEW_ROWS = 50;

/** Returns a notice about a number that may stand for a missing value: -999 where all others are from 3 to 33. */
const sentinelOf = ({ name, numbers, values }: Known): readonly string[] => {
  const value = numbers?.sentinel;
  if (value === undefined) return [];
  return [
    `${name}: ${value} in ${values.get(value) ?? 0} rows is far from all other values; if it stands for a missing one, write missingValues: ['${value}'], missing: 'mask' in the data of model.ts, and { mask: true } in the likelihood`,
  ];
};

/** Returns a notice about classes of which one may be called None, or NA. */
const wordOf = ({ name, is, word, missing }: Known): readonly string[] => {
  if (is.kind !== 'classes' || word === undefined) return [];
  const mask = missing > word.count ? '' : ', and leave its mask out';
  return [
    `${name}: ${word.text} in ${word.count.toLocaleString('en')} rows is read as missing; if it is a class of its own, add ${quoted(word.text)} to the classes of ${name} in model.ts${mask}`,
  ];
};

/** Returns a notice about each word that stands for a missing number; one in a single row may be a unit below a name, or a total. */
const markLines = (columns: readonly Known[]): readonly string[] =>
  marksOf(columns).map((mark) => {
    const of = columns.filter(({ marks }) => marks?.has(mark));
    const counts = of.map(({ marks }) => marks?.get(mark) ?? 0);
    const count = counts.reduce((sum, one) => sum + one, 0);
    const row = counts.every((one) => one === 1) ? '; if its row is not data, delete the row' : '';
    return `${list(of.map(({ name }) => name))}: ${short(mark)} in ${count.toLocaleString('en')} ${count === 1 ? 'cell' : 'cells'}, where others have numbers, is read as missing (missingValues in model.ts)${row}`;
  });

/** Returns a notice about numbers that are classes since there is text between them. */
const mixedOf = (column: Known): readonly string[] => {
  const words = column.is.kind === 'classes' ? wordsBetween(column) : [];
  return words.length === 0
    ? []
    : [
        `${column.name}: its numbers are classes, since there is text between them, such as ${words.slice(0, 3).map(short).join(', ')}; for numbers, leave these cells empty`,
      ];
};

/** Returns the address of a file as a module in a folder has it. */
const address = (folder: string, file: string): string => {
  const parts = relative(resolve(folder), resolve(file)).split(sep);
  const path = parts.map((part) => encodeURIComponent(part).replaceAll('%20', ' ')).join('/');
  return path.startsWith('..') ? path : `./${path}`;
};

const readme = (name: string, from: string, sample: string, what: string): string => `# ${name}

A conditional VAE of ${from}, defined in [model.ts](model.ts).

    npm install
    npm start         # trains, exports, samples

leaves the weights and a report in \`out/run\`, the ONNX files in \`out/model\`, and what it has drawn in \`${sample.split(' ').at(-1)}\`.

| | |
|---|---|
| \`npm run data\` | what was understood of the data: ${what}, ranges, classes, what is missing and what is left out |
| \`npm run check\` | type-checks model.ts |
| \`npm run train\` | trains; look at \`out/run/report.html\` |
| \`npm run evaluate\` | the log-likelihood of the ${what} that were held out |
| \`npm run export\` | writes ONNX files and verifies them |
| \`npm run serve\` | opens the model as a page |
`;
