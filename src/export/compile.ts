import { InvalidModel } from '../errors.ts';
import type { Model } from '../dsl/model.ts';
import { likelihoodGraphs, networkGraphs, print } from '../dsl/print.ts';
import type { Graph, GraphParam } from '../graph/graph.ts';
import { check } from '../onnx/check.ts';
import type { OnnxGraph, OnnxModel } from '../onnx/graph.ts';
import { irVersionOf, OPSET } from '../onnx/schema.ts';
import {
  EXAMPLE_KEY,
  LABEL_KEY,
  type Example,
  type ExportedFile,
  type Label,
  type Manifest,
  type Part,
} from '../signature.ts';
import { meant } from '../values/rules.ts';
import { LIBRARY } from '../version.ts';
import { checkTables } from '../train/check-tables.ts';
import { tablesOf, variablesOf } from '../train/parameters.ts';
import { fingerprint } from '../weights/fingerprint.ts';
import { checkWeights, ownWeights, type Weights } from '../weights/weights.ts';
import { costOf } from './cost.ts';
import { exampleOf } from './example.ts';
import type { Calibration } from './storage/calibrate.ts';
import { lossOf } from './storage/float16.ts';
import { layerOf } from './storage/int8.ts';
import { storedAs, type StoredPrecision } from './storage/stored.ts';
import { calledByOutputs } from '../compiler/outputs.ts';
import { checkCompile, type CompileOptions } from './options.ts';
import { filesOf, onDisk, pack, type Packed, type PackedModel } from './pack.ts';
import { exchangeable } from './exchangeable.ts';
import { floatGraph, isExported, partsOf, type FloatGraph } from './parts.ts';
import { interfaceOf, signatureOf } from './signature.ts';

/** One file of a compiled model: its graph and its bytes; its weights in a separate file, if they are too large. */
export interface CompiledFile extends PackedModel {
  readonly model: OnnxModel;
}

/** A compiled model: its files, and its `model.json`. */
export interface Compiled {
  readonly files: Readonly<Partial<Record<Part, CompiledFile>>>;
  /** Files in addition to those of its parts. */
  readonly others?: readonly Packed[];
  readonly manifest: Manifest;
}

/**
 * Compiles a model with its weights to ONNX files, each of which computes in the data's own units and outputs parameters of the
 * mean, not logits. The same model and weights give the same bytes.
 *
 *     Model ──inference──▶ Graph ──1 lower──▶ OnnxGraph ──2 optimise──▶ OnnxGraph ──3 check──▶ OnnxModel ──4 encode──▶ bytes
 *
 * The written files are then verified: see `write` and `verify`.
 *
 * @throws WeightsMismatch if the weights are not this model's; InvalidModel for a sampler of a predictor; InvalidGraph for an
 * opset that lacks an operator, and for weights of 2 GiB or more.
 *
 * @example
 * ```ts
 * import { compile } from 'cvae-compile/compiler';
 * import { train } from 'cvae-compile/train';
 * import model, { data } from './model.ts';
 *
 * const { weights } = await train(model, data, { epochs: 1 });
 * const { files } = compile(model, weights);
 * console.log(Object.keys(files)); // ['decoder']
 * ```
 */
export function compile(model: Model, trained: Weights, options: CompileOptions = {}): Compiled {
  checkCompile(model, options);
  return compileStored(model, trained, options);
}

/** The same, with how weights are stored if what that costs has been measured. */
export interface StoredOptions extends Omit<CompileOptions, 'precision'> {
  readonly precision?: StoredPrecision;
  /** With int4: what kernels are given, and layers that stay int8. */
  readonly calibration?: Calibration;
  readonly int8?: readonly string[];
  /** The graphs of files that are lowered and optimised already, by the files' names. */
  readonly files?: ReadonlyMap<string, FloatGraph>;
}

/** `compile`, of options that have been checked, and for int4 too. */
export const compileStored = (model: Model, trained: Weights, options: StoredOptions): Compiled => {
  const weights = ownWeights('compile', trained);
  const { opset = OPSET, name = 'model', names = {}, display } = options;
  if (options.sampler && model.latent === 0) throw new InvalidModel(WITHOUT_SAMPLER);
  if (options.sampler && model.steps) throw new InvalidModel(STEPS_WITHOUT_SAMPLER);
  const { precision = 'float32' } = options;
  const isReduced = precision !== 'float32';
  const parts = partsOf(model, options.evaluationSamples);
  const graphs = [...parts.map(([, graph]) => graph), ...networkGraphs(model), ...likelihoodGraphs(model)];
  // No file needs all of what a target has learned.
  checkWeights(name, [...paramsOf(graphs), ...tablesOf(model)], weights);
  checkTables(name, variablesOf(model), weights);
  checkLayers(options.keepFloat32 ?? [], [...weights.keys()].map(layerOf));
  const signature = signatureOf(model, weights, { name, fingerprint: fingerprint(print(model)), opset, names });

  const files: Partial<Record<Part, CompiledFile>> = {};
  const listed: Partial<Record<Part, ExportedFile>> = {};
  const losses: Partial<Record<Part, number>> = {};
  for (const [part, graph] of parts) {
    if (!isExported(part, options)) continue;
    options.onFile?.(`${part}.onnx`, 0);
    // 1 and 2. Lower and optimise: ONNX, with the batch axis, in as few nodes as possible.
    const { whole, exact } = options.files?.get(`${part}.onnx`) ?? floatGraph(graph, weights, options);
    const optimised = calledByOutputs(storedAs(whole, { ...options, precision, exact }));
    // 3. Check: what onnxruntime would refuse is refused here.
    const given = graph.inputs.map((input) => input.name);
    const itself = interfaceOf(optimised, given);
    const label: Label = { ...signature, part, ...itself };
    const cost = costOf(optimised, opset);
    const onDone = (done: number): void => options.onFile?.(`${part}.onnx`, done);
    const example = options.example === false ? undefined : exampleOf(optimised, label, { cost, onDone });
    if (isReduced && example) losses[part] = lossOf(optimised, whole, label, example, cost);
    const checked = modelOf(optimised, label, example);
    check(checked);
    // 4. Encode: the bytes, and their entry in the manifest.
    const packed = pack(`${part}.onnx`, checked, options.externalDataAbove);
    const [main, external] = filesOf(packed).map(onDisk).reverse();
    files[part] = { ...packed, model: checked };
    const put = options.exchangeable ? exchangeable(optimised, packed) : undefined;
    const beside = external && { ...external, ...(put && { initializers: put.external }) };
    if (main)
      listed[part] = {
        ...main,
        ...(beside && { external: beside }),
        ...itself,
        ...(put && { initializers: put.within }),
      };
  }
  return {
    files,
    manifest: {
      ...signature,
      ...(display && { display }),
      files: listed,
      ...(isReduced && { precision: { weights: precision, losses } }),
    },
  };
};

/** Checks names of layers. @throws InvalidModel for one that is none of the model's. */
const checkLayers = (names: readonly string[], layers: readonly string[]): void => {
  const unknown = names.find((name) => !layers.includes(name));
  if (unknown !== undefined)
    throw new InvalidModel(
      `keepFloat32: expected layers of the model, got ${unknown}; ${meant(unknown, [...new Set(layers)])}`,
    );
};

/** Wraps a graph as a model of its own, whose metadata describe it. */
const modelOf = (graph: OnnxGraph, label: Label, example: Example | undefined): OnnxModel => ({
  graph,
  opset: label.opset,
  irVersion: irVersionOf(label.opset),
  metadata: {
    [LABEL_KEY]: JSON.stringify(label),
    ...(example && { [EXAMPLE_KEY]: JSON.stringify(example) }),
  },
  producer: LIBRARY,
});

const WITHOUT_SAMPLER =
  'sampler: expected a model with a latent, got a predictor, whose predictor.onnx is one call already; leave it out';

const STEPS_WITHOUT_SAMPLER =
  'sampler: expected a decoder that gives all of y in one call, got one of steps, each of which is drawn before the next; leave it out, and repeat step.onnx';

/** Returns all parameters of several graphs, each once; networks have some, for losses at other scales, that no file needs. */
const paramsOf = (graphs: readonly Graph[]): Iterable<GraphParam> =>
  new Map(graphs.flatMap(({ params }) => params.map((param) => [param.name, param] as const))).values();
