import { InvalidFile } from '../errors.ts';
import type { Example, ExportedFile } from '../signature.ts';

/**
 * The example that a file carries in its metadata, as text: a number for each element of each input and output that the file has.
 *
 * @throws InvalidFile for a text that is none
 */
export const readExample = (
  text: string,
  { file, inputs, outputs }: ExportedFile,
): Pick<Example, 'inputs' | 'outputs'> => {
  const example = parsed(text);
  const own = (values: unknown, shapes: ExportedFile['inputs']) =>
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => {
        const numbers = isRecord(values) && Object.hasOwn(values, name) ? values[name] : undefined;
        const size = shape.reduce((a, b) => a * b, 1);
        if (!Array.isArray(numbers) || numbers.length !== size || !numbers.every(isNumber))
          throw new InvalidFile(
            `${file}: expected an example with ${size} numbers of ${name} in its metadata, got others; export the model again`,
          );
        return [name, numbers.map((x) => x ?? NaN)] as const;
      }),
    );
  if (!isRecord(example))
    throw new InvalidFile(`${file}: expected an example in its metadata, got other text; export the model again`);
  return { inputs: own(example['inputs'], inputs), outputs: own(example['outputs'], outputs) };
};

/** What is not finite is null in JSON. */
const isNumber = (value: unknown): value is number | null => value === null || typeof value === 'number';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
