import { lower } from '../compiler/lower.ts';
import { optimisePortably } from '../compiler/optimise.ts';
import { unused } from '../compiler/passes/unused.ts';
import { portable } from '../compiler/portable.ts';
import type { Model } from '../dsl/model.ts';
import type { Graph } from '../graph/graph.ts';
import { evaluation } from '../layers/estimation.ts';
import { inference } from '../layers/inference.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { OPSET } from '../onnx/schema.ts';
import { PARTS, type Part } from '../signature.ts';
import type { Weights } from '../weights/weights.ts';
import type { CompileOptions } from './options.ts';
import { unitsIn } from './storage/float16.ts';

/** A graph of ONNX with float32 weights, and which of them are in the units of the data: these keep their numbers. */
export interface FloatGraph {
  readonly whole: OnnxGraph;
  readonly exact: ReadonlySet<string>;
}

/** Which files are exported. */
type Chosen = Pick<CompileOptions, 'recognition' | 'sampler' | 'evaluationSamples'>;

/** Returns a model's inference graphs, by the part of the exported model that each becomes. */
export const partsOf = (model: Model, samples: number | undefined): readonly (readonly [Part, Graph])[] => {
  const { decoder, ...others } = inference(model);
  const generator = model['~kind'] === 'cvae' ? 'decoder' : 'predictor';
  const measured = samples === undefined ? undefined : evaluation(model, samples);
  const graphs: Partial<Record<Part, Graph>> = {
    ...others,
    ...(decoder && { [generator]: decoder }),
    ...(measured && { evaluation: measured }),
  };
  return PARTS.flatMap((part) => {
    const graph = graphs[part];
    return graph ? [[part, graph] as const] : [];
  });
};

/** Whether a part that a model has is written to a file. */
export const isExported = (part: Part, options: Chosen): boolean =>
  (part !== 'recognition' && part !== 'sampler') || options[part] === true;

/**
 * Lowers a graph, in which each op writes itself in ONNX, with a batch axis, and optimises it: the same function in fewer nodes, which
 * all engines compute in the same way, without inputs that have no effect.
 */
export const floatGraph = (
  graph: Graph,
  weights: Weights,
  { opset = OPSET, optimise }: Pick<CompileOptions, 'opset' | 'optimise'>,
): FloatGraph => {
  const lowered = lower(graph, weights, { opset, batched: true });
  const whole = optimise === false ? portable(unused(lowered, opset), opset) : optimisePortably(lowered, opset);
  return { whole, exact: unitsIn(lowered) };
};

/** Returns the graphs of the files that are exported, by the files' names. */
export const exportedGraphs = (
  model: Model,
  weights: Weights,
  options: Chosen & Pick<CompileOptions, 'opset' | 'optimise'>,
): ReadonlyMap<string, FloatGraph> =>
  new Map(
    partsOf(model, options.evaluationSamples)
      .filter(([part]) => isExported(part, options))
      .map(([part, graph]) => [`${part}.onnx`, floatGraph(graph, weights, options)]),
  );
