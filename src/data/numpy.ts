import { basename } from 'node:path';
import { InvalidData, InvalidFile, messageOf } from '../errors.ts';
import { size } from '../shape/size.ts';
import { own } from '../values/own.ts';
import { isPlain, meant, rule } from '../values/rules.ts';
import { list } from '../values/value-text.ts';
import { PARTS, type Dataset, type Examples } from './dataset.ts';
import { readBytes } from './files.ts';
import { decodeNpy, type NpyArray } from './npy-array.ts';
import { checkOption, checkOptions, PATH, reading } from './options.ts';
import { pathOf } from './path.ts';
import { readPart } from './read-part.ts';
import { unscaled } from './scaling.ts';
import type { Columns, Table } from './source.ts';
import { checkShares } from './table/options.ts';
import { partsOf } from './table/parts.ts';
import { isUnit, type Variable, type Variables } from './variable.ts';

/** How arrays of NumPy are read and split. */
export interface NumpyOptions {
  /** The arrays of variables that are not called as they are: `{ y: 'images' }`. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Fractions of the examples, drawn with the random seed, to test and validate on; none by default. */
  readonly test?: number;
  readonly validation?: number;
  readonly seed?: number;
  /** `false` leaves numbers as they are; by default networks see them standardised. */
  readonly scaling?: false;
}

/** Options, which are checked below. */
const anything = rule('options', () => true);

/** The arrays of a file or of several, by name, decoded when they are asked for. */
interface Arrays {
  readonly path: string;
  readonly names: readonly string[];
  readonly read: (name: string) => NpyArray;
}

/**
 * Reads the arrays of an `.npz` file, which `numpy.savez` writes: a definition's names are theirs, and the first axis of each counts the
 * examples. With `x_train` and `x_test` in place of `x`, those are the parts. Bytes of images are pixels from 0 to 255. Throws an
 * `InvalidFile` or an `InvalidData` when the data are used.
 *
 * @example
 * ```ts
 * import { npz } from 'cvae-compile/data';
 *
 * // Of a target y and a condition label, which the file calls x and y.
 * export const data = npz('digits.npz', { columns: { y: 'x', label: 'y' }, validation: 0.1 });
 * ```
 */
export const npz = reading(
  'npz',
  { args: [PATH, anything] },
  async (path: string | URL, options: NumpyOptions = {}): Promise<Table> => {
    checkNumpy('npz', options);
    const file = pathOf(path);
    return tableOf('npz', basename(file), () => unpacked(file), options);
  },
);

/**
 * Reads arrays of `.npy` files, which `numpy.save` writes: one as y, or one for each variable by name. Otherwise as `npz`.
 *
 * @example
 * ```ts
 * import { npy } from 'cvae-compile/data';
 *
 * export const data = npy({ y: 'images.npy', label: 'labels.npy' }, { test: 0.1 });
 * ```
 */
export const npy = reading(
  'npy',
  {
    args: [
      rule(
        'a path, or a path for each variable,',
        (value) => PATH.holds(value) || (isPlain(value) && Object.values(value).every((one) => PATH.holds(one))),
        'give { y: … }',
      ),
      anything,
    ],
  },
  async (
    files: string | URL | Readonly<Record<string, string | URL>>,
    options: Omit<NumpyOptions, 'columns'> = {},
  ): Promise<Table> => {
    checkNumpy('npy', options);
    // Only a record has no text and no address.
    const given = typeof files === 'string' || 'href' in files ? { y: files as string | URL } : files;
    const paths = Object.entries(given).map(([name, path]) => [name, pathOf(path)] as const);
    const name = paths.length === 1 ? basename(paths[0]?.[1] ?? '') : 'npy';
    return tableOf('npy', name, () => loaded(name, paths), options);
  },
);

const checkNumpy = (where: string, options: NumpyOptions): void => {
  const known = ['test', 'validation', 'seed', 'scaling', ...(where === 'npz' ? ['columns'] : [])];
  checkOptions(where, options, known);
  const { scaling, columns = {} } = options;
  const is = (name: string, right: boolean, what: string, value: unknown) =>
    checkOption(where, name, right, what, value);
  checkShares(where, options);
  is('scaling', scaling === undefined || scaling === false, 'false or nothing', scaling);
  const areNames = isPlain(columns) && Object.values(columns).every((one) => typeof one === 'string' && one !== '');
  is('columns', areNames, 'arrays by variable', columns);
};

const loaded = async (name: string, paths: readonly (readonly [name: string, path: string])[]): Promise<Arrays> => {
  const read = paths.map(async ([key, path]) => {
    const bytes = await readBytes(path, 'an array of NumPy', 'correct the path');
    return [key, decodeNpy(bytes, path)] as const;
  });
  const arrays = new Map(await Promise.all(read));
  return { path: name, names: [...arrays.keys()], read: (key) => arrays.get(key) ?? { shape: [0], data: [] } };
};

const unpacked = async (path: string): Promise<Arrays> => {
  const { unzipSync } = await import('fflate');
  const bytes = await readBytes(path, 'arrays of NumPy', 'correct the path');
  const unzip = (filter: (name: string) => boolean): Readonly<Record<string, Uint8Array>> => {
    try {
      return unzipSync(bytes, { filter: ({ name }) => filter(name) });
    } catch (error) {
      throw new InvalidFile(
        `${path}: expected arrays that numpy.savez has written, got a file that cannot be read (${messageOf(error)}); save it again`,
      );
    }
  };
  const names: string[] = [];
  unzip((name) => {
    if (name.endsWith('.npy')) names.push(name.slice(0, -4));
    return false;
  });
  const read = (name: string): NpyArray => {
    const found = unzip((each) => each === `${name}.npy`)[`${name}.npy`];
    return decodeNpy(found ?? new Uint8Array(), `${path}, ${name}`);
  };
  return { path, names, read };
};

const tableOf = (where: string, name: string, open: () => Promise<Arrays>, options: NumpyOptions): Table => ({
  name,
  read: async (variables) => {
    const arrays = await open();
    const { columns = {} } = options;
    const wanted = Object.entries(variables).filter(([, { maskOf }]) => maskOf === undefined);
    const unknown = Object.keys(columns).find((one) => !wanted.some(([key]) => key === one));
    if (unknown !== undefined)
      throw new InvalidData(
        `${where}: expected arrays of variables that the model has (${list(wanted.map(([key]) => key))}), got ${unknown}; ${meant(
          unknown,
          wanted.map(([key]) => key),
        )}`,
      );
    const called = wanted.map(([key, variable]) => [key, variable, own(columns, key) ?? key] as const);
    const notices: string[] = [];
    const read = async (part: string, suffix: string): Promise<Examples> => {
      const given = called.map(([key, variable, array]) => [key, columnOf(arrays, array + suffix, variable)] as const);
      return readPart(Object.fromEntries(given) satisfies Columns, onlyOf(variables, called), part, (notice) => {
        if (notice !== undefined) notices.push(notice);
      });
    };
    const parts = partsIn(
      arrays.names,
      called.map(([, , array]) => array),
    );
    const given =
      parts === undefined ? partsOf(await read('train', ''), options) : await readParts(parts, read, options);
    const used = new Set(called.flatMap(([, , array]) => [array, ...PARTS.map((part) => `${array}_${part}`)]));
    const unused = arrays.names.filter((one) => !used.has(one));
    const dataset: Dataset = {
      name,
      ...given,
      ...(notices.length > 0 && { notices }),
      ...(unused.length > 0 && { unused }),
    };
    return options.scaling === false ? unscaled(dataset) : dataset;
  },
});

const onlyOf = (variables: Variables, called: readonly (readonly [string, Variable, string])[]): Variables =>
  Object.fromEntries(Object.entries(variables).filter(([key]) => called.some(([one]) => one === key)));

/** Returns the parts that arrays are in, if their names end in them: `x_train`, `x_test`. */
const partsIn = (names: readonly string[], called: readonly string[]): readonly (typeof PARTS)[number][] | undefined =>
  called.every((array) => !names.includes(array) && names.includes(`${array}_train`))
    ? PARTS.filter((part) => called.every((array) => names.includes(`${array}_${part}`)))
    : undefined;

const readParts = async (
  parts: readonly (typeof PARTS)[number][],
  read: (part: string, suffix: string) => Promise<Examples>,
  options: NumpyOptions,
): Promise<Omit<Dataset, 'name'>> => {
  const entries = await Promise.all(parts.map(async (part) => [part, await read(part, `_${part}`)] as const));
  const { train, ...others }: Partial<Omit<Dataset, 'name'>> = Object.fromEntries(entries);
  if (train === undefined) throw new Error('partsIn has found no train');
  // Parts that the file has are not drawn again.
  const { validation, test } = others;
  const drawn = partsOf(train, {
    ...options,
    test: test ? 0 : (options.test ?? 0),
    validation: validation ? 0 : (options.validation ?? 0),
  });
  return { ...drawn, ...others };
};

const columnOf = (arrays: Arrays, name: string, variable: Variable): Columns[string] => {
  const { path, names, read } = arrays;
  if (!names.includes(name))
    throw new InvalidData(
      `${path}: expected an array ${name}, got ${list(names)}; ${meant(name, names)}, or say which: { columns: { y: '${names[0] ?? 'x'}' } }`,
    );
  const { shape, data } = read(name);
  if (!ArrayBuffer.isView(data)) return data;
  const [, ...one] = shape;
  // Pixels are bytes up to 255; of 0 and 1 alone they are what they say.
  const areBytes = data instanceof Uint8Array && isUnit(variable) && data.some((byte) => byte > 1);
  const column = { data, ...(areBytes && { scale: 1 / 255 }) };
  return size(one) === 1 ? column : { ...column, shape: one };
};
