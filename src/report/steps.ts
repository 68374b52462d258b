import { writeSteps } from '../runtime/write-steps.ts';
import type { TargetSignature } from '../signature.ts';
import type { Weights } from '../weights/weights.ts';
import type { Scene } from './scene.ts';

/** Writes y step by step for each row of z and of the conditions; each step is drawn if there is uniform noise. */
export const written = async (
  { graphs, engine }: Pick<Scene, 'graphs' | 'engine'>,
  target: TargetSignature,
  weights: Weights,
  given: Readonly<Record<string, Float32Array>>,
  rows: number,
  noise?: Float32Array,
): Promise<Readonly<Record<string, Float32Array>>> =>
  writeSteps(
    { target },
    (part, inputs) => {
      const graph = graphs[part];
      if (!graph) throw new Error(`no graph ${part}`);
      return engine.compute(graph, weights, inputs, rows);
    },
    rows,
    given,
    noise,
  );
