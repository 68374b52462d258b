import { checkGraph } from '../onnx/check.ts';
import { encode } from '../onnx/encode.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { irVersionOf, OPSET } from '../onnx/schema.ts';
import type { Ort, OrtOptions, OrtTensor } from '../runtime/ort.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import { LIBRARY } from '../version.ts';
import type { Weights } from '../weights/weights.ts';

/** A loaded onnxruntime, and how it computes: in the thread that calls it. */
export interface OnnxBackend {
  readonly ort: Ort;
  /** `onnxruntime-node`, or another build of it. */
  readonly name: string;
  readonly version: string;
  /** `cpu`, or `wasm` in a browser. */
  readonly provider: string;
  readonly threads: number;
  /**
   * For how long threads that wait for work of the next operator keep a core busy before they sleep, in microseconds: 0 for not at all,
   * `Infinity` for as long as onnxruntime does by itself. Where other programs run as well, threads that wait busily keep those from working
   * that they wait for.
   */
  readonly spins?: number;
}

/** Writes a graph as a file, which is checked first. */
export const fileOf = (graph: OnnxGraph): Uint8Array => {
  checkGraph(graph, OPSET);
  return encode({ graph, opset: OPSET, irVersion: irVersionOf(OPSET), metadata: {}, producer: LIBRARY });
};

/**
 * For how long threads wait busily by default, in microseconds: longer than the next operator usually takes to come, so that they seldom fall
 * asleep within a step, and too short to keep other programs from working (docs/training-speed.md).
 */
const SPIN = 100;

/** Returns the options with which a file is opened. */
export const optionsOf = ({
  provider,
  threads,
  spins = SPIN,
}: Pick<OnnxBackend, 'provider' | 'threads' | 'spins'>): OrtOptions => ({
  executionProviders: [provider],
  intraOpNumThreads: threads,
  // Errors only: a warning that a step's graph leaves something unused is of no interest.
  logSeverityLevel: 3,
  extra: {
    session: {
      intra_op: {
        allow_spinning: spins > 0 ? '1' : '0',
        ...(Number.isFinite(spins) && { spin_duration_us: `${spins}` }),
      },
    },
  },
});

/** Returns a copy of a parameter's numbers. */
export const weightOf = (
  { name, shape }: { readonly name: string; readonly shape: Shape },
  weights: Weights,
): Float32Array => {
  const weight = weights.get(name);
  if (weight?.data.length !== size(shape)) throw new Error(`onnx: the weights have no ${name} of its shape`);
  return weight.data.slice();
};

/** Returns the numbers of a result. */
export const dataOf = (value: OrtTensor | undefined): Float32Array => {
  if (value?.data instanceof Float32Array) return value.data;
  throw new Error('onnx: a result is missing');
};

/** Returns the value of an input. */
export const valueOf = <T>(values: Readonly<Record<string, T>>, name: string): T => {
  const value = values[name];
  if (value === undefined) throw new Error(`onnx: ${name} was not given`);
  return value;
};
