import { InvalidFile } from '../errors.ts';
import {
  FORMAT,
  PARTS,
  type Condition,
  type ExportedFile,
  type FileOnDisk,
  type Interface,
  type Label,
  type Manifest,
  type Part,
  type Signature,
  type TargetSignature,
} from '../signature.ts';
import { brief, reader, type Json, type Reader, type Refuse } from './json.ts';

/** The manifest in the text of a `model.json`, checked in full; an `InvalidFile` that begins with `where` otherwise. */
export const parseManifest = (text: string, where: string): Manifest => {
  const { json, read, refuse } = begin(text, where);
  const signature = readSignature(json, read, refuse);
  const files: Partial<Record<Part, ExportedFile>> = {};
  const entries = Object.entries(read.object(json['files'], 'files'));
  for (const [name, value] of entries) {
    const part = PARTS.find((known) => known === name);
    if (part === undefined) continue; // a part of a later version, which this one does not need
    files[part] = readFile(value, part, signature, read, refuse);
  }
  const needed = signature.kind === 'cvae' ? 'decoder' : 'predictor';
  if (files[needed] === undefined)
    refuse(`a file ${needed} among files`, entries.map(([name]) => name).join(', ') || 'none');
  return { ...signature, files };
};

/** The label in the text of an ONNX file's metadata, checked in full; an `InvalidFile` that begins with `where` otherwise. */
export const parseLabel = (text: string, where: string): Label => {
  const { json, read, refuse } = begin(text, where);
  const signature = readSignature(json, read, refuse);
  const part = read.oneOf(json['part'], 'part', PARTS);
  return { ...signature, part, ...readInterface(json, '', part, signature, read, refuse) };
};

const begin = (text: string, where: string): { json: Json; read: Reader; refuse: Refuse } => {
  const refuse: Refuse = (expected, got) => {
    throw new InvalidFile(`${where}: expected ${expected}, got ${got}; export the model again`);
  };
  const read = reader(refuse);
  const json = read.json(text, 'describes an exported model');
  const { format } = json;
  if (typeof format === 'number' && format > FORMAT)
    throw new InvalidFile(
      `${where}: expected format ${FORMAT}, the newest that this version reads, got ${format}, a version from the future; ` +
        `update cvae-compile`,
    );
  if (format !== FORMAT) refuse(`a model of format ${FORMAT}`, `format ${brief(format)}`);
  return { json, read, refuse };
};

const readSignature = (json: Json, read: Reader, refuse: Refuse): Signature => {
  const kind = read.oneOf(json['kind'], 'kind', ['cvae', 'predictor']);
  const latent = read.integer(json['latent'], 'latent');
  if ((kind === 'cvae') !== latent > 0) refuse(`a latent of ${kind === 'cvae' ? 'at least 1' : '0'}`, `${latent}`);
  const conditions = Object.entries(read.object(json['conditions'], 'conditions'));
  return {
    format: FORMAT,
    library: read.text(json['library'], 'library'),
    name: read.text(json['name'], 'name'),
    kind,
    conditions: Object.fromEntries(conditions.map(([name, x]) => [name, readCondition(x, `conditions.${name}`, read)])),
    target: readTarget(json['target'], read, refuse),
    latent,
    fingerprint: read.text(json['fingerprint'], 'fingerprint'),
    opset: read.integer(json['opset'], 'opset'),
  };
};

const readCondition = (value: unknown, at: string, read: Reader): Condition => {
  const json = read.object(value, at);
  return {
    kind: read.oneOf(json['kind'], `${at}.kind`, ['categorical', 'continuous', 'image']),
    ...readVariable(json, at, read),
  };
};

const readTarget = (value: unknown, read: Reader, refuse: Refuse): TargetSignature => {
  const json = read.object(value, 'target');
  const { image, sigma, mask } = json;
  const variable = readVariable(json, 'target', read);
  const [height = 0, width = 0, channels = 0] = image === undefined ? [] : read.shape(image, 'target.image');
  const elements = variable.dataShape.reduce((product, size) => product * size, 1);
  if (image !== undefined && height * width * channels !== elements)
    refuse(`target.image to be [height, width, channels] of ${elements} elements`, brief(image));
  return {
    distribution: read.oneOf(json['distribution'], 'target.distribution', [
      'bernoulli',
      'normal',
      'categorical',
      'squaredError',
    ]),
    ...variable,
    ...(image !== undefined && { image: [height, width, channels] }),
    ...(sigma !== undefined && { sigma: typeof sigma === 'number' ? sigma : read.numbers(sigma, 'target.sigma') }),
    ...(mask !== undefined && { mask: typeof mask === 'boolean' ? mask : read.text(mask, 'target.mask') }),
  };
};

const readVariable = (json: Json, at: string, read: Reader): Omit<Condition, 'kind'> => {
  const { classes } = json;
  const scaling = json['scaling'] === undefined ? undefined : read.object(json['scaling'], `${at}.scaling`);
  return {
    shape: read.shape(json['shape'], `${at}.shape`),
    dataShape: read.shape(json['dataShape'], `${at}.dataShape`),
    ...(classes !== undefined && {
      classes: Array.isArray(classes) ? read.texts(classes, `${at}.classes`) : read.integer(classes, `${at}.classes`),
    }),
    ...(scaling && {
      scaling: {
        mean: read.numbers(scaling['mean'], `${at}.scaling.mean`),
        deviation: read.numbers(scaling['deviation'], `${at}.scaling.deviation`),
      },
    }),
  };
};

const readFile = (value: unknown, part: Part, signature: Signature, read: Reader, refuse: Refuse): ExportedFile => {
  const at = `files.${part}`;
  const json = read.object(value, at);
  return {
    ...readOnDisk(json, at, read),
    ...readInterface(json, `${at}.`, part, signature, read, refuse),
    ...(json['external'] !== undefined && {
      external: readOnDisk(read.object(json['external'], `${at}.external`), `${at}.external`, read),
    }),
  };
};

const readOnDisk = (json: Json, at: string, read: Reader): FileOnDisk => ({
  file: read.text(json['file'], `${at}.file`, 'the name of a file in the same folder', /^[^/\\:]*[^/\\:.]$/),
  bytes: read.integer(json['bytes'], `${at}.bytes`),
  sha256: read.text(json['sha256'], `${at}.sha256`, '64 hexadecimal digits', /^[0-9a-f]{64}$/),
});

const readInterface = (
  json: Json,
  at: string,
  part: Part,
  signature: Signature,
  read: Reader,
  refuse: Refuse,
): Interface => {
  const shapes = (key: string): Readonly<Record<string, readonly number[]>> => {
    const entries = Object.entries(read.object(json[key], at + key));
    return Object.fromEntries(entries.map(([name, shape]) => [name, read.shape(shape, `${at}${key}.${name}`)]));
  };
  const found = {
    inputs: shapes('inputs'),
    outputs: shapes('outputs'),
    unused: read.texts(json['unused'], `${at}unused`),
  };
  const { inputs, outputs } = expectedInterface(part, signature);
  const check = (name: string, is: readonly number[] | undefined, should: readonly number[] | undefined): void => {
    if (`${is}` !== `${should}`) refuse(`${at}${name} to be ${brief(should)}`, brief(is));
  };
  for (const name of Object.keys({ ...inputs, ...found.inputs }))
    if (!found.unused.includes(name)) check(`inputs.${name}`, found.inputs[name], inputs[name]);
  for (const name of Object.keys(outputs)) check(`outputs.${name}`, found.outputs[name], outputs[name]);
  return found;
};

/** What a part takes where it uses everything it is told, and what it gives at least. */
const expectedInterface = (part: Part, { conditions, target, latent }: Signature): Omit<Interface, 'unused'> => {
  const told = Object.fromEntries(Object.entries(conditions).map(([name, { shape }]) => [name, shape]));
  const y = target.shape;
  switch (part) {
    case 'decoder':
      return { inputs: { z: [latent], ...told }, outputs: { y } };
    case 'sampler':
      return { inputs: { noise: [latent], ...told }, outputs: { y } };
    case 'recognition':
      return { inputs: { y, ...told }, outputs: { mean: [latent] } };
    case 'prior':
      return { inputs: told, outputs: { mean: [latent] } };
    case 'baseline':
    case 'predictor':
      return { inputs: told, outputs: { y } };
  }
};
