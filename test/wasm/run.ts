import { host } from '../../src/runtime/module/web-assembly.ts';
import { compileWasm } from '../../src/wasm/compile.ts';
import type { Slot } from '../../src/wasm/plan.ts';
import type { OnnxGraph, OnnxTensor } from '../../src/onnx/graph.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { numbersOf } from '../../src/onnx/tensor.ts';
import { size } from '../../src/shape/size.ts';

/** Numbers by the names of outputs. */
export type Found = Readonly<Record<string, { readonly dims: readonly number[]; readonly data: readonly number[] }>>;

/** Compiles a graph to WebAssembly, and returns what runs it there. */
export const compiled = async (
  graph: OnnxGraph,
  opset = OPSET,
): Promise<(inputs: Readonly<Record<string, OnnxTensor>>, rows?: number) => Found> => {
  const { WebAssembly } = host;
  if (!WebAssembly) throw new Error('no WebAssembly');
  const { bytes, plan } = compileWasm({ part: graph }, opset);
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes()));
  const { memory, run_part: run, expand } = exports;
  if (typeof expand === 'function') expand();
  return (inputs, rows = 1) => {
    const { part } = plan.parts;
    if (!part || typeof run !== 'function') throw new Error('no part');
    const needed = plan.base + part.memory.fixed + rows * part.memory.perRow;
    const missing = Math.ceil((needed - memory.buffer.byteLength) / 65536);
    if (missing > 0) memory.grow(missing);
    const all = new Float32Array(memory.buffer);
    // What is not written must not matter.
    all.fill(NaN, plan.base / 4);
    const at = (slot: Slot | undefined): number =>
      (plan.base + (slot?.at.fixed ?? 0) + rows * (slot?.at.perRow ?? 0)) / 4;
    for (const [name, tensor] of Object.entries(inputs)) all.set(numbersOf(tensor), at(part.inputs[name]));
    run(rows, plan.base);
    return Object.fromEntries(
      graph.outputs.map(({ name, shape }) => {
        const dims = shape.map((dim) =>
          typeof dim === 'number' ? dim : rows * Number(/^(\d+)\*/.exec(dim)?.[1] ?? 1),
        );
        const from = at(part.outputs[name]);
        return [name, { dims, data: Array.from(all.subarray(from, from + size(dims))) }];
      }),
    );
  };
};
