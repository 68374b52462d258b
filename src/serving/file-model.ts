import { runRows } from '../runtime/rows.ts';
import { same } from '../shape/same.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import type { ExportedFile, Manifest, Part } from '../signature.ts';
import { list } from '../values/value-text.ts';
import { partName } from './names.ts';
import { refuse } from './refusal.ts';
import type { GivenTensor } from './request.ts';
import type { Asked, ServedModel, TensorInfo } from './served-model.ts';

/** A file of an exported model as a model of the server: inputs and outputs are float32, row by row. */
export const fileModel = (manifest: Manifest, part: Part, file: ExportedFile): ServedModel => {
  const numbers = Object.values(file.outputs).reduce((sum, shape) => sum + size(shape), 0);
  return {
    name: partName(manifest, part),
    platform: 'onnxruntime_onnx',
    inputs: infos(file.inputs),
    outputs: infos(file.outputs),
    infer: async ({ inputs, runner, signal, most }) => {
      const rows = rowsOf(file, inputs);
      checkSize(rows, rows * numbers, most);
      const rowInputs = Object.entries(file.inputs).map(([name, shape]) => {
        const data = floats(inputs.get(name)?.data);
        return [name, { rows, size: size(shape), data }] as const;
      });
      const found = await runRows(runner, part, file, rows, Object.fromEntries(rowInputs), signal);
      return new Map(
        Object.entries(file.outputs).map(([name, shape]) => [
          name,
          { datatype: 'FP32', shape: [rows, ...shape], data: found[name] ?? new Float32Array() },
        ]),
      );
    },
  };
};

const infos = (shapes: ExportedFile['inputs']): readonly TensorInfo[] =>
  Object.entries(shapes).map(([name, shape]) => ({ name, datatype: 'FP32', shape: [-1, ...shape] }));

const floats = (data: GivenTensor['data'] | undefined): Float32Array =>
  // Its datatype was checked.
  data as Float32Array;

/** Returns the number of rows that all inputs have. @throws Refusal for inputs that are not exactly those of the file. */
const rowsOf = ({ inputs: expected }: ExportedFile, inputs: Asked['inputs']): number => {
  let rows: number | undefined;
  checkNames(Object.keys(expected), inputs);
  for (const [name, own] of Object.entries(expected)) {
    const { datatype = '', shape = [] } = inputs.get(name) ?? {};
    const [count = 0, ...rest] = shape;
    if (datatype !== 'FP32') throw refuse(`${name}: expected FP32, got ${datatype}; send numbers of 32 bits`);
    if (count < 1 || !same(rest, own) || shape.length === 0)
      throw refuse(`${name}: expected ${show(['N', ...own])}, got ${show(shape)}; send rows of this shape`);
    if (rows !== undefined && count !== rows)
      throw refuse(`${name}: expected ${rows} rows, as many as the other inputs have, got ${count}; send as many`);
    rows = count;
  }
  return rows ?? 1;
};

/** Refuses inputs that are missing or unknown; `optional` may be either. */
export const checkNames = (
  needed: readonly string[],
  inputs: Asked['inputs'],
  optional: readonly string[] = [],
): void => {
  const all = `the inputs ${list(needed)}${optional.length > 0 ? ` and perhaps ${list(optional)}` : ''}`;
  for (const name of needed)
    if (!inputs.has(name)) throw refuse(`${name}: expected ${all}, got none of this name; send it`);
  for (const name of inputs.keys())
    if (!needed.includes(name) && !optional.includes(name))
      throw refuse(`${name}: expected ${all}, got another; leave it out`);
};

/** Refuses a request whose answer would have too many numbers. */
export const checkSize = (rows: number, numbers: number, most: number): void => {
  if (numbers <= most) return;
  const fitting = Math.floor((most / numbers) * rows);
  throw refuse(
    `expected an answer of at most ${most} numbers, got a request for ${rows} rows of ${numbers / rows}; ask for at most ${fitting} at a time`,
    413,
  );
};
