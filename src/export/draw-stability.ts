import { evaluate } from '../onnx/evaluate.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { numbersOf } from '../onnx/tensor.ts';
import type { TargetSignature } from '../signature.ts';
import { compare, type Numeric } from './compare.ts';
import type { Values } from './engine.ts';
import { tensors } from './first-difference.ts';

/** How far noise is moved: more than what float32 loses of what a network computes, less than what a draw would show. */
const STEP = 1e-4;

/** Whether an input of the file `draw` is noise, which is named after its kind. */
const isNoise = (name: string): boolean => /(^|_)(uniform|normal)$/.test(name);

/** Returns inputs with their noise moved up and down. */
const moved = (inputs: Values): readonly Values[] =>
  [STEP, -STEP].map((by) =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, { data, shape }]) => [
        name,
        { data: isNoise(name) ? data.map((x) => x + by) : data, shape },
      ]),
    ),
  );

/** Returns what a graph gives for these inputs, and for noise that is moved up and down, as the reference computes it. */
const around = (graph: OnnxGraph, opset: number, inputs: Values, output: string): readonly Numeric[] =>
  [inputs, ...moved(inputs)].flatMap((given) => {
    const found = evaluate(graph, tensors(given), { opset })[output];
    return found ? [{ data: numbersOf(found), shape: found.shape }] : [];
  });

/**
 * Returns how far what a file draws is from what it should draw for its noise, or for noise close by: a draw of a column jumps from one
 * value to the next, and rounding may put a score on the other side of such an edge.
 */
export const distanceNearby = (
  graph: OnnxGraph,
  opset: number,
  inputs: Values,
  output: string,
  found: Numeric,
  target: TargetSignature,
) => {
  const expected = around(graph, opset, inputs, output);
  const nearest = Float64Array.from(found.data, (value, i) =>
    expected
      .map(({ data }) => data[i] ?? NaN)
      .reduce((best, other) => (Math.abs(other - value) < Math.abs(best - value) ? other : best)),
  );
  return compare(found, { data: nearest, shape: found.shape }, output, target);
};

/** Whether no output of a graph changes when the noise of these inputs moves a little: none of its draws is close to an edge. */
export const isSteady = (graph: OnnxGraph, opset: number, inputs: Values, target: TargetSignature): boolean =>
  graph.outputs.every(({ name }) => {
    const [own, ...others] = around(graph, opset, inputs, name);
    return own !== undefined && others.every((other) => compare(other, own, name, target).distance <= 10 * STEP);
  });
