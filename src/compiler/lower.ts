import { WeightsMismatch } from '../errors.ts';
import { valuesOf, type Graph } from '../graph/graph.ts';
import { lowerSteps } from '../graph/lower-steps.ts';
import type { Lead } from '../graph/op.ts';
import { OnnxBuilder, type Value } from '../onnx/builder.ts';
import type { Dim, OnnxGraph, OnnxTensor } from '../onnx/graph.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import type { Weights } from '../weights/weights.ts';
import { parameterTensor } from './origin.ts';

/** The symbol of the batch axis, common to all inputs and outputs of a file. */
export const BATCH = 'N';

/** The source of parameters: their values, which become initializers, or `'inputs'` for graphs that train. */
export type Parameters = Weights | 'inputs';

/** Options for lowering a graph. */
export interface LowerOptions {
  /** The version of ONNX's operators; the default version if omitted. */
  readonly opset?: number;
  /** Whether an output that is the same for all examples, such as a learned variance, is repeated for each of them. */
  readonly batched?: boolean;
}

/**
 * Lowers a resolved graph to ONNX: each step's op lowers itself, in the scope of the step's name, so that nodes are
 * named `decoder/dense_2/Gemm`. The batch axis, which networks never write, is added here. Parameters keep their names;
 * inputs and outputs have the graph's. Updates that training applies to untrained parameters are outputs named
 * `next/<parameter>`.
 *
 * @throws WeightsMismatch if a parameter has no value, or one of another shape.
 */
export function lower(
  graph: Graph,
  parameters: Parameters,
  { batched = false, ...options }: LowerOptions = {},
): OnnxGraph {
  const onnx = new OnnxBuilder(graph.name, options);
  const known = valuesOf(graph);
  const values = new Map<number, Value>();
  const typeOf = (id: number) => known.get(id) ?? missing(graph, id);
  const valueOf = (id: number) => values.get(id) ?? missing(graph, id);

  for (const { id, name, shape, lead } of graph.inputs) values.set(id, onnx.input(name, 'float32', dims(shape, lead)));
  for (const { id, name, shape } of graph.params)
    values.set(
      id,
      parameters === 'inputs'
        ? onnx.input(name, 'float32', shape)
        : onnx.initializer(name, initial(name, { dtype: 'float32', shape, data: weightOf(parameters, name, shape) })),
    );
  lowerSteps(onnx, graph, values);

  const updates = Object.entries(graph.updates).map(([name, id]) => [`next/${name}`, id] as const);
  const example = batched ? graph.inputs.find(({ lead }) => lead === 1) : undefined;
  for (const [name, id] of [...Object.entries(graph.outputs), ...updates]) {
    const { shape, lead } = typeOf(id);
    const repeat = lead === 0 && example !== undefined;
    const value = repeat ? onnx.scope(name, () => forEach(onnx, valueOf(id), shape, valueOf(example.id))) : valueOf(id);
    onnx.output(name, value, 'float32', dims(shape, repeat ? 1 : lead));
  }
  return onnx.graph();
}

/** Returns a shape with the axis in front of it: none, the batch axis, or k samples for each example. */
const dims = (shape: Shape, lead: Lead): readonly Dim[] =>
  lead === 0 ? shape : [lead === 1 ? BATCH : `${lead}*${BATCH}`, ...shape];

/** Repeats a value once for each example in another. */
const forEach = (onnx: OnnxBuilder, value: Value, shape: Shape, examples: Value): Value => {
  const batch = onnx.Slice(onnx.Shape(examples), [0], [1], [0]);
  return onnx.Expand(value, onnx.Concat([batch, onnx.constant(shape, 'int64')], { axis: 0 }));
};

/**
 * Marks a parameter's value. The scaling of data is not a parameter that training changes, and the signature records
 * it.
 */
const initial = (name: string, value: OnnxTensor): OnnxTensor =>
  name.startsWith('scaling/') ? value : parameterTensor(name, value);

const weightOf = (weights: Weights, name: string, shape: Shape): Float32Array => {
  const weight = weights.get(name);
  if (weight?.data.length !== size(shape))
    throw new WeightsMismatch(
      `${name}: expected weights of shape ${show(shape)}, got ${weight ? show(weight.shape) : 'none'}; use the definition that they were trained with`,
    );
  return weight.data;
};

const missing = (graph: Graph, id: number): never => {
  throw new Error(`${graph.name}: value ${id} is not defined`);
};
