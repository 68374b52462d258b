import { hasMask } from '../values/mask-name.ts';
import { InvalidData } from '../errors.ts';
import { size } from '../shape/size.ts';
import { ownFloats } from '../values/lists.ts';
import { closest } from '../values/closest.ts';
import { list, valueText } from '../values/value-text.ts';
import { own } from '../values/own.ts';
import type { Column, Examples } from './dataset.ts';
import { isIterable, isRecord } from './data-forms.ts';
import { gatherer, itemsOf } from './gather.ts';
import { exampleOf, placeOf } from './value-error.ts';
import { isPlainColumn, ownData } from './plain-column.ts';
import { toFloat32 } from './precision.ts';
import { readsAs, type Variable, type Variables } from './variable.ts';

/** The beginning of the remedy for data of no known form. */
export const GIVE = 'give { name: [values], y: [values] }, [{ name: value, y: value }, …] or a Dataset';

/** A column, and a remark about it, if any. */
interface Read {
  readonly column: Column;
  readonly notice?: string;
}

/** Reads one part of the data as examples, from columns or examples one by one; `note` receives remarks about them. */
export const readPart = async (
  source: unknown,
  variables: Variables,
  part: string,
  note: (notice: string | undefined) => void,
): Promise<Examples> => {
  if (isIterable(source)) return readExamples(source, variables, part, note);
  if (!isRecord(source))
    throw new InvalidData(`data: expected columns or examples in ${part}, got ${valueText(source)}; ${GIVE}`);
  // A column that matches no variable is kept, empty, so that the check can name it.
  const read = Object.entries(source).map(([name, values]) => {
    const variable = own(variables, name);
    const { column, notice } = variable === undefined ? EMPTY : columnOf(name, values, variable, part);
    note(notice);
    return [name, column] as const;
  });
  const columns = Object.fromEntries(read);
  const first = Object.values(columns).find((column) => column !== EMPTY.column);
  return { count: first === undefined ? 0 : first.data.length / size(first.shape), columns };
};

const EMPTY: Read = { column: { shape: [], data: new Float32Array(), scale: 1 } };

/** Converts the data of a column that a user made to an array that columns have. */
export const ownColumn = (
  name: string,
  { data, scale = 1, shape, ...rest }: Partial<Omit<Column, 'data'>> & { readonly data: unknown },
  variable: Variable,
  part: string,
): Read => {
  const own = ownData(data, scale);
  if (own === undefined)
    throw new InvalidData(
      `data: expected numbers as data of ${name}, got ${valueText(data)}; give a typed array of them`,
    );
  const wanted = shape === undefined || readsAs(shape, variable.dataShape) ? variable.dataShape : shape;
  if (!(own instanceof Float64Array)) return { column: { ...rest, shape: wanted, data: own, scale } };
  const length = size(wanted);
  const rounded = toFloat32(own, length, placeOf(name, length, part));
  const { notice } = rounded;
  return { column: { ...rest, shape: wanted, data: rounded.data, scale: 1 }, ...(notice !== undefined && { notice }) };
};

/** Returns a column whose numbers are in a file with the variable's own shape, if it can have it. */
export const storedColumn = (column: Column, { dataShape }: Variable): Read => ({
  column: { ...column, shape: readsAs(column.shape, dataShape) ? dataShape : column.shape },
});

/** Converts the values that a user gave for one variable of all examples. */
const columnOf = (name: string, values: unknown, variable: Variable, part: string): Read => {
  if (isPlainColumn(values)) return ownColumn(name, values, variable, part);
  const items = itemsOf(values);
  const length = size(variable.dataShape);
  if (items === undefined)
    throw new InvalidData(
      `data: expected an array for ${name}, got ${valueText(values)}; give one value for each example`,
    );
  const nested = items.length > 0 && itemsOf(items[0]) !== undefined;
  if (!nested && items.length % length !== 0)
    throw new InvalidData(
      `data: expected ${name} to hold a multiple of ${length} numbers, got ${items.length}; give ${length} for each example`,
    );
  // The remaining case: numbers that are not names, used directly.
  const floats = ownFloats(values);
  if (floats !== undefined) return { column: { shape: variable.dataShape, data: floats, scale: 1 } };
  const gather = gatherer(name, variable, part);
  if (nested || length === 1) for (let i = 0; i < items.length; i++) gather.add(items[i]);
  else for (let i = 0; i < items.length; i += length) gather.add(Array.prototype.slice.call(items, i, i + length));
  return gather.column();
};

const readExamples = async (
  source: Iterable<unknown> | AsyncIterable<unknown>,
  variables: Variables,
  part: string,
  note: (notice: string | undefined) => void,
): Promise<Examples> => {
  const names = Object.keys(variables);
  const gatherers = Object.entries(variables).map(([name, variable]) => ({
    name,
    // A mask that no example has follows from what is missing.
    isMask: variable.maskOf !== undefined,
    isMasked: hasMask(variable),
    given: 0,
    ...gatherer(name, variable, part),
  }));
  let count = 0;
  for await (const example of source) {
    if (!isRecord(example) || itemsOf(example) !== undefined)
      throw new InvalidData(
        `data: expected ${exampleOf(count, part)} as an object of ${list(names)}, got ${valueText(example)}; ${GIVE}`,
      );
    const unknown = Object.keys(example).find((name) => own(variables, name) === undefined);
    if (unknown !== undefined) {
      const near = closest(
        unknown,
        names.filter((name) => memberOf(example, name) === undefined),
      );
      throw new InvalidData(
        `data: expected ${list(names)} in ${exampleOf(count, part)}, got also ${unknown}, which the model does not take; ${near === undefined ? 'leave it out' : `did you mean ${near}?`}`,
      );
    }
    for (const gather of gatherers) {
      const { name, isMask, isMasked } = gather;
      const value = memberOf(example, name);
      if (value === undefined && isMask && gather.given === 0) continue;
      if ((value === undefined && !isMasked) || gather.given++ !== count)
        throw new InvalidData(
          `data: expected ${list(names)} in ${exampleOf(count, part)}, got no ${name}; give it or leave the example out`,
        );
      gather.add(value);
    }
    count += 1;
  }
  const columns = gatherers.flatMap(({ name, isMask, given, column: gathered }) => {
    if (isMask && given === 0) return [];
    const { column, notice } = gathered();
    note(notice);
    return [[name, column] as const];
  });
  return { count, columns: Object.fromEntries(columns) };
};

/** Returns a member of an example, including one from a getter of its class, but none that all objects have. */
const memberOf = (example: Readonly<Record<string, unknown>>, name: string): unknown =>
  name in Object.prototype ? own(example, name) : example[name];
