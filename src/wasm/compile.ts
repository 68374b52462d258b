import { InvalidGraph } from '../errors.ts';
import { withDefaults } from '../onnx/defaults.ts';
import { isFloat } from '../onnx/dtype.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { infer } from '../onnx/infer.ts';
import { ModuleBuilder, type CustomSections } from './code/module.ts';
import { lengthOf } from './length.ts';
import type { PartPlan, WasmPlan } from './plan.ts';
import { PartWriter } from './part.ts';
import { needed } from './needed.ts';
import { SCRATCH } from './kernels/product.ts';
import { Weights } from './weights.ts';

/** A model as WebAssembly: code and weights in one module, and how its parts are called. */
export interface CompiledWasm {
  readonly plan: WasmPlan;
  /** The number of bytes of its weights. */
  readonly weights: number;
  /** Returns the module, with these texts in custom sections. */
  bytes(custom?: CustomSections): Uint8Array;
}

/**
 * Compiles checked graphs, by the names of their parts, to one WebAssembly module that computes them for any number of rows, in
 * float32, four numbers at a time.
 *
 * @throws InvalidGraph for operators that have no kernel, and for shapes that are no multiple of the batch.
 */
export const compileWasm = (graphs: Readonly<Record<string, OnnxGraph>>, opset: number): CompiledWasm => {
  const module = new ModuleBuilder();
  const weights = new Weights(SCRATCH);
  const parts: Record<string, PartPlan> = {};
  for (const [part, graph] of Object.entries(graphs)) {
    const { missing } = needed(graph);
    if (missing.length > 0)
      throw new InvalidGraph(
        `${part}: expected operators that the target wasm has, got ${missing.join(', ')}; export it without the target wasm`,
      );
    const whole = { ...graph, nodes: graph.nodes.map(withDefaults) };
    const types = infer(graph, opset);
    const dims = (name: string) => (types.get(name)?.shape ?? []).map((dim) => lengthOf(`${part}: ${name}`, dim));
    const isWhole = (name: string): boolean => !isFloat(types.get(name)?.dtype ?? 'float32');
    parts[part] = new PartWriter(module, weights, whole, dims, isWhole).write(part);
  }
  const { segments, end } = weights.finish(module);
  const base = Math.ceil(end / 16) * 16;
  return {
    plan: { base, expand: module.has('expand all'), parts },
    weights: segments.reduce((sum, segment) => sum + segment.bytes.length, 0),
    bytes: (custom) => module.bytes(base, segments, custom),
  };
};
