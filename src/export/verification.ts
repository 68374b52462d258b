import type { Part } from '../signature.ts';
import type { InferenceEngine, Values } from './engine.ts';

/** How far an engine's output for a file is from the expected one. */
export interface Agreement {
  readonly part: Part | 'training';
  readonly output: string;
  /** What it was compared with: the reference, the name of a training backend, or for a step in two files that of the step in one. */
  readonly with: string;
  /**
   * The largest |a − b| at any batch size, relative to b where that is above 1; for y, if the data were standardised, in its standard
   * deviations.
   */
  readonly difference: number;
}

/** A training backend: computes a part's outputs for these inputs from the definition and the weights. */
export interface TrainingBackend {
  readonly name: string;
  run(part: Part, inputs: Values): Promise<Values>;
}

/**
 * Loads onnxruntime as the consumers of the files run them: where onnxruntime-node cannot be loaded, onnxruntime-web's WASM. @throws
 * Unavailable if neither is installed.
 */
export async function usersEngine(): Promise<InferenceEngine> {
  const [{ onnxruntime }, { loadAny, packageOf }] = await Promise.all([
    import('./engine.ts'),
    import('../runtime/ort-node.ts'),
  ]);
  const loaded = await loadAny('auto');
  return onnxruntime(loaded.ort, packageOf(loaded), loaded.provider);
}

/** Returns the largest of all differences. */
export const largest = (agreements: readonly Agreement[]): number =>
  agreements.reduce((most, { difference }) => Math.max(most, difference), 0);

/** The output of a step in two files, gradient.onnx and update.onnx, which is compared with that of the step in one, train.onnx. */
export const HALVES = 'gradient and update';

/** Formats differences as a sentence: `largest difference 4.2e-7, from the reference and tfjs-node`. */
export const sentence = (agreements: readonly Agreement[]): string => {
  const halves = agreements.find(({ output }) => output === HALVES);
  const others = [...new Set(agreements.filter((one) => one !== halves).map((agreement) => agreement.with))];
  const step = halves ? `, and of the step in two files from that of ${halves.with}` : '';
  return `largest difference ${largest(agreements).toExponential(1)}, from the ${others.join(' and ')}${step}`;
};
