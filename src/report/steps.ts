import { spread } from '../runtime/rows.ts';
import { writeSteps, type StepNoise } from '../runtime/steps.ts';
import type { TargetSignature } from '../signature.ts';
import type { Weights } from '../weights/weights.ts';
import type { Scene } from './scene.ts';

/** Whether a model's decoder writes y step by step. */
export const isStepwise = ({ graphs: { step } }: Pick<Scene, 'graphs'>): boolean => step !== undefined;

/** Writes y step by step for each row of z and of the conditions; each step is drawn if there is noise. */
export const written = async (
  { graphs, engine }: Pick<Scene, 'graphs' | 'engine'>,
  target: TargetSignature,
  weights: Weights,
  given: Readonly<Record<string, Float32Array>>,
  rows: number,
  noise?: StepNoise,
): Promise<Float32Array> => {
  const inputs = Object.fromEntries(
    Object.entries(given).map(([name, data]) => [name, spread({ rows, size: data.length / rows, data })]),
  );
  const { y = new Float32Array() } = await writeSteps(
    { target },
    (part, count, all) => {
      const graph = graphs[part];
      if (!graph) throw new Error(`no graph ${part}`);
      const values = Object.fromEntries(Object.entries(all).map(([name, { data }]) => [name, data]));
      return engine.compute(graph, weights, values, count);
    },
    rows,
    inputs,
    noise,
  );
  return y;
};
