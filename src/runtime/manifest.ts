import { InvalidFile } from '../errors.ts';
import { FORMAT, PARTS } from '../signature.ts';
import type {
  Interface,
  Label,
  Manifest,
  OptimiserSettings,
  Part,
  Signature,
  StoredInitializer,
  TrainingSignature,
} from '../signature.ts';
import { parseFormat, type Json } from './format.ts';
import { brief, isText, json, number, numbers, object, oneOf, optional, record, size, sizes, some } from './json.ts';
import { text, texts, type Read, type Refuse } from './json.ts';
import { readDerivation } from './read-derivation.ts';

/** The manifest in the text of a `model.json`, checked in full; an `InvalidFile` that begins with `where` otherwise. */
export const parseManifest = (source: string, where: string): Manifest => {
  const { whole, refuse } = begin(source, where);
  const signature = readSignature(whole, refuse);
  // Parts of a later version are left out: this one does not need them.
  const listed = Object.entries(json(whole['files'], 'files', refuse));
  const known = listed.flatMap(([name, value]) => {
    const part = PARTS.find((one) => one === name);
    if (part === undefined) return [];
    const at = `files.${part}`;
    const file = readFile(value, at, refuse);
    checkInterface(file, `${at}.`, part, signature, refuse);
    return [[part, file]];
  });
  const files: Manifest['files'] = Object.fromEntries(known);
  const needed = signature.kind === 'cvae' ? 'decoder' : 'predictor';
  if (files[needed] === undefined)
    refuse(`a file ${needed} among files`, listed.map(([name]) => name).join(', ') || 'none');
  const examples = optional(object(ON_DISK))(whole['examples'], 'examples', refuse);
  const training = optional(readTraining)(whole['training'], 'training', refuse);
  const more = optional(texts)(whole['package'], 'package', refuse);
  const precision = optional(readPrecision)(whole['precision'], 'precision', refuse);
  return {
    ...signature,
    files,
    ...(examples && { examples }),
    ...(precision && { precision }),
    ...(more && { package: more }),
    ...(training && { training }),
  };
};

/** The label in the text of an ONNX file's metadata, checked in full; an `InvalidFile` that begins with `where` otherwise. */
export const parseLabel = (source: string, where: string): Label => {
  const { whole, refuse } = begin(source, where);
  const signature = readSignature(whole, refuse);
  const label = object({ part: oneOf(...PARTS), ...INTERFACE })(whole, '', refuse);
  checkInterface(label, '', label.part, signature, refuse);
  return { ...signature, ...label };
};

const begin = (source: string, where: string): { readonly whole: Json; readonly refuse: Refuse } => {
  const refuse: Refuse = (expected, got) => {
    throw new InvalidFile(`${where}: expected ${expected}, got ${got}; export the model again`);
  };
  const whole = parseFormat(source, where);
  return { whole, refuse };
};

/** What `either` reads where the value is a list, `or` elsewhere. */
const listOr =
  <L, T>(either: Read<L>, or: Read<T>): Read<L | T> =>
  (value, at, refuse) =>
    (Array.isArray(value) ? either : or)(value, at, refuse);

const VARIABLE = {
  shape: sizes,
  dataShape: sizes,
  classes: optional(listOr(texts, size)),
  names: optional(texts),
  units: optional(texts),
  scaling: optional(object({ mean: numbers, deviation: numbers })),
};

const readMembers = object({
  library: text,
  name: text,
  kind: oneOf('cvae', 'predictor'),
  conditions: record(object({ kind: oneOf('categorical', 'continuous', 'image'), ...VARIABLE })),
  target: object({
    distribution: oneOf('bernoulli', 'normal', 'categorical', 'custom', 'squaredError'),
    named: optional(text),
    ...VARIABLE,
    image: optional(sizes),
    sigma: optional((value, at, refuse) => (typeof value === 'number' ? value : numbers(value, at, refuse))),
    mask: optional((value, at, refuse) => (typeof value === 'boolean' ? value : text(value, at, refuse))),
  }),
  latent: size,
  fingerprint: text,
  opset: size,
});

const readSignature = (whole: Json, refuse: Refuse): Signature => {
  const { target, ...read } = readMembers(whole, '', refuse);
  const { kind, latent } = read;
  if ((kind === 'cvae') !== latent > 0) refuse(`a latent of ${kind === 'cvae' ? 'at least 1' : '0'}`, `${latent}`);
  const { image, ...others } = target;
  const [height = 0, width = 0, channels = 0] = image ?? [];
  const elements = target.dataShape.reduce((product, length) => product * length, 1);
  for (const [at, { names, units, dataShape }] of Object.entries({ ...read.conditions, y: target }))
    for (const list of [names, units])
      if (list && list.length !== dataShape.reduce((product, length) => product * length, 1))
        refuse(`a name and a unit for each element of ${at}`, brief(list));
  if (image && height * width * channels !== elements)
    refuse(`target.image to be [height, width, channels] of ${elements} elements`, brief(image));
  return { format: FORMAT, ...read, target: { ...others, ...(image && { image: [height, width, channels] }) } };
};

const matching = (what: string, pattern: RegExp): Read<string> =>
  some(what, (value): value is string => isText(value) && pattern.test(value));

const ON_DISK = {
  file: matching('the name of a file in the same folder', /^[^/\\:]*[^/\\:.]$/),
  bytes: size,
  sha256: matching('64 hexadecimal digits', /^[0-9a-f]{64}$/),
};
const INTERFACE = { inputs: record(sizes), outputs: record(sizes), unused: texts };
const readInitializer: Read<StoredInitializer> = (value, at, refuse) => {
  const { offset, shape } = object({ offset: size, shape: sizes })(value, at, refuse);
  return { offset, shape, from: readDerivation(shape)(json(value, at, refuse)['from'], `${at}.from`, refuse) };
};
const WEIGHTS = { ...ON_DISK, initializers: optional(record(readInitializer)) };
const readFile = object({
  ...WEIGHTS,
  ...INTERFACE,
  external: optional(object(WEIGHTS)),
  parameters: optional(record(object({ offset: size, shape: sizes }))),
});

const readPrecision = object({ weights: oneOf('float16'), losses: record(number) });

const readTraining: Read<TrainingSignature> = object({
  step: object(ON_DISK),
  state: object(ON_DISK),
  batch: record(sizes),
  noise: record(object({ distribution: oneOf('normal', 'uniform'), shape: sizes, lead: size })),
  scalars: record(number),
  metrics: texts,
  learningRate: number,
  optimiser: (value, at, refuse): OptimiserSettings =>
    oneOf('adam', 'sgd')(json(value, at, refuse)['name'], `${at}.name`, refuse) === 'adam'
      ? object({ name: oneOf('adam'), beta1: number, beta2: number, epsilon: number, decay: number })(value, at, refuse)
      : object({ name: oneOf('sgd'), momentum: number })(value, at, refuse),
});

/** Refuses inputs and outputs of a part that are not what its model's signature makes them. */
const checkInterface = (found: Interface, at: string, part: Part, signature: Signature, refuse: Refuse): void => {
  const { conditions, target, latent } = signature;
  const told = Object.fromEntries(Object.entries(conditions).map(([name, { shape }]) => [name, shape]));
  const y = { y: target.shape };
  // Of a target that is no distribution no likelihood is estimated, for which the prior would be drawn from.
  const [samples = 1] = found.inputs['priorNoise'] ?? found.inputs['noise'] ?? [];
  const draws = { noise: [samples, latent], priorNoise: [samples, latent] };
  const own: Record<Part, Interface['inputs']> = {
    decoder: { z: [latent] },
    sampler: { noise: [latent] },
    recognition: y,
    prior: {},
    baseline: {},
    predictor: {},
    evaluation: {
      ...y,
      ...('mask' in found.inputs && { mask: target.dataShape }),
      ...('priorNoise' in found.inputs && { priorNoise: draws.priorNoise }),
      ...('noise' in found.inputs && { noise: draws.noise }),
    },
  };
  const inputs: Interface['inputs'] = { ...own[part], ...told };
  const outputs: Interface['outputs'] =
    part === 'prior' || part === 'recognition'
      ? { mean: [latent] }
      : part === 'evaluation'
        ? { deterministic: [], prediction: target.shape }
        : y;
  const check = (name: string, is: readonly number[] | undefined, should: readonly number[] | undefined): void => {
    if (`${is}` !== `${should}`) refuse(`${at}${name} to be ${brief(should)}`, brief(is));
  };
  for (const name of Object.keys({ ...inputs, ...found.inputs }))
    if (!found.unused.includes(name)) check(`inputs.${name}`, found.inputs[name], inputs[name]);
  for (const [name, shape] of Object.entries(outputs)) check(`outputs.${name}`, found.outputs[name], shape);
};
