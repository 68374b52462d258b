import { Unavailable } from '../../errors.ts';
import type { Bytes, PartPlan, Slot, WasmPlan } from '../../wasm/plan.ts';
import type { Feeds, FileRunner } from '../sessions.ts';
import type { ShapedArray } from '../ort.ts';
import { host, type WasmExports, type WasmModule } from './web-assembly.ts';

/** The bytes of a page of WebAssembly's memory. */
const PAGE = 65536;

/**
 * Runs the parts of a model that is compiled to WebAssembly. Its memory grows to what the largest batch so far has needed; `name` is
 * the model's.
 */
export const moduleRunner = (name: string, plan: WasmPlan, exports: WasmExports): FileRunner => {
  const { memory } = exports;
  call(exports, 'expand');
  const reserve = (bytes: number): void => {
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
    if (missing <= 0) return;
    try {
      memory.grow(missing);
    } catch (error) {
      const most = (bytes / 2 ** 20).toFixed(0);
      throw new Unavailable(
        `${name}: expected memory that grows to ${most} MiB, got none from this host; ask for fewer rows at once`,
        { cause: error },
      );
    }
  };
  /** Where a part has its inputs and outputs in memory, which grows to what a batch needs. */
  const placed = ({ memory: needed, inputs, outputs }: PartPlan, rows: number) => {
    const bytes = ({ fixed, perRow }: Bytes): number => fixed + rows * perRow;
    reserve(plan.base + bytes(needed));
    const { buffer } = memory;
    const views = (slots: Readonly<Record<string, Slot>>) =>
      Object.entries(slots).map(
        ([key, { at, size }]) => [key, new Float32Array(buffer, plan.base + bytes(at), bytes(size) / 4)] as const,
      );
    return { rows, buffer, inputs: views(inputs), outputs: views(outputs) };
  };
  // The next call of a part often has a batch as its last. Memory that has grown since is another buffer.
  const last: Record<string, ReturnType<typeof placed>> = {};
  return {
    run: async (part, inputs) => {
      const own = plan.parts[part];
      const rows = Object.values(inputs)[0]?.shape[0] ?? 0;
      // The caller notices that outputs are missing.
      if (!own) return {};
      let here = last[part];
      if (here?.rows !== rows || here.buffer !== memory.buffer) here = last[part] = placed(own, rows);
      for (const [input, view] of here.inputs) view.set(inputs[input]?.data ?? []);
      call(exports, `run_${part}`, rows, plan.base);
      const found: Record<string, ShapedArray> = {};
      for (const [output, view] of here.outputs) found[output] = { data: view.slice(), shape: [rows] };
      return found satisfies Feeds;
    },
    close: async () => undefined,
  };
};

/** Runs a compiled module in this thread. */
export const startHere = async (name: string, plan: WasmPlan, module: WasmModule): Promise<FileRunner> => {
  const { exports } = (await host.WebAssembly?.instantiate(module)) ?? {};
  if (!exports) throw new Unavailable(`${name}: expected a host with WebAssembly, got one without; use another host`);
  return moduleRunner(name, plan, exports);
};

const call = (exports: WasmExports, name: string, ...given: readonly number[]): void => {
  const found = exports[name];
  if (typeof found === 'function') found(...given);
};
