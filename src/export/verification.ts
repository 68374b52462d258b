import type { Part } from '../signature.ts';
import type { InferenceEngine, Values } from './engine.ts';

/** How far what an engine gives for a file is from what it should give. */
export interface Agreement {
  readonly part: Part | 'training';
  readonly output: string;
  /** What it was compared with: the reference, or a training backend by its name. */
  readonly with: string;
  /** The largest |a − b| at any batch size; of y, where the data were standardised, in its standard deviations. */
  readonly difference: number;
}

/** A training backend: what a part gives there for these inputs, computed from the definition and the weights. */
export interface TrainingBackend {
  readonly name: string;
  run(part: Part, inputs: Values): Promise<Values>;
}

/** onnxruntime as the users of the files run them. @throws Unavailable where it is not installed. */
export async function usersEngine(): Promise<InferenceEngine> {
  const [{ onnxruntime }, { loadOrt }] = await Promise.all([import('./engine.ts'), import('../runtime/ort-node.ts')]);
  return onnxruntime(await loadOrt(), 'onnxruntime-node');
}

/** The largest difference of all. */
export const largest = (agreements: readonly Agreement[]): number =>
  agreements.reduce((most, { difference }) => Math.max(most, difference), 0);

/** Differences in a sentence: `largest difference 4.2e-7, from the reference and tfjs-node`. */
export const sentence = (agreements: readonly Agreement[]): string => {
  const others = [...new Set(agreements.map((agreement) => agreement.with))];
  return `largest difference ${largest(agreements).toExponential(1)}, from the ${others.join(' and ')}`;
};
