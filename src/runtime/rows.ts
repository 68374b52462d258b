import { size } from '../shape/size.ts';
import type { ExportedFile, Part } from '../signature.ts';
import type { FileRunner, Feeds } from './sessions.ts';
import type { Rows } from './variable.ts';

/** An input of a batch: rows, and which of them row r of the batch uses: r itself if omitted. A single one applies to every row. */
export interface Input extends Rows {
  readonly of?: ((row: number) => number) | undefined;
}

/** The number of rows that run at once: larger chunks are no faster, and memory stays bounded. */
const CHUNK = 128;

/** Runs a part on `rows` rows, `CHUNK` at a time, and returns its complete outputs. Between chunks, a signal ends it. */
export const runRows = async (
  engine: FileRunner,
  part: Part,
  file: ExportedFile,
  rows: number,
  inputs: Readonly<Record<string, Input>>,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, Float32Array>>> => {
  const outputs: Record<string, Float32Array> = {};
  for (let from = 0; from < rows; from += CHUNK) {
    signal?.throwIfAborted();
    const to = Math.min(rows, from + CHUNK);
    const feeds: Record<string, Feeds[string]> = {};
    for (const [name, shape] of Object.entries(file.inputs)) {
      const input = inputs[name];
      if (input) feeds[name] = { data: gather(input, from, to), shape: [to - from, ...shape] };
    }
    const found = await engine.run(part, feeds);
    for (const [name, shape] of Object.entries(file.outputs)) {
      const length = size(shape);
      const data = found[name]?.data ?? new Float32Array();
      if (data.length !== (to - from) * length) throw new RangeError(name);
      if (to - from === rows) outputs[name] = data;
      else (outputs[name] ??= new Float32Array(rows * length)).set(data, from * length);
    }
  }
  return outputs;
};

/** Returns rows `from` to `to` of the batch, without a copy if they are in order already. */
const gather = ({ rows, data, size, of }: Input, from: number, to: number): Float32Array => {
  if (rows > 1 && !of) return data.subarray(from * size, to * size);
  const gathered = new Float32Array((to - from) * size);
  for (let row = from; row < to; row++) {
    const at = of && rows > 1 ? of(row) * size : 0;
    gathered.set(data.subarray(at, at + size), (row - from) * size);
  }
  return gathered;
};
