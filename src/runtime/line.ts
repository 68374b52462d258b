import { InvalidData } from '../errors.ts';
import type { Manifest } from '../signature.ts';
import type { ShapedArray } from './ort.ts';
import type { Outputs } from './result.ts';
import { withoutLatent } from './call-errors.ts';
import type { Rows } from './variable.ts';

/** `interpolate` of a model. */
export const interpolate = async (
  { name, kind, conditions, latent, target }: Manifest,
  decode: (z: ShapedArray, conditions: Readonly<Record<string, unknown>>) => Promise<Outputs>,
  from: unknown,
  to: unknown,
  steps: number,
  given: Readonly<Record<string, unknown>>,
): Promise<Outputs> => {
  if (kind === 'predictor') throw withoutLatent(name);
  const { encodeAll, encodeValue, passed } = await import('./values.ts');
  const variable = { kind: 'continuous', shape: [latent], dataShape: [latent] } as const;
  // Latents as `sample` and `encode` return them, too.
  const [first, last] = [Object(from).data ?? from, Object(to).data ?? to];
  const points = line(encodeValue('from', variable, first), encodeValue('to', variable, last), steps);
  const { rows, values } = await encodeAll(conditions, given);
  const each = Object.entries(values).map(([key, value]) => [key, repeated(value, steps)]);
  const z = new Float32Array(rows * points.length);
  for (let row = 0; row < rows; row++) z.set(points, row * points.length);
  const found = await decode(
    { data: z, shape: [rows * steps, latent] },
    passed({ rows: rows * steps, values: Object.fromEntries(each) }),
  );
  return inColumns(found, steps, target.targets !== undefined);
};

/** Returns points at equal distances on the straight line from one latent to another, ends included: [steps, latent]. */
const line = (from: Rows, to: Rows, steps: number): Float32Array => {
  if (from.rows + to.rows !== 2)
    throw new InvalidData(`from, to: expected a latent each, got ${from.rows} and ${to.rows}; give one of both`);
  if (!Number.isInteger(steps) || steps < 2)
    throw new InvalidData(`steps: expected a whole number from 2, got ${String(steps)}; count both ends`);
  const points = new Float32Array(steps * from.size);
  for (let step = 0, at = 0; step < steps; step++) {
    const t = step / (steps - 1);
    for (let j = 0; j < from.size; j++, at++) points[at] = (1 - t) * (from.data[j] ?? 0) + t * (to.data[j] ?? 0);
  }
  return points;
};

/** Returns each of several rows this many times in succession; a single one applies to all anyway. */
const repeated = ({ rows, size, data }: Rows, times: number): Rows => {
  if (rows === 1) return { rows, size, data };
  const all = new Float32Array(rows * times * size);
  for (let row = 0; row < rows * times; row++) {
    const at = Math.floor(row / times) * size;
    all.set(data.subarray(at, at + size), row * size);
  }
  return { rows: rows * times, size, data: all };
};

/** Returns results whose grids have this number of columns by default. */
const inColumns = (found: Outputs, columns: number, several: boolean): Outputs => {
  const one = (outputs: Outputs): Outputs => ({ ...outputs, grid: (across = columns) => outputs.grid(across) });
  if (!several) return one(found);
  // Of several targets it is a record of them, which its type says of a definition only.
  const all = Object.entries(found as unknown as Readonly<Record<string, Outputs>>);
  return Object.fromEntries(all.map(([name, outputs]) => [name, one(outputs)])) as unknown as Outputs;
};
