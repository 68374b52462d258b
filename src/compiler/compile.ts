import type { Model } from '../dsl/model.ts';
import { print } from '../dsl/print.ts';
import type { Graph, GraphParam } from '../graph/graph.ts';
import { inference } from '../layers/inference.ts';
import { checkGraph } from '../onnx/check.ts';
import { encode } from '../onnx/encode.ts';
import type { OnnxModel } from '../onnx/graph.ts';
import { irVersionOf, OPSET } from '../onnx/schema.ts';
import { LABEL_KEY, type ExportedFile, type Label, type Manifest, type Part } from '../signature.ts';
import { LIBRARY } from '../version.ts';
import { fingerprint, sha256 } from '../weights/fingerprint.ts';
import { checkWeights, type Weights } from '../weights/weights.ts';
import { lower } from './lower.ts';
import { optimize } from './optimize.ts';
import { unused } from './passes/unused.ts';
import { interfaceOf, signatureOf } from './signature.ts';

/** What is compiled, and for which version of ONNX. */
export interface CompileOptions {
  /** Whether q(z|x,y) is among the files: hosts that only draw do not need it. */
  readonly recognition?: boolean;
  /** The version of ONNX's operators, 18 unless given. */
  readonly opset?: number;
  /** Whether the passes run; without them the files compute the same, more slowly. */
  readonly optimize?: boolean;
  /** What the model is called in its signature. */
  readonly name?: string;
}

/** One file of a compiled model: its name, the graph in it, and its bytes. */
export interface CompiledFile {
  readonly file: string;
  readonly model: OnnxModel;
  readonly bytes: Uint8Array;
}

/** A compiled model: its files, and what `model.json` says of them. */
export interface Compiled {
  readonly files: Readonly<Partial<Record<Part, CompiledFile>>>;
  readonly manifest: Manifest;
}

/**
 * Compiles a model with its weights to ONNX files, each of which computes in the data's own units and gives parameters of
 * the mean, not logits. The same model and weights give the same bytes.
 *
 *     Model ──inference──▶ Graph ──1 lower──▶ OnnxGraph ──2 optimise──▶ OnnxGraph ──3 check──▶ OnnxModel ──4 encode──▶ bytes
 *
 * @throws WeightsMismatch where the weights are not this model's; InvalidGraph for an opset that some operator is not in.
 */
export function compile(model: Model, weights: Weights, options: CompileOptions = {}): Compiled {
  const { recognition = false, opset = OPSET, name = 'model', optimize: optimise = true } = options;
  const all = partsOf(model);
  checkWeights(name, paramsOf(all), weights);
  const about = { name, fingerprint: fingerprint(print(model)), opset };
  const signature = signatureOf(model, weights, about);

  const files: Partial<Record<Part, CompiledFile>> = {};
  const listed: Partial<Record<Part, ExportedFile>> = {};
  for (const [part, graph] of all) {
    if (part === 'recognition' && !recognition) continue;
    // 1. Lower
    const lowered = lower(graph, weights, { opset });
    // 2. Optimise
    const optimised = optimise ? optimize(lowered, opset) : unused(lowered, opset);
    // 3. Check
    checkGraph(optimised, opset);
    // 4. Encode
    const given = graph.inputs.map((input) => input.name);
    const label: Label = { ...signature, part, ...interfaceOf(optimised, given) };
    const written: OnnxModel = {
      graph: optimised,
      opset,
      irVersion: irVersionOf(opset),
      metadata: { [LABEL_KEY]: JSON.stringify(label) },
      producer: LIBRARY,
    };
    const bytes = encode(written);
    const file = `${part}.onnx`;
    files[part] = { file, model: written, bytes };
    listed[part] = { file, bytes: bytes.length, sha256: sha256(bytes), ...interfaceOf(optimised, given) };
  }
  return { files, manifest: { ...signature, files: listed } };
}

/** A model's graphs for use, by the part of the exported model that each becomes. */
const partsOf = (model: Model): readonly (readonly [Part, Graph])[] => {
  const { decoder, prior, baseline, sampler, recognition } = inference(model);
  const generator = model['~kind'] === 'cvae' ? 'decoder' : 'predictor';
  const graphs = { [generator]: decoder, prior, baseline, sampler, recognition };
  const parts: readonly Part[] = [generator, 'prior', 'baseline', 'sampler', 'recognition'];
  return parts.flatMap((part) => {
    const graph = graphs[part];
    return graph ? [[part, graph] as const] : [];
  });
};

/** All parameters of several graphs, each once. */
const paramsOf = (graphs: readonly (readonly [Part, Graph])[]): Iterable<GraphParam> =>
  new Map(graphs.flatMap(([, { params }]) => params.map((param) => [param.name, param] as const))).values();
