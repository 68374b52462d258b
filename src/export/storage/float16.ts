import { distanceOf } from '../../distance.ts';
import { InvalidGraph } from '../../errors.ts';
import { evaluate } from '../../onnx/evaluate.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from '../../onnx/graph.ts';
import { numbersOf, tensorOf } from '../../onnx/tensor.ts';
import { size } from '../../shape/size.ts';
import type { Example, Label } from '../../signature.ts';
import { referenceRows, type Cost } from '../cost.ts';
import type { Values } from '../engine.ts';
import { tensors } from '../first-difference.ts';
import { realisticInputs } from '../realistic-inputs.ts';
import { namesOf } from '../../compiler/workspace.ts';

/**
 * Returns a graph whose weights take half the space: each initializer of many float32 numbers becomes one of float16 and a
 * `Cast`, which onnxruntime computes once, when it loads the file. Everything else is computed in float32, inputs and outputs
 * included.
 *
 * @param exact initializers that keep their numbers, as those in the units of the data do: `unitsIn`.
 * @throws InvalidGraph for a weight that float16 cannot hold.
 */
export const halved = (graph: OnnxGraph, exact: ReadonlySet<string> = new Set()): OnnxGraph => {
  const names = namesOf(graph);
  const initializers = new Map<string, OnnxTensor>();
  const casts: OnnxNode[] = [];
  for (const [name, tensor] of graph.initializers) {
    if (tensor.dtype !== 'float32' || size(tensor.shape) < FEW || name.startsWith('scaling/') || exact.has(name)) {
      initializers.set(name, tensor);
      continue;
    }
    // Below that, float16 has fewer digits the smaller a number is: a model of small units would be spoilt.
    if (tensor.data.every((value) => Math.abs(value) < SMALL)) {
      initializers.set(name, tensor);
      continue;
    }
    const large = tensor.data.find((value) => Math.abs(value) >= LIMIT);
    if (large !== undefined)
      throw new InvalidGraph(
        `${graph.name}: expected weights from -65504 to 65504, which float16 can hold, got ${large} in ${name}; export it as fp32`,
      );
    const half = names.fresh(`${name}/float16`);
    initializers.set(half, tensorOf('float16', tensor.shape, tensor.data));
    casts.push({ name: `${name}/Cast`, op: 'Cast', inputs: [half], outputs: [name], attributes: { to: 1 } });
  }
  return { ...graph, nodes: [...casts, ...graph.nodes], initializers };
};

/** Returns the names of what a graph computes from the units of the data and constants alone, which passes make initializers of. */
export const unitsIn = ({ nodes, initializers }: OnnxGraph): ReadonlySet<string> => {
  const units = new Set([...initializers.keys()].filter((name) => name.startsWith('scaling/')));
  const constants = new Set(initializers.keys());
  for (const { inputs, outputs } of nodes) {
    if (!inputs.every((name) => name === '' || constants.has(name))) continue;
    for (const name of outputs) {
      constants.add(name);
      if (inputs.some((input) => units.has(input))) units.add(name);
    }
  }
  return units;
};

/** Initializers of fewer numbers than this are not worth the additional node; and the units of the data are among those. */
const FEW = 64;

/** The smallest number that float16 represents with full precision. */
const SMALL = 2 ** -14;

/** From this magnitude on, a number is rounded to infinity. */
const LIMIT = 65520;

/**
 * Measures how far a graph's outputs are from those of the same graph with float32 weights: the largest distance, as `distanceOf`
 * computes it, for realistic inputs, computed by the reference, so that it is the same everywhere. Two digits. If a row of the
 * graph takes seconds, `example` is the only row.
 */
export const lossOf = (graph: OnnxGraph, whole: OnnxGraph, label: Label, example: Example, cost: Cost): number => {
  const rows = referenceRows(cost, ROWS);
  const inputs = tensors(rows > 1 ? realisticInputs(label, label, rows) : exampleInputs(label, example));
  const expected = evaluate(whole, inputs);
  const found = rows > 1 ? evaluate(graph, inputs) : undefined;
  let largest = 0;
  for (const { name } of whole.outputs) {
    const distance = distanceOf(name, label.target, { rounding: 0 });
    const [own, other] = [found?.[name], expected[name]];
    const a = own ? numbersOf(own) : (example.outputs[name] ?? []);
    (other ? numbersOf(other) : new Float64Array()).forEach((value, i) => {
      const apart = distance(a[i] ?? NaN, value, i);
      if (!(apart <= largest)) largest = apart;
    });
  }
  return Number(largest.toPrecision(2));
};

const exampleInputs = ({ inputs }: Label, example: Example): Values =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [
      name,
      { data: Float32Array.from(example.inputs[name] ?? []), shape: [1, ...shape] },
    ]),
  );

const ROWS = 4;
