import { InvalidData } from '../errors.ts';
import { size } from '../shape/size.ts';
import { list, valueText } from '../values/value-text.ts';
import { own } from '../values/own.ts';
import { meant } from '../values/rules.ts';
import { checkColumn } from './check.ts';
import { checksum } from './checksum.ts';
import { PARTS, type Column, type Dataset, type Examples } from './dataset.ts';
import { isDataset, isExamples, isParted, isRecord, isTable } from './data-forms.ts';
import { itemsOf } from './gather.ts';
import { givenByData, knownTargets, withKnownParts } from './known-parts.ts';
import { maskOf, withMasks } from './missing.ts';
import { namesOf } from './names.ts';
import { GIVE, ownColumn, readPart, storedColumn } from './read-part.ts';
import { bothOf, scalingOf, untilEnd } from './scaling.ts';
import type { Data, DataSource } from './source.ts';
import { lengthOf } from './stored.ts';
import { faultOf, needed, maskedBy, type Variable, type Variables } from './variable.ts';

export { isDataset } from './data-forms.ts';

/**
 * Converts data in any form that a user may give to a dataset with exactly the columns of these variables, and checks it: all
 * training data pass through here. Accepts a `Dataset`, columns, examples one by one, either of them in parts, a promise or a
 * function of these. Numbers are standardised in the same way whatever their source (`scaling`), and names of classes and
 * elements are kept. Throws an `InvalidData` that names the variable and the example.
 */
export const toDataset = async (data: Data, all: Variables): Promise<Dataset> => {
  const variables = givenByData(all);
  const given: DataSource = await (typeof data === 'function' ? data() : data);
  const source = isTable(given) ? await given.read(variables) : given;
  if (!isRecord(source) || itemsOf(source)?.length === 0)
    throw new InvalidData(
      `data: expected columns or examples, got ${itemsOf(source) ? 'none' : valueText(source)}; ${GIVE}`,
    );
  const wanted = needed(variables);
  // A dataset may hold more variables than the model takes (MNIST's classes, for example); data written for this model may not.
  const made = isDataset(source);
  checkParts(source, wanted);
  const reading = startReading(made ? source.notices : undefined);
  // A target of which parts may be known has a mask, even if nothing is missing.
  const masked = new Set<string>(knownTargets(all).values());
  const parts: Partial<Record<(typeof PARTS)[number], Examples>> = {};
  for (const part of PARTS) {
    const given = isParted(source) ? source[part] : part === 'train' ? source : undefined;
    if (given === undefined) continue;
    const examples = isExamples(given) ? given : await readPart(given, wanted, part, reading.note);
    const checked = checkExamples(withMasks(examples, wanted, masked), wanted, part, made, reading);
    parts[part] = withKnownParts(checked, all);
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
    ...(made && source.unused ? { unused: source.unused } : {}),
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
  // The classes of an end come first: what is behind it may be anything that is a number, such as the 0 of samples.
  const entries = Object.entries(variables).sort(
    ([, a], [, b]) => Number(b.end !== undefined) - Number(a.end !== undefined),
  );
  const fitting = new Map<string, Column>();
  for (const [name, variable] of entries) {
    const found = own(examples.columns, name);
    if (found === undefined) throw new Error(`the column ${name} was just there`);
    const { column, notice } = found.stored ? storedColumn(found, variable) : ownColumn(name, found, variable, part);
    reading.note(notice);
    const count = lengthOf(column) / size(column.shape);
    if (count !== examples.count)
      throw new InvalidData(
        `${where}: expected ${examples.count} examples of ${name}, as many as of the others, got ${count}; give each variable a value in each example`,
      );
    const ending =
      variable.inSteps && faultOf(variable)
        ? { ...examples, columns: { ...examples.columns, ...Object.fromEntries(fitting) } }
        : undefined;
    const mask = bothOf(maskOf(examples.columns, name, variable), ending && untilEnd(column, variables, ending));
    const checked = checkColumn(name, column, asTrained(variable, reading.classes.get(name)), part, mask);
    reading.note(checked.notice);
    if (checked.classes) reading.classes.set(name, checked.classes);
    const { classes } = variable;
    fitting.set(name, { ...checked.column, ...(classes !== undefined && { classes }) });
  }
  const columns = Object.keys(variables).flatMap((name) => {
    const column = fitting.get(name);
    return column ? [[name, column] as const] : [];
  });
  return { ...examples, columns: Object.fromEntries(columns) };
};

/** Refuses parts of which one is misspelt, which otherwise are columns that a model does not have. */
const checkParts = (source: object, variables: Variables): void => {
  const names = Object.keys(source);
  if (isParted(source) || !names.includes('train') || own(variables, 'train')) return;
  const unknown = names.find((name) => !PARTS.some((part) => part === name)) ?? '';
  throw new InvalidData(`data: expected the parts ${list(PARTS)}, got ${unknown}; ${meant(unknown, PARTS)}`);
};

/** Returns a variable that only counts its classes with the names from the part to train on, so that all parts agree. */
const asTrained = (variable: Variable, classes: readonly string[] | undefined): Variable =>
  classes ? { ...variable, classes } : variable;

/** Refuses missing columns, and columns that the model does not have. */
const checkNames = ({ columns }: Examples, variables: Variables, where: string, extra: boolean): void => {
  const names = Object.keys(variables);
  const given = Object.keys(columns);
  const missing = names.find((name) => own(columns, name) === undefined);
  const isMask = (name: string): boolean => name === 'mask' || maskedBy(name, variables) !== undefined;
  // A table that was read with masks has one of each variable: whether something is missing matters.
  const lacks = (name: string): boolean => own(columns, name)?.data.includes(0) ?? true;
  const unknown = given.find((name) => own(variables, name) === undefined && (!extra || (isMask(name) && lacks(name))));
  const masked = missing === undefined ? undefined : maskedBy(missing, variables);
  if (masked !== undefined) {
    const [whose, its] = masked === 'y' ? ['the target', 'its'] : [masked, `${masked}'s`];
    throw new InvalidData(
      `${where}: expected a column ${missing}, which ${whose} takes, got ${list(given)}; give one of ${its} shape, or null for what is missing, or define ${whose} without a mask`,
    );
  }
  if (missing !== undefined)
    throw new InvalidData(
      `${where}: expected a column ${missing}, got ${list(given)}; ${missing === 'y' ? 'give the target as y' : `give ${missing}, or rename the definition's ${own(variables, 'y') ? 'condition' : 'variable'}`}`,
    );
  if (unknown !== undefined && isMask(unknown)) {
    const of = maskedBy(unknown, variables) ?? 'y';
    const target = of === 'y' ? 'the target' : of;
    throw new InvalidData(
      `${where}: expected no ${unknown}, which ${target} does not take, got one; write { mask: true } in ${target} or leave the column out`,
    );
  }
  if (unknown !== undefined)
    throw new InvalidData(
      `${where}: expected the columns ${list(names)}, got also ${unknown}, which the model does not take; leave it out`,
    );
};
