import { InvalidData } from '../errors.ts';
import type { Condition } from '../signature.ts';

/** What `--set name=text` said of a condition: the texts, in order. */
export type Settings = ReadonlyMap<string, readonly string[]>;

/** A condition's value as the runtime takes it, and as it was written. */
export interface Setting {
  readonly value: unknown;
  readonly text: string;
}

/** Reads an image file as pixels of [height, width, channels] from 0 to 1. */
export type ReadImage = (path: string, name: string, condition: Condition) => Promise<Float32Array>;

/**
 * The rows that settings ask for: each combination of the conditions' values, the last condition changing fastest. A class
 * is given by number or name, several by commas, all by `all`; a single number likewise; a list of numbers by commas; an
 * image by the path of a PNG. A condition that is set twice has both values.
 *
 * @throws InvalidData for a condition that is missing or unknown; whether a value fits is the runtime's to say.
 */
export async function combinations(
  conditions: Readonly<Record<string, Condition>>,
  settings: Settings,
  readImage: ReadImage,
): Promise<readonly Readonly<Record<string, Setting>>[]> {
  const names = Object.keys(conditions);
  for (const name of settings.keys())
    if (!Object.hasOwn(conditions, name))
      throw new InvalidData(`${name}: expected a condition of this model, got another; set ${names.join(', ')}`);
  let rows: readonly Readonly<Record<string, Setting>>[] = [{}];
  for (const [name, condition] of Object.entries(conditions)) {
    const texts = settings.get(name);
    if (texts === undefined)
      throw new InvalidData(`${name}: expected ${wanted(condition)}, got none; give --set ${name}=…`);
    const values = await Promise.all(texts.map((text) => valuesOf(name, condition, text, readImage)));
    rows = rows.flatMap((row) => values.flat().map((setting) => ({ ...row, [name]: setting })));
  }
  return rows;
}

const valuesOf = async (
  name: string,
  condition: Condition,
  text: string,
  readImage: ReadImage,
): Promise<readonly Setting[]> => {
  const { kind, shape, dataShape, classes } = condition;
  if (kind === 'image') return [{ value: await readImage(text, name, condition), text }];
  const known = Array.isArray(classes) ? classes : undefined;
  const value = (part: string): unknown => (known?.includes(part) || !isNumber(part) ? part : Number(part));
  if (kind === 'categorical' && text === 'all' && dataShape.length === 0 && !known?.includes('all'))
    return Array.from({ length: shape.at(-1) ?? 0 }, (_, i) => ({ value: i, text: known?.[i] ?? `${i}` }));
  const parts = known?.includes(text) ? [text] : text.split(',').map((part) => part.trim());
  if (dataShape.every((length) => length === 1)) return parts.map((part) => ({ value: value(part), text: part }));
  return [{ value: parts.map(value), text }];
};

const isNumber = (text: string): boolean => text !== '' && !Number.isNaN(Number(text));

const wanted = ({ kind, shape, dataShape, classes }: Condition): string => {
  if (kind === 'image') return `a PNG file of ${shape[1]} × ${shape[0]} pixels`;
  const names = Array.isArray(classes) ? classes.join(', ') : `0 to ${(shape.at(-1) ?? 1) - 1}`;
  if (kind === 'categorical')
    return dataShape.length === 0 ? `a class (${names})` : `classes of [${dataShape.join(', ')}]`;
  return dataShape.every((length) => length === 1) ? 'a number' : `numbers of [${dataShape.join(', ')}]`;
};
