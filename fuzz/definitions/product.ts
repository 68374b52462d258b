// What the product makes of a definition: everything between its text and numbers.
import { compile, type Compiled } from '../../src/export/compile.ts';
import { differentiate } from '../../src/compiler/differentiate.ts';
import { lower } from '../../src/compiler/lower.ts';
import { optimise } from '../../src/compiler/optimise.ts';
import type { Definition } from '../../src/cli/load.ts';
import type { Model } from '../../src/dsl/model.ts';
import { frozenWith } from '../../src/graph/bodies.ts';
import type { Graph, GraphParam } from '../../src/graph/graph.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { evaluation } from '../../src/layers/estimation.ts';
import { inference } from '../../src/layers/inference.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxGraph } from '../../src/onnx/graph.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import type { Part } from '../../src/signature.ts';
import { usual } from '../../src/train/objectives/likelihood.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import type { Values } from '../judge/judge.ts';

/** Draws of z in evaluation.onnx. */
export const SAMPLES = 3;

/** A model's graphs for use, by the file that each becomes. */
export const graphsOf = (model: Model): ReadonlyMap<Part, Graph> => {
  const { decoder, ...others } = inference(model);
  const generator = model['~kind'] === 'cvae' ? 'decoder' : 'predictor';
  return new Map<Part, Graph>([
    ...(decoder ? [[generator, decoder] as const] : []),
    // `inference` gives graphs by the names of their parts.
    ...(Object.entries(others) as [Part, Graph][]),
    ['evaluation', evaluation(model, SAMPLES)],
  ]);
};

/** All parameters of a model, each once. */
export const paramsOf = ({ model }: Definition, graphs: ReadonlyMap<Part, Graph>): readonly GraphParam[] => {
  const all = [...[...graphs.values()].flatMap(({ params }) => params), ...parametersOf(model)];
  return [...new Map(all.map((param) => [param.name, param])).values()];
};

/** The objective of a definition as it trains. */
export const objectiveOf = ({ model, training }: Definition, frozen: boolean): Graph => {
  const { baseline } = model.networks;
  const objective = training.objective ?? usual(model);
  return resolve(objective.body(model), {
    mode: 'train',
    ...(frozen && baseline && { frozen: frozenWith(baseline) }),
  });
};

/** The objective as validation uses it. */
export const validationOf = ({ model, training }: Definition): Graph =>
  resolve((training.objective ?? usual(model)).body(model, true), { mode: 'infer' });

export const compiled = (model: Model, weights: Values, optimised: boolean): Compiled =>
  compile(
    model,
    new Map(
      Object.entries(weights).map(([name, { shape, data }]) => [
        name,
        { shape: [...shape], data: Float32Array.from(data) },
      ]),
    ),
    { recognition: true, sampler: model.latent > 0, evaluationSamples: SAMPLES, optimise: optimised },
  );

/** What a graph gives in the float64 reference. */
export const reference = (graph: OnnxGraph, given: Values): Values => {
  const inputs = graph.inputs.flatMap(({ name }) => {
    const value = given[name];
    return value ? [[name, tensorOf('float64', value.shape, Float64Array.from(value.data))] as const] : [];
  });
  return Object.fromEntries(
    Object.entries(evaluate(graph, Object.fromEntries(inputs))).map(([name, t]) => [
      name,
      { shape: t.shape, data: numbersOf(t) },
    ]),
  );
};

/** The objective and its gradient as one ONNX graph, before the passes and after them. */
export const gradientGraphs = (objective: Graph): { readonly plain: OnnxGraph; readonly optimised: OnnxGraph } => {
  const by = objective.params.filter(({ trainable }) => trainable).map(({ name }) => name);
  const plain = differentiate(lower(objective, 'inputs'), { of: 'loss', by });
  return { plain, optimised: optimise(plain, OPSET) };
};
