import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, InvalidFile, isUserError } from '../../errors.ts';
import { makeFolder } from '../../files/folder.ts';
import { LOCK_FILE, lock } from '../../files/lock.ts';
import { putWhole, reason } from '../../files/whole.ts';
import type { ExportedFile, Manifest } from '../../signature.ts';
import { filesOf, partName } from '../names.ts';
import { configText, type TritonModel } from './config.ts';
import { ensembleOf } from './ensemble.ts';

/** A model repository that was written. */
export interface Repository {
  /** The names of its models. */
  readonly models: readonly string[];
  /** The version that was written; undefined if the latest one is the same. */
  readonly version: number | undefined;
}

/** A model, and how its version's files are put into a folder. */
interface Version {
  readonly model: TritonModel;
  readonly put: (folder: string) => Promise<void>;
  /** What shows whether an earlier version is the same. */
  readonly bytes: () => Promise<Uint8Array | undefined>;
}

/** The name that Triton expects of a file. */
const MODEL_FILE = 'model.onnx';

/**
 * Writes an exported model as a model repository of NVIDIA's Triton: a model for each file, and one that makes samples of prior and decoder.
 * If the repository has the model already, its next version is written next to the others, which can be gone back to.
 *
 * @throws InvalidFile if the folder cannot be written, or has a model of a name with another interface.
 */
export const writeRepository = async (exported: string, manifest: Manifest, out: string): Promise<Repository> => {
  const versions = [
    ...filesOf(manifest).map(([part, file]) => versionOf(exported, partName(manifest, part), file)),
    ...ensembleOf(manifest).map(({ model, bytes }) => ({
      model,
      put: async (folder: string) => bytes && writeFile(join(folder, MODEL_FILE), bytes),
      bytes: async () => bytes,
    })),
  ];
  const models = versions.map(({ model: { name } }) => name);
  try {
    await makeFolder(out);
    const { release } = await lock(join(out, LOCK_FILE), out, 'exporting');
    try {
      for (const { model } of versions) await checkSame(out, model);
      const latest = Math.max(0, ...(await Promise.all(models.map((name) => latestIn(join(out, name))))));
      const same = await Promise.all(
        versions.map((version) => isIn(join(out, version.model.name, `${latest}`), version)),
      );
      if (latest > 0 && same.every(Boolean)) return { models, version: undefined };
      for (const version of versions) await add(out, version, latest + 1);
      return { models, version: latest + 1 };
    } finally {
      release();
    }
  } catch (error) {
    if (isUserError(error)) throw error;
    throw new InvalidFile(
      `${out}: expected a folder to write to, got ${reason(error)}; choose a place that can be written`,
    );
  }
};

const versionOf = (exported: string, name: string, file: ExportedFile): Version => ({
  model: { name, inputs: file.inputs, outputs: file.outputs },
  put: async (folder) => {
    // Under its own name: the file refers to it.
    if (file.external) await copyFile(join(exported, file.external.file), join(folder, file.external.file));
    await copyFile(join(exported, file.file), join(folder, MODEL_FILE));
  },
  bytes: () => readFile(join(exported, file.file)),
});

/** Refuses a repository whose model of this name has other inputs or outputs. */
const checkSame = async (out: string, model: TritonModel): Promise<void> => {
  const path = join(out, model.name, 'config.pbtxt');
  const before = await orNone(readFile(path, 'utf8'));
  if (before !== undefined && before !== configText(model))
    throw new InvalidFile(
      `${path}: expected a model with the same inputs and outputs, or none, got another or one that was changed; choose another folder, or remove it`,
    );
};

const latestIn = async (folder: string): Promise<number> =>
  Math.max(0, ...((await orNone(readdir(folder))) ?? []).map(Number).filter(Number.isInteger));

/** Whether a version's folder has the same content. */
const isIn = async (folder: string, { bytes }: Version): Promise<boolean> => {
  const own = await bytes();
  const before = await orNone(readFile(join(folder, MODEL_FILE)));
  return own === undefined ? (await orNone(readdir(folder))) !== undefined : before !== undefined && before.equals(own);
};

/** Adds a version, whole: Triton, which may be looking, takes no folder that is not a number for one. */
const add = async (out: string, { model, put }: Version, version: number): Promise<void> => {
  const folder = join(out, model.name);
  await makeFolder(folder);
  for (const name of await readdir(folder))
    if (name.startsWith(STAGE)) await rm(join(folder, name), { recursive: true, force: true });
  await putWhole(join(folder, 'config.pbtxt'), configText(model));
  const stage = join(folder, `${STAGE}${randomUUID()}`);
  await mkdir(stage);
  await put(stage);
  await rename(stage, join(folder, `${version}`));
};

const STAGE = '.new-';

/** Returns undefined for what does not exist. */
const orNone = <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
