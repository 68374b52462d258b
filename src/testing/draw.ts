import type { Graph, GraphInput, GraphParam } from '../graph/graph.ts';
import { fillNormals, fillUniforms, stream, type Key } from '../random.ts';
import { size } from '../shape/size.ts';
import type { Weights } from '../weights/weights.ts';
import type { CaseInput } from './case.ts';
import type { Values } from './values.ts';

/** Draws parameters like those of a trained model: no bias is 0, no running variance 1, and none is below 0. */
export const drawnWeights = (params: readonly GraphParam[], seed: number): Weights =>
  new Map(params.map((param) => [param.name, { shape: param.shape, data: drawnParam(param, seed) }]));

const drawnParam = ({ name, shape, init, trainable }: GraphParam, seed: number): Float32Array => {
  const key = stream(seed, 'parameter', name);
  const start = init(shape, key);
  const noise = fillNormals(new Float32Array(start.length), stream(seed, 'trained', name));
  // An untrained parameter is a statistic or a scale: it grows from its initial values.
  return start.map((v, i) => v + 0.3 * (trainable ? (noise[i] ?? 0) : Math.abs(noise[i] ?? 0)));
};

/** Draws numbers for all inputs of a graph, for this many examples. */
export const drawnInputs = (
  { inputs }: Graph,
  cases: ReadonlyMap<string, CaseInput>,
  batch: number,
  seed: number,
): Values =>
  Object.fromEntries(
    inputs.map((input) => {
      const shape = input.lead > 0 ? [batch * input.lead, ...input.shape] : input.shape;
      const numbers = new Float32Array(size(shape));
      return [input.name, { shape, data: fill(numbers, stream(seed, 'input', input.name), input, cases) }];
    }),
  );

function fill(
  numbers: Float32Array,
  key: Key,
  { name, noise }: GraphInput,
  cases: ReadonlyMap<string, CaseInput>,
): Float32Array {
  const { values, between } = cases.get(name) ?? {};
  if (values) return numbers.map((_, i) => values[i % values.length] ?? 0);
  if (!between) return noise === 'uniform' ? fillUniforms(numbers, key) : fillNormals(numbers, key);
  const [low, high] = between;
  return fillUniforms(numbers, key).map((u) => low + (high - low) * u);
}
