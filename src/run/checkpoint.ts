import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidFile, messageOf } from '../errors.ts';
import { codeOf, reason, writeWhole } from '../files/whole.ts';
import { checkpoint as checkpointSchema, states } from '../formats/checkpoint.ts';
import { readText } from '../formats/read.ts';
import { decodeSealed, encodeSealed } from '../weights/seal.ts';
import type { Weight, Weights } from '../weights/weights.ts';
import type { Checkpoint } from '../train/checkpoint.ts';

/**
 * Encodes a checkpoint as one safetensors file: `weights/…`, `best/…`, `average/…` and `optimiser/<state>/…`, the rest as JSON in
 * its metadata.
 */
export const encodeCheckpoint = (checkpoint: Checkpoint): Uint8Array => {
  const { weights, best, average, optimiser, ...rest } = checkpoint;
  const arrays = new Map<string, Weight>([
    ...prefixed('weights', weights),
    ...prefixed('best', best),
    ...prefixed('average', average ?? new Map()),
    ...Object.entries(optimiser).flatMap(([state, held]) => prefixed(`optimiser/${state}`, held)),
  ]);
  // JSON has no infinity: a loss that no validation has set is left out.
  const json = JSON.stringify({ ...rest, lowest: Number.isFinite(rest.lowest) ? rest.lowest : null });
  return encodeSealed(arrays, { checkpoint: json, states: JSON.stringify(Object.keys(optimiser)) });
};

/** Decodes a checkpoint. @throws InvalidFile, beginning with `where`, for invalid bytes. */
export const decodeCheckpoint = (bytes: Uint8Array, where: string): Checkpoint => {
  const { weights, metadata } = decodeSealed(bytes, where);
  const part = (name: 'checkpoint' | 'states') => ({
    where: `${where}, ${name} in its metadata`,
    what: 'JSON that says where a run is',
    remedy: 'copy the file again, or start a new run',
  });
  if (metadata['checkpoint'] === undefined || metadata['states'] === undefined)
    throw new InvalidFile(`${where}: expected a checkpoint, got other weights; give the folder of a run`);
  const { lowest, ...rest } = readText(checkpointSchema, metadata['checkpoint'], part('checkpoint'));
  const names = readText(states, metadata['states'], part('states'));
  const average = within('average', weights);
  return {
    ...rest,
    lowest: lowest ?? Infinity,
    weights: within('weights', weights),
    best: within('best', weights),
    ...(average.size > 0 && { average }),
    optimiser: Object.fromEntries(names.map((state) => [state, within(`optimiser/${state}`, weights)])),
  };
};

const prefixed = (prefix: string, weights: Weights): (readonly [string, Weight])[] =>
  [...weights].map(([name, weight]) => [`${prefix}/${name}`, weight] as const);

const within = (prefix: string, weights: Weights): Weights =>
  new Map(
    [...weights].flatMap(([name, weight]) =>
      name.startsWith(`${prefix}/`) ? [[name.slice(prefix.length + 1), weight] as const] : [],
    ),
  );

/** The folder of a run's checkpoints. */
export const CHECKPOINTS = 'checkpoints';

/** The latest checkpoints in a run's folder, each written atomically. Each includes the best weights. */
export interface Checkpoints {
  /** Writes one, and removes those that are older than the last `keep`, and those that `latest` has found damaged. */
  add(checkpoint: Checkpoint): Promise<void>;
  /**
   * Returns the last intact one, or undefined if there are none at all; each newer, damaged one is passed to `onDamaged` with the
   * reason, or reported on standard error.
   *
   * @throws InvalidFile if there are some and none is intact, or one cannot be read.
   */
  latest(onDamaged?: (file: string, why: string) => void): Promise<Checkpoint | undefined>;
  /** Removes all of them. */
  clear(): Promise<void>;
}

/** Returns the checkpoints of a run in this folder, of which the last `keep` (2 by default) are retained. */
export const checkpointsIn = (run: string, keep = 2): Checkpoints => {
  const folder = join(run, CHECKPOINTS);
  const damaged = new Map<string, string>();
  const found = async (): Promise<readonly string[]> =>
    (await readdir(folder).catch(() => []))
      .filter((name) => /^\d{4,}-(baseline|model)-.*\.safetensors$/.test(name))
      .sort();
  return {
    add: async (checkpoint) => {
      const before = await found();
      const number = Number(before.at(-1)?.split('-')[0] ?? 0) + 1;
      const { phase, epoch, step } = checkpoint;
      const name = `${String(number).padStart(6, '0')}-${phase}-epoch-${epoch}-step-${step}.safetensors`;
      await writeWhole(join(folder, name), encodeCheckpoint(checkpoint));
      const whole = before.filter((old) => !damaged.has(old));
      for (const old of [...damaged.keys(), ...whole.slice(0, Math.max(0, whole.length + 1 - keep))])
        await rm(join(folder, old), { force: true });
      damaged.clear();
    },
    latest: async (
      onDamaged = (file, why) => console.warn(`${file} is damaged (${why}); the previous checkpoint is used`),
    ) => {
      damaged.clear();
      for (const name of (await found()).toReversed()) {
        const file = join(folder, name);
        const read = await readCheckpoint(file);
        if (typeof read !== 'string') return read;
        damaged.set(name, read);
        onDamaged(file, read);
      }
      if (damaged.size === 0) return undefined;
      const all = [...damaged].map(([name, why]) => `${name}: ${why}`).join('; ');
      throw new InvalidFile(
        `${folder}: expected a checkpoint that is whole, got none (${all}); start a new run, or copy the folder again`,
      );
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  };
};

/** Reads the checkpoint in a file, or returns what is wrong with its bytes. @throws InvalidFile if it cannot be read. */
const readCheckpoint = async (file: string): Promise<Checkpoint | string> => {
  try {
    return decodeCheckpoint(await readFile(file), file);
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(codeOf(error)))
      throw new InvalidFile(`${file}: expected a checkpoint, got ${reason(error)}; allow this user to read it`);
    const text = messageOf(error);
    // The expected and the actual content suffice in a list of several.
    return text.replace(`${file}: `, '').replace(/;[^;]*$/, '');
  }
};
