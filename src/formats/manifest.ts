import { same } from '../shape/same.ts';
import { asJson } from '../values/as-json.ts';
import { maskName } from '../values/mask-name.ts';
import { PARTS } from './parts.ts';
import { readDerivation, type Derivation } from './derivation.ts';
import { ON_DISK, onDisk, type FileOnDisk } from './file.ts';
import type { Display } from './display.ts';
import { parseFormat } from './format.ts';
import { check, refusing, type Refuse } from './read.ts';
import { text, type MembersOf, type Schema, type TypeOf, listed } from './schema.ts';
import { json, named, number, object, oneOf, optional, whole, wholes, texts } from './schema.ts';
import { checkSignature, SIGNATURE, type Signature, type TargetSignature } from './signature.ts';
import { checkStepFiles, ofOneStep, startOutputs, stepInputs } from './step-files.ts';
import { training, type TrainingSignature } from './training.ts';

/**
 * What a file computes. `decoder`: z and conditions → y; `prior`: conditions → mean, logVar; `baseline` and `predictor`:
 * conditions → y; `sampler`: conditions and noise → y; `recognition`: y and conditions → mean, logVar. If the variance of `y` is
 * learned, `logVar` is a further output; others that drawing needs are in `target.outputs`. `draw`, for a custom distribution that defines how to draw: z, conditions and noise
 * called `uniform` or `normal` → y drawn. `evaluation`: y, conditions and noise [samples, latent] → the results of `evaluate` for
 * an example, by the same names. A decoder that writes y step by step is two files: `start`, z and conditions → `previous`,
 * `state` and `context_1`, …, and `step`, these, z and conditions → y of one step and `next_state`; several targets and states
 * are `previous_pen`, `state_h`, `next_state_h`.
 */
export type Part = (typeof PARTS)[number];

const INTERFACE = {
  inputs: named(wholes),
  outputs: named(wholes),
  /** Conditions that have no effect on the outputs, and are therefore not inputs. */
  unused: texts,
} as const;
/** A file's inputs and outputs, by name: float32 of [N, ...shape]. */
export interface Interface extends MembersOf<typeof INTERFACE> {}

/** An array in a file: float32, little-endian, row by row, from a byte offset on. */
const stored = object({ offset: whole, shape: wholes });
export interface Stored extends TypeOf<typeof stored> {}

/**
 * An initializer in a file, and its derivation from parameters: a kernel may be transposed, scaled, or include a normalisation.
 */
const initializer = object({
  offset: whole,
  shape: wholes,
  from: json as Schema<unknown> as Schema<Derivation>, // which `checkInitializers` reads from node to node
});
export interface StoredInitializer extends TypeOf<typeof initializer> {}

const WEIGHTS = { ...ON_DISK, initializers: optional(named<StoredInitializer>(initializer)) } as const;
const weightsFile = object(WEIGHTS);
/** A file that holds weights; in an export for training with their derivations, by an initializer's name. */
export interface WeightsFile extends TypeOf<typeof weightsFile> {}

/** One file of an exported model: its parameters, inputs and outputs. */
const exportedFile = object({
  ...WEIGHTS,
  ...INTERFACE,
  /** The file that holds the weights, if they are too large for one file. */
  external: optional<WeightsFile>(weightsFile),
  /**
   * In an export for training by an earlier version, whose initializers were the parameters unchanged: the location of each, by
   * its name.
   */
  parameters: optional(named<Stored>(stored)),
});
export interface ExportedFile extends TypeOf<typeof exportedFile> {}

const cost = object({
  loss: number,
  rise: number,
  error: number,
  unit: text,
  examples: whole,
  part: text,
  /** Why it is not the validation part, if it is another one. */
  why: optional(text),
  left: texts,
  /** With int4: the layers that are int8, as they cost more. */
  int8: optional(texts),
});

/**
 * How weights are stored, and the resulting error: the largest |a − b| / (1 + |b|) of each part's outputs, b with float32
 * weights; for a standardised y, in its standard deviations.
 */
const precision = object({
  weights: oneOf('float16', 'int8', 'int4'),
  losses: named(number) as Schema<Readonly<Partial<Record<Part, number>>>>, // other names are of a later version
  /** For int8 and int4, what −log p(y|x) rises by, measured on data; and the layers that stay float32. */
  cost: optional(cost),
});
export interface Precision extends TypeOf<typeof precision> {}

const HEAD = {
  ...SIGNATURE,
  /** A few examples from the data, `Specimens` as JSON, if the definition had data when it was exported. */
  examples: optional<FileOnDisk>(onDisk),
  /** Set if weights are stored with less precision than float32. */
  precision: optional<Precision>(precision),
  /** The further files of a package, by their names in its folder: its module, its card, the runtime. */
  package: optional(texts),
  /** Of an export to WebAssembly, its module: `model.js`, its types and `model.wasm`. Earlier versions listed them by name alone. */
  module: optional<readonly FileOnDisk[]>(listed(onDisk)),
  /** How samples are best shown: the temperature that a page begins with. */
  display: optional(json as Schema<object> as Schema<Partial<Display>>), // a hint: who uses it looks whether it is a number
  /** For an export for training. */
  training: optional<TrainingSignature>(training),
} as const;
const manifest = object({ ...HEAD, files: json });

/** The content of `model.json`. A conditional VAE has at least a decoder, a predictor its only file. */
export interface Manifest extends MembersOf<typeof HEAD> {
  readonly files: Readonly<Partial<Record<Part, ExportedFile>>>;
}

const label = object({ ...SIGNATURE, part: oneOf(...PARTS), ...INTERFACE });
/** An ONNX file's description of itself in its metadata: the model and the part. */
export interface Label extends TypeOf<typeof label> {}

const REMEDY = 'export the model again';

/**
 * Parses the manifest in the text of a `model.json` and checks all of it; throws an `InvalidFile` that begins with `where`
 * otherwise.
 */
export const parseManifest = (source: string, where: string): Manifest => {
  const refuse = refusing({ where, remedy: REMEDY });
  const { files: listed, ...rest } = check(manifest, parseFormat(source, where), '', refuse);
  checkSignature(rest, refuse);
  // Parts of a later version are left out: this version does not need them.
  const known = PARTS.flatMap((part) => {
    if (!Object.hasOwn(listed, part)) return [];
    const at = `files.${part}`;
    const file = check(exportedFile, listed[part], at, refuse);
    for (const [where, { initializers }] of [
      [at, file],
      [`${at}.external`, file.external ?? {}],
    ] as const)
      checkInitializers(initializers, `${where}.initializers`, refuse);
    checkInterface(file, `${at}.`, part, rest, refuse);
    return [[part, file]] as const;
  });
  const files: Manifest['files'] = Object.fromEntries(known);
  const needed: readonly Part[] =
    rest.kind === 'predictor' ? ['predictor'] : rest.steps ? ['start', 'step'] : ['decoder'];
  for (const part of needed)
    if (!files[part]) refuse(`a file ${part} among files`, Object.keys(listed).join(', ') || 'none');
  checkStepFiles(files, refuse);
  checkTraining(rest, refuse);
  return { ...rest, files };
};

/**
 * Parses the label in the text of an ONNX file's metadata and checks all of it; throws an `InvalidFile` that begins with `where`
 * otherwise.
 */
export const parseLabel = (source: string, where: string): Label => {
  const refuse = refusing({ where, remedy: REMEDY });
  const found = check(label, parseFormat(source, where), '', refuse);
  checkSignature(found, refuse);
  checkInterface(found, '', found.part, found, refuse);
  return found;
};

const checkInitializers = (all: WeightsFile['initializers'], at: string, refuse: Refuse): void => {
  for (const [name, { shape, from }] of Object.entries(all ?? {}))
    readDerivation(shape, from, `${at}.${name}.from`, refuse);
};

/** Refuses a training step whose batch does not consist of the model's variables. */
const checkTraining = ({ conditions, target, training: step }: MembersOf<typeof HEAD>, refuse: Refuse): void => {
  const fromConditions = Object.entries(conditions).map(([name, { shape }]) => [name, shape] as const);
  const known = new Map([...fromConditions, ...Object.entries({ ...targetInputs(target), ...maskInputs(target) })]);
  for (const [name, shape] of Object.entries(step?.batch ?? {})) {
    const own = known.get(name);
    if (!own || !same(shape, own)) refuse(`training.batch.${name} to be ${asJson(own)}`, asJson(shape));
  }
};

/** Returns the shape of y, or of each of several targets by its name. */
const targetInputs = (target: TargetSignature): Interface['inputs'] =>
  Object.fromEntries(Object.entries(target.targets ?? { y: target }).map(([name, { shape }]) => [name, shape]));

/** Returns the shape of y's mask, or of those of several targets, of which there may be inputs. */
const maskInputs = (target: TargetSignature): Interface['inputs'] =>
  Object.fromEntries(
    Object.entries(target.targets ?? { y: target }).map(([name, { dataShape }]) => [maskName(name), dataShape]),
  );

/** Returns the outputs that files have for a target, or for each of several. */
const targetOutputs = (target: TargetSignature, found: Interface['outputs']): Interface['outputs'] =>
  Object.fromEntries(
    Object.entries(target.targets ?? { y: target }).flatMap(([name, { shape, outputs }]) => {
      const prefix = target.targets ? `${name}_` : '';
      return [
        [name, shape],
        ...(Object.hasOwn(found, `${prefix}logVar`) ? [[`${prefix}logVar`, shape] as const] : []),
        ...Object.entries(outputs ?? {}).map(([key, own]) => [`${prefix}${key}`, own] as const),
      ];
    }),
  );

/** Returns the noise that the file `draw` takes: one input for a kind of it, and for each of several targets that it draws. */
const noiseInputs = (target: TargetSignature, found: Interface['inputs']): Interface['inputs'] => {
  const all = Object.entries(target.targets ?? { '': target }).flatMap(([name, { shape }]) =>
    ['uniform', 'normal'].map((kind) => [name ? `${name}_${kind}` : kind, shape] as const),
  );
  const taken = all.filter(([name]) => Object.hasOwn(found, name));
  return Object.fromEntries(taken[0] ? taken : all.slice(0, 1));
};

/** Refuses inputs and outputs of a part that do not follow from its model's signature. */
const checkInterface = (found: Interface, at: string, part: Part, signature: Signature, refuse: Refuse): void => {
  const { conditions, target, latent } = signature;
  const fromConditions = Object.fromEntries(Object.entries(conditions).map(([name, { shape }]) => [name, shape]));
  const y = targetInputs(target);
  const masks = Object.fromEntries(
    Object.entries(maskInputs(target)).filter(([name]) => Object.hasOwn(found.inputs, name)),
  );
  // No likelihood is estimated for a target that is not a distribution, which would require draws from the prior.
  const [samples = 1] = found.inputs['priorNoise'] ?? found.inputs['noise'] ?? [];
  const draws = { noise: [samples, latent], priorNoise: [samples, latent] };
  const own: Record<Part, Interface['inputs']> = {
    decoder: { z: [latent] },
    start: { z: [latent] },
    step: {
      z: [latent],
      ...stepInputs(y, found.inputs, target.targets !== undefined),
      ...('draw' in found.outputs && ofOneStep(noiseInputs(target, found.inputs))),
    },
    sampler: { noise: [latent] },
    recognition: { ...y, ...masks },
    prior: {},
    baseline: {},
    predictor: {},
    draw: { ...(latent > 0 && { z: [latent] }), ...noiseInputs(target, found.inputs) },
    evaluation: {
      ...y,
      ...masks,
      ...('priorNoise' in found.inputs && { priorNoise: draws.priorNoise }),
      ...('noise' in found.inputs && { noise: draws.noise }),
    },
  };
  const inputs = new Map(Object.entries({ ...own[part], ...fromConditions }));
  const ofLatent = part === 'prior' || part === 'recognition';
  const mean: Interface['outputs'] = ofLatent
    ? { mean: [latent] }
    : part === 'evaluation'
      ? { deterministic: [], prediction: target.shape }
      : part === 'draw'
        ? y
        : part === 'start'
          ? startOutputs(y, target.targets !== undefined)
          : part === 'step'
            ? ofOneStep(targetOutputs(target, found.outputs))
            : targetOutputs(target, found.outputs);
  const outputs = { ...mean, ...(ofLatent && 'logVar' in found.outputs && { logVar: [latent] }) };
  const compare = (name: string, is: readonly number[] | undefined, should: readonly number[] | undefined): void => {
    if (!is || !should || !same(is, should)) refuse(`${at}${name} to be ${asJson(should)}`, asJson(is));
  };
  for (const name of new Set([...inputs.keys(), ...Object.keys(found.inputs)]))
    if (!found.unused.includes(name)) compare(`inputs.${name}`, found.inputs[name], inputs.get(name));
  for (const [name, shape] of Object.entries(outputs)) compare(`outputs.${name}`, found.outputs[name], shape);
};
