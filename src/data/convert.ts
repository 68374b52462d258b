import { InvalidData } from '../errors.ts';
import { checkColumn } from './check.ts';
import { checksum } from './checksum.ts';
import { gatherer, itemsOf } from './gather.ts';
import { PARTS, type Column, type Dataset, type Examples } from './dataset.ts';
import { exampleOf, list, quote } from './place.ts';
import type { Data, DataSource } from './source.ts';
import { elements, needed, readsAs, type Variable, type Variables } from './variable.ts';

/**
 * Whatever a user gives as data, as a dataset of exactly these variables' columns, checked: the one door to training. Takes
 * a `Dataset`, columns, examples one by one, either of them by part, a promise or a function of these. Throws an
 * `InvalidData` that names the variable and the example.
 */
export const toDataset = async (data: Data, variables: Variables): Promise<Dataset> => {
  const source: DataSource = await (typeof data === 'function' ? data() : data);
  if (!isRecord(source) || itemsOf(source)?.length === 0)
    throw new InvalidData(
      `data: expected columns or examples, got ${itemsOf(source) ? 'none' : quote(source)}; ${GIVE}`,
    );
  const wanted = needed(variables);
  const parts: Partial<Record<(typeof PARTS)[number], Examples>> = {};
  // A dataset may hold more than the model takes (MNIST's classes, say); what a user wrote for this model may not.
  const made = isDataset(source);
  for (const part of PARTS) {
    const given = isParted(source) ? source[part] : part === 'train' ? source : undefined;
    if (given === undefined) continue;
    const examples = isExamples(given) ? given : await readPart(given, wanted, part);
    parts[part] = checkExamples(examples, wanted, part, made);
  }
  const { train, ...others } = parts;
  if (train === undefined) throw new InvalidData(`data: expected train among its parts, got none; ${GIVE}`);
  const scaling = Object.entries((made ? source.scaling : undefined) ?? {}).filter(([name]) => name in wanted);
  const dataset: Dataset = {
    name: made ? source.name : 'data',
    train,
    ...others,
    ...(scaling.length > 0 ? { scaling: Object.fromEntries(scaling) } : {}),
  };
  return { ...dataset, checksum: checksum(dataset) };
};

const GIVE = 'give { name: [values], y: [values] }, [{ name: value, y: value }, …] or a Dataset';

const checkExamples = (examples: Examples, variables: Variables, part: string, extra: boolean): Examples => {
  const names = Object.keys(variables);
  const given = Object.keys(examples.columns);
  const missing = names.find((name) => examples.columns[name] === undefined);
  const unknown = given.find((name) => variables[name] === undefined && (!extra || name === 'mask'));
  const where = part === 'train' ? 'data' : `data: ${part}`;
  if (missing === 'mask')
    throw new InvalidData(
      `${where}: expected a column mask, which the target takes, got ${list(given)}; give one of y's shape or define the target without`,
    );
  if (missing !== undefined)
    throw new InvalidData(
      `${where}: expected a column ${missing}, got ${list(given)}; ${missing === 'y' ? 'give the target as y' : `give ${missing}, or rename the definition's condition`}`,
    );
  if (unknown === 'mask')
    throw new InvalidData(
      `${where}: expected no mask, which the target does not take, got one; write { mask: true } in the target or leave the column out`,
    );
  if (unknown !== undefined)
    throw new InvalidData(
      `${where}: expected the columns ${list(names)}, got also ${unknown}, which the model does not take; leave it out`,
    );
  if (examples.count === 0)
    throw new InvalidData(`${where}: expected at least one example, got none; give some or leave ${part} out`);
  const columns = Object.entries(variables).map(([name, variable]) => {
    const column = examples.columns[name];
    if (column === undefined) throw new Error(`the column ${name} was just there`);
    const count = column.data.length / elements(column.shape);
    if (count !== examples.count)
      throw new InvalidData(
        `${where}: expected ${examples.count} examples of ${name}, as many as of the others, got ${count}; give each variable a value in each example`,
      );
    return [name, checkColumn(name, column, variable, part)] as const;
  });
  return { ...examples, columns: Object.fromEntries(columns) };
};

const readPart = async (source: unknown, variables: Variables, part: string): Promise<Examples> => {
  if (isIterable(source)) return readExamples(source, variables, part);
  if (!isRecord(source))
    throw new InvalidData(`data: expected columns or examples in ${part}, got ${quote(source)}; ${GIVE}`);
  const columns: Record<string, Column> = {};
  // A column that no variable is called after is kept, empty, so that the check can name it.
  for (const [name, values] of Object.entries(source)) {
    const variable = variables[name];
    columns[name] = variable === undefined ? EMPTY : columnOf(name, values, variable, part);
  }
  const first = Object.values(columns).find((column) => column !== EMPTY);
  return { count: first === undefined ? 0 : first.data.length / elements(first.shape), columns };
};

const EMPTY: Column = { shape: [], data: new Float32Array(), scale: 1 };

/** One variable of all examples, from what a user gave for it. */
const columnOf = (name: string, values: unknown, variable: Variable, part: string): Column => {
  if (isPlainColumn(values)) {
    const column = { shape: variable.dataShape, scale: 1, ...values };
    return { ...column, shape: readsAs(column.shape, variable.dataShape) ? variable.dataShape : column.shape };
  }
  const items = itemsOf(values);
  const size = elements(variable.dataShape);
  if (items === undefined)
    throw new InvalidData(`data: expected an array for ${name}, got ${quote(values)}; give one value for each example`);
  const nested = items.length > 0 && itemsOf(items[0]) !== undefined;
  if (!nested && items.length % size !== 0)
    throw new InvalidData(
      `data: expected ${name} to hold a multiple of ${size} numbers, got ${items.length}; give ${size} for each example`,
    );
  if (values instanceof Float32Array) return { shape: variable.dataShape, data: values, scale: 1 };
  const gather = gatherer(name, variable, part);
  if (nested || size === 1) for (let i = 0; i < items.length; i++) gather.add(items[i]);
  else for (let i = 0; i < items.length; i += size) gather.add(Array.prototype.slice.call(items, i, i + size));
  return gather.column();
};

const readExamples = async (
  source: Iterable<unknown> | AsyncIterable<unknown>,
  variables: Variables,
  part: string,
): Promise<Examples> => {
  const names = Object.keys(variables);
  const gatherers = Object.entries(variables).map(
    ([name, variable]) => [name, gatherer(name, variable, part)] as const,
  );
  let count = 0;
  for await (const example of source) {
    if (!isRecord(example) || itemsOf(example) !== undefined)
      throw new InvalidData(
        `data: expected ${exampleOf(count, part)} as an object of ${list(names)}, got ${quote(example)}; ${GIVE}`,
      );
    const unknown = Object.keys(example).find((name) => variables[name] === undefined);
    if (unknown !== undefined)
      throw new InvalidData(
        `data: expected ${list(names)} in ${exampleOf(count, part)}, got also ${unknown}, which the model does not take; leave it out`,
      );
    for (const [name, { add }] of gatherers) {
      if (example[name] === undefined)
        throw new InvalidData(
          `data: expected ${list(names)} in ${exampleOf(count, part)}, got no ${name}; give it or leave the example out`,
        );
      add(example[name]);
    }
    count += 1;
  }
  return { count, columns: Object.fromEntries(gatherers.map(([name, { column }]) => [name, column()])) };
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isIterable = (value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> =>
  isRecord(value) && (Symbol.iterator in value || Symbol.asyncIterator in value);

const isExamples = (value: unknown): value is Examples =>
  isRecord(value) && typeof value['count'] === 'number' && isRecord(value['columns']);

/** Whether data are a dataset already, which may hold more than a model takes. */
export const isDataset = (value: unknown): value is Dataset =>
  isRecord(value) && typeof value['name'] === 'string' && isExamples(value['train']);

// `train` is a part, not a condition of that name, where it holds more than one value an example.
const isParted = (value: unknown): value is Readonly<Partial<Record<(typeof PARTS)[number], unknown>>> =>
  isRecord(value) &&
  !isIterable(value) &&
  !isExamples(value) &&
  Object.keys(value).some((key) => PARTS.some((part) => part === key)) &&
  (isDataset(value) || Object.keys(value).every((key) => PARTS.some((part) => part === key)));

const isPlainColumn = (value: unknown): value is Pick<Column, 'data'> & Partial<Column> =>
  isRecord(value) &&
  (value['data'] instanceof Float32Array || value['data'] instanceof Uint8Array || value['data'] instanceof Int32Array);
