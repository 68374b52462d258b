import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidFile } from '../errors.ts';
import { isFolder } from '../files/exists.ts';
import { reason, writeWhole } from '../files/whole.ts';
import { readText } from '../formats/read.ts';
import { texts } from '../formats/schema.ts';
import { openSafetensors, type OpenSafetensors, type Safetensors } from './safetensors.ts';
import { decodeSealed, encodeSealed } from './seal.ts';
import { checkFingerprint, checkWeights, ownWeights, type Expected, type Weights } from './weights.ts';

/** The name of the weights in a run's folder. */
export const WEIGHTS_FILE = 'weights.safetensors';

/** The model that weights must belong to: its parameters, and the fingerprint, or fingerprints, that they may carry. */
export interface Owner {
  readonly params: Iterable<Expected>;
  readonly fingerprint?: string | readonly [current: string, ...earlier: string[]];
}

/** Weights loaded from a file. */
export interface LoadedWeights extends Safetensors {
  /** Parameters that only the objective has, such as those of a classifier next to a decoder: not part of the model. */
  readonly auxiliary?: Weights;
}

/** Returns the metadata of weights, some of which only the objective has. */
export const auxiliaryMetadata = (names: readonly string[]): Readonly<Record<string, string>> =>
  names.length === 0 ? {} : { [AUXILIARY]: JSON.stringify(names) };

const AUXILIARY = 'auxiliary';

/**
 * Writes weights and the strings about them to a safetensors file, with a checksum in its metadata: completely, or not at all if
 * an `InvalidFile` is thrown.
 */
export const saveWeights = async (
  path: string,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> => writeWhole(path, encodeSealed(ownWeights('saveWeights', weights), metadata));

/**
 * Reads weights from a safetensors file, or from the folder of a run. Throws an `InvalidFile` if there are none, or the bytes
 * have changed since they were written, and a `WeightsMismatch` if they are not `owner`'s.
 */
export const loadWeights = async (path: string, owner?: Owner): Promise<LoadedWeights> => {
  const file = (await isFolder(path)) ? join(path, WEIGHTS_FILE) : path;
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new InvalidFile(`${file}: expected weights, got ${reason(error)}; give the folder of a run or its weights`);
  });
  const { weights: all, metadata } = decodeSealed(bytes, file);
  const [weights, auxiliary] = apart(all, new Set(auxiliaryIn(file, metadata[AUXILIARY])));
  if (owner !== undefined) {
    checkWeights(file, owner.params, weights);
    if (owner.fingerprint !== undefined) checkFingerprint(file, owner.fingerprint, metadata);
  }
  return { weights, metadata, ...(auxiliary.size > 0 && { auxiliary }) };
};

/** Splits weights into those without these names, and those with them. */
const apart = (all: Weights, names: ReadonlySet<string>): readonly [Weights, Weights] => {
  const [others, named] = [new Map(all), new Map(all)];
  for (const name of all.keys()) (names.has(name) ? others : named).delete(name);
  return [others, named];
};

/** Returns the names that a file's metadata list; none in files of earlier versions. */
const auxiliaryIn = (file: string, text: string | undefined): readonly string[] => {
  const wanted = { where: `${file}, ${AUXILIARY} in its metadata`, what: 'a list of names, as JSON' };
  return text === undefined ? [] : readText(texts, text, { ...wanted, remedy: 'copy it again, or train again' });
};

/**
 * Opens weights of any origin, in a safetensors file: a path, or the URL of a file. Throws an `InvalidFile` if there is none, or
 * it is something else.
 */
export const openForeign = async (file: string): Promise<OpenSafetensors> => {
  const refuse = (got: string, remedy: string): never => {
    throw new InvalidFile(`${file}: expected pretrained weights, got ${got}; ${remedy}`);
  };
  if (/^(?!file:)[a-z][a-z\d+.-]+:/i.test(file)) return refuse('an address', 'download it, and name the file');
  const bytes = await readFile(file.startsWith('file:') ? new URL(file) : file).catch((error: unknown) =>
    refuse(reason(error), 'name a safetensors file'),
  );
  return openSafetensors(bytes, file);
};
