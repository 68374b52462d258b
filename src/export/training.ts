import { check } from '../onnx/check.ts';
import { compile, type Compiled } from './compile.ts';
import { size } from '../shape/size.ts';
import { checkExchange } from './exchange-check.ts';
import { optimisePortably } from '../compiler/optimise.ts';
import { calledByOutputs } from '../compiler/outputs.ts';
import { checkExportTraining, type ExportTrainingOptions } from './options.ts';
import { filesOf, onDisk, pack } from './pack.ts';
import { stateName, trainStep, updateStep } from '../compiler/train-step.ts';
import type { Model } from '../dsl/model.ts';
import { InvalidModel } from '../errors.ts';
import { frozenWith } from '../graph/bodies.ts';
import type { Graph, GraphInput } from '../graph/graph.ts';
import { resolveRolled } from '../layers/roll.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { irVersionOf, OPSET } from '../onnx/schema.ts';
import { stream } from '../random.ts';
import type { FileOnDisk, NoiseSignature, TrainingSignature } from '../signature.ts';
import { LIBRARY } from '../version.ts';
import { encodeSafetensors } from '../weights/safetensors.ts';
import { ownWeights, type Weight, type Weights } from '../weights/weights.ts';
import { checkLoss, scalarsOf } from '../train/objective.ts';
import { usual } from '../train/objectives/likelihood.ts';
import { adam, clipGraph, optimiserGraph, type Optimiser } from '../train/optimiser.ts';
import { DEFAULTS } from '../train/options.ts';
import { at } from '../train/schedule.ts';

/** The name of the file of the training step. */
const STEP_FILE = 'train.onnx';
/** The names of the files of its two halves, cut where the gradients are. */
const GRADIENT_FILE = 'gradient.onnx';
const UPDATE_FILE = 'update.onnx';
/** The file of parameters and the optimiser's states for them. */
const STATE_FILE = 'state.safetensors';

/**
 * Compiles a model to files that can be used and trained further without the definition: the parts of `compile`, byte for byte,
 * with the derivation of their initializers from parameters in the manifest; `train.onnx`, one step of training; `gradient.onnx` and
 * `update.onnx`, the same step cut where the gradients are; and the initial state, with the optimiser's states at zero. A baseline is
 * not trained.
 *
 * @throws InvalidModel for an optimiser that cannot be exported; otherwise as `compile` does.
 */
export function exportTraining(model: Model, trained: Weights, options: ExportTrainingOptions = {}): Compiled {
  checkExportTraining(model, options);
  const {
    objective = usual(model),
    optimiser = adam(),
    learningRate = 1e-3,
    epochs = 10,
    auxiliary = new Map(),
    ...rest
  } = options;
  const { opset = OPSET } = rest;
  if (!optimiser.settings)
    throw new InvalidModel(
      `${optimiser.name}: expected an optimiser that a file can describe, got one of your own; export with adam, adamW or sgd`,
    );
  const weights = ownWeights('exportTraining', trained);
  const compiled = compile(model, weights, { ...rest, exchangeable: true });
  const others = otherWeights(weights);
  checkExchange(compiled, compile(model, others, { ...rest, example: false }), others);
  const { baseline } = model.networks;
  const graph = checkLoss(
    resolveRolled(objective.body(model), { mode: 'train', ...(baseline && { frozen: frozenWith(baseline) }) }),
  );
  const steps = stepsOf(graph, optimiser, opset);
  const taken = new Set(steps[STEP_FILE].inputs.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name }) => taken.has(name));

  const state = {
    file: STATE_FILE,
    pieces: [
      encodeSafetensors(
        beginning(graph, optimiser, new Map([...weights, ...ownWeights('exportTraining: auxiliary', auxiliary)])),
        { step: '0' },
      ),
    ],
  };
  const about: Omit<TrainingSignature, 'step' | 'gradient' | 'update' | 'state'> = {
    batch: Object.fromEntries(inputs.filter(ofRole('batch')).map(({ name, shape }) => [name, shape])),
    noise: Object.fromEntries(inputs.filter(ofRole('noise')).map((input) => [input.name, noiseOf(input)])),
    scalars: scalarsOf(objective, at(epochs * FINE, FINE, epochs)),
    metrics: Object.keys(graph.outputs),
    optimiser: optimiser.settings,
    learningRate,
  };
  const files = Object.entries(steps).flatMap(([file, own]) => {
    const metadata = { [TRAINING_KEY]: JSON.stringify(about) };
    const checked = { graph: own, opset, irVersion: irVersionOf(opset), metadata, producer: LIBRARY };
    check(checked);
    return filesOf(pack(file, checked));
  });
  const added = [...files, state];
  const listed = (name: string): FileOnDisk => {
    const found = added.find(({ file }) => file === name);
    if (!found) throw new Error(`${name} was not written`);
    return onDisk(found);
  };
  const training = {
    step: listed(STEP_FILE),
    gradient: listed(GRADIENT_FILE),
    update: listed(UPDATE_FILE),
    state: listed(STATE_FILE),
    ...about,
  };
  return { ...compiled, others: added, manifest: { ...compiled.manifest, training } };
}

/** The number of steps in an epoch, so large that the last one is at the epoch's end. */
const FINE = 1e6;

/** The metadata key of the training step for its inputs, as JSON. */
const TRAINING_KEY = 'cvae.training';

/** Returns the graph of the step, and those of its halves, by the names of their files. */
const stepsOf = (graph: Graph, optimiser: Optimiser, opset: number) => {
  const rule = {
    state: optimiser.state,
    scalars: Object.keys(optimiser.scalars(1, 1)),
    update: (shape: readonly number[]) => optimiserGraph(optimiser, shape),
    ...(optimiser.clipNorm !== undefined && { clip: clipGraph(optimiser.clipNorm) }),
  };
  const portable = (step: OnnxGraph): OnnxGraph => calledByOutputs(optimisePortably(step, opset));
  const step = trainStep(graph, rule, { opset });
  return {
    [STEP_FILE]: portable(step.graph),
    [GRADIENT_FILE]: portable(step.gradient),
    [UPDATE_FILE]: portable(updateStep(graph, rule, { opset })),
  };
};

/** Returns other weights of the same shapes, none of which is below 0 unless the original was. */
const otherWeights = (weights: Weights): Weights =>
  new Map(
    [...weights].map(([name, { shape, data }]): [string, Weight] => [
      name,
      { shape, data: name.startsWith('scaling/') ? data : data.map((x, i) => 0.75 * x + (1 + (i % 7)) / 16) },
    ]),
  );

/** Returns the weights, and the optimiser's states at zero. */
const beginning = (graph: Graph, optimiser: Optimiser, weights: Weights): Weights => {
  const own = graph.params.map(({ name, shape, init }): [string, Weight] => [
    name,
    weights.get(name) ?? { shape, data: init(shape, stream(DEFAULTS.seed, 'init', name)) },
  ]);
  const zeros = graph.params
    .filter((param) => param.trainable)
    .flatMap(({ name, shape }) =>
      optimiser.state.map((state): [string, Weight] => [
        stateName(state, name),
        { shape, data: new Float32Array(size(shape)) },
      ]),
    );
  // Includes those that no step changes, such as those of a frozen baseline: a consumer of the weights needs all.
  return new Map([...weights, ...own, ...zeros]);
};

const ofRole =
  (role: GraphInput['role']) =>
  (input: GraphInput): boolean =>
    input.role === role;

const noiseOf = ({ shape, lead, noise = 'normal' }: GraphInput): NoiseSignature => ({
  distribution: noise,
  shape,
  lead,
});
