import { InvalidData } from '../errors.ts';
import { size } from '../shape/size.ts';
import { list, valueText } from '../values/value-text.ts';
import { own } from '../values/own.ts';
import { checkColumn } from './check.ts';
import { checksum } from './checksum.ts';
import { PARTS, type Dataset, type Examples } from './dataset.ts';
import { isDataset, isExamples, isParted, isRecord } from './data-forms.ts';
import { itemsOf } from './gather.ts';
import { namesOf } from './names.ts';
import { GIVE, ownColumn, readPart } from './read-part.ts';
import { scalingOf } from './scaling.ts';
import type { Data, DataSource } from './source.ts';
import { needed, targetMaskedBy, type Variable, type Variables } from './variable.ts';

export { isDataset } from './data-forms.ts';

/**
 * Converts data in any form that a user may give to a dataset with exactly the columns of these variables, and checks it: all
 * training data pass through here. Accepts a `Dataset`, columns, examples one by one, either of them in parts, a promise or a
 * function of these. Numbers are standardised in the same way whatever their source (`scaling`), and names of classes and
 * elements are kept. Throws an `InvalidData` that names the variable and the example.
 */
export const toDataset = async (data: Data, variables: Variables): Promise<Dataset> => {
  const source: DataSource = await (typeof data === 'function' ? data() : data);
  if (!isRecord(source) || itemsOf(source)?.length === 0)
    throw new InvalidData(
      `data: expected columns or examples, got ${itemsOf(source) ? 'none' : valueText(source)}; ${GIVE}`,
    );
  const wanted = needed(variables);
  // A dataset may hold more variables than the model takes (MNIST's classes, for example); data written for this model may not.
  const made = isDataset(source);
  const reading = startReading(made ? source.notices : undefined);
  const parts: Partial<Record<(typeof PARTS)[number], Examples>> = {};
  for (const part of PARTS) {
    const given = isParted(source) ? source[part] : part === 'train' ? source : undefined;
    if (given === undefined) continue;
    const examples = isExamples(given) ? given : await readPart(given, wanted, part, reading.note);
    parts[part] = checkExamples(examples, wanted, part, made, reading);
  }
  const { train, ...others } = parts;
  if (train === undefined) throw new InvalidData(`data: expected train among its parts, got none; ${GIVE}`);
  const scaling = scalingOf(wanted, train, made ? source.scaling : undefined);
  const names = namesOf(wanted, train, reading.classes, made ? source.names : undefined);
  const dataset: Dataset = {
    name: made ? source.name : 'data',
    train,
    ...others,
    ...(Object.keys(scaling).length > 0 ? { scaling } : {}),
    ...(Object.keys(names).length > 0 ? { names } : {}),
    ...(reading.notices.length > 0 ? { notices: reading.notices } : {}),
  };
  return { ...dataset, checksum: checksum(dataset) };
};

/** What is learned about data while they are read: the names of classes that the definition only counts, and notices. */
interface Reading {
  readonly classes: Map<string, readonly string[]>;
  readonly notices: readonly string[];
  readonly note: (notice: string | undefined) => void;
}

const startReading = (before: readonly string[] = []): Reading => {
  const notices = [...before];
  return {
    classes: new Map(),
    notices,
    // The notices of a dataset that is converted again are not repeated.
    note: (notice) => void (notice === undefined || notices.includes(notice) || notices.push(notice)),
  };
};

const checkExamples = (
  examples: Examples,
  variables: Variables,
  part: string,
  extra: boolean,
  reading: Reading,
): Examples => {
  const where = part === 'train' ? 'data' : `data: ${part}`;
  checkNames(examples, variables, where, extra);
  if (examples.count === 0)
    throw new InvalidData(`${where}: expected at least one example, got none; give some or leave ${part} out`);
  const columns = Object.entries(variables).map(([name, variable]) => {
    const found = own(examples.columns, name);
    if (found === undefined) throw new Error(`the column ${name} was just there`);
    const { column, notice } = ownColumn(name, found, variable, part);
    reading.note(notice);
    const count = column.data.length / size(column.shape);
    if (count !== examples.count)
      throw new InvalidData(
        `${where}: expected ${examples.count} examples of ${name}, as many as of the others, got ${count}; give each variable a value in each example`,
      );
    const checked = checkColumn(name, column, asTrained(variable, reading.classes.get(name)), part);
    reading.note(checked.notice);
    if (checked.classes) reading.classes.set(name, checked.classes);
    const { classes } = variable;
    return [name, { ...checked.column, ...(classes !== undefined && { classes }) }] as const;
  });
  return { ...examples, columns: Object.fromEntries(columns) };
};

/** Returns a variable that only counts its classes with the names from the part to train on, so that all parts agree. */
const asTrained = (variable: Variable, classes: readonly string[] | undefined): Variable =>
  classes ? { ...variable, classes } : variable;

/** Refuses missing columns, and columns that the model does not have. */
const checkNames = ({ columns }: Examples, variables: Variables, where: string, extra: boolean): void => {
  const names = Object.keys(variables);
  const given = Object.keys(columns);
  const missing = names.find((name) => own(columns, name) === undefined);
  const isMask = (name: string): boolean => name === 'mask' || targetMaskedBy(name, variables) !== undefined;
  const unknown = given.find((name) => own(variables, name) === undefined && (!extra || isMask(name)));
  const masked = missing === undefined ? undefined : targetMaskedBy(missing, variables);
  if (masked !== undefined)
    throw new InvalidData(
      `${where}: expected a column ${missing}, which the target takes, got ${list(given)}; give one of ${masked}'s shape or define the target without`,
    );
  if (missing !== undefined)
    throw new InvalidData(
      `${where}: expected a column ${missing}, got ${list(given)}; ${missing === 'y' ? 'give the target as y' : `give ${missing}, or rename the definition's ${own(variables, 'y') ? 'condition' : 'variable'}`}`,
    );
  if (unknown !== undefined && isMask(unknown))
    throw new InvalidData(
      `${where}: expected no ${unknown}, which the target does not take, got one; write { mask: true } in the target or leave the column out`,
    );
  if (unknown !== undefined)
    throw new InvalidData(
      `${where}: expected the columns ${list(names)}, got also ${unknown}, which the model does not take; leave it out`,
    );
};
