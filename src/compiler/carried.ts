import { InvalidFile } from '../errors.ts';
import { sizeOf } from '../onnx/graph.ts';
import type { Example, ExportedFile } from '../signature.ts';

/**
 * The example that a file carries: as many numbers of each input and output as a row has. @throws InvalidFile for any other
 * text.
 */
export const exampleIn = (text: string, { file, inputs, outputs }: ExportedFile): Example => {
  const found = parsed(text);
  if (!isRecord(found) || !fits(found['inputs'], inputs) || !fits(found['outputs'], outputs))
    throw new InvalidFile(
      `${file}: expected an example of one row, as the compiler writes it, got another text; export the model again`,
    );
  return { inputs: found['inputs'], outputs: found['outputs'] };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fits = (
  value: unknown,
  shapes: Readonly<Record<string, readonly number[]>>,
): value is Readonly<Record<string, readonly number[]>> =>
  isRecord(value) &&
  Object.entries(shapes).every(([name, shape]) => {
    const numbers = Object.hasOwn(value, name) ? value[name] : undefined;
    return (
      Array.isArray(numbers) && numbers.length === sizeOf(shape) && numbers.every((one) => typeof one === 'number')
    );
  });
