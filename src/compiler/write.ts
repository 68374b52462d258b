import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { InvalidFile, isUserError } from '../errors.ts';
import { MANIFEST_FILE } from '../signature.ts';
import { makeFolder, removeFolders } from '../files/folder.ts';
import { reason } from '../files/whole.ts';
import type { Compiled } from './compile.ts';
import { filesOf, type Packed } from './pack.ts';

/**
 * Writes a compiled model to a folder, which is made where it is missing: its ONNX files, and `model.json` last, so that a
 * folder with a `model.json` is whole. All is first written to a folder within it, where `check` may refuse it by throwing:
 * then nothing is left. An exported model that was there is replaced, or kept where this fails; other files stay.
 *
 * @throws InvalidFile where the folder cannot be written, or holds files of these names that are not an exported model's.
 */
export async function write<T>(
  folder: string,
  { files, others = [], manifest }: Compiled,
  check: (staged: string) => Promise<T>,
): Promise<T> {
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  const parts = Object.values(files).flatMap(filesOf);
  const all: readonly Packed[] = [...parts, ...others, { file: MANIFEST_FILE, pieces: [json] }];
  const stage = join(folder, `.export-${randomUUID()}`);
  const undo: (() => Promise<void>)[] = [];
  const move = async (from: string, to: string): Promise<void> => {
    const made = await mkdir(dirname(to), { recursive: true });
    undo.unshift(async () => void (made && (await rmdir(made))));
    await rename(from, to);
    undo.unshift(() => rename(to, from));
  };
  try {
    const made = await makeFolder(folder);
    undo.unshift(() => removeFolders(folder, made));
    const before = await exported(folder);
    const foreign = await first(all, async ({ file }) => !before.includes(file) && (await isThere(join(folder, file))));
    if (foreign)
      throw new InvalidFile(
        `${folder}: expected a folder without a ${foreign.file} of another kind, got one; choose another folder, or remove it`,
      );
    await mkdir(stage);
    undo.unshift(() => rm(stage, { recursive: true, force: true }));
    await mkdir(join(stage, REPLACED));
    for (const { file, pieces } of all) await put(join(stage, file), pieces);
    const result = await check(stage);
    for (const name of before) await move(join(folder, name), join(stage, REPLACED, name));
    for (const { file } of all) await move(join(stage, file), join(folder, file));
    // What held files of the older one only goes with them.
    for (const name of new Set(before.map(dirname)))
      if (name !== '.') await rmdir(join(folder, name)).catch(() => undefined);
    await rm(stage, { recursive: true, force: true });
    return result;
  } catch (error) {
    for (const step of undo) await step().catch(() => undefined);
    if (isUserError(error) || !isSystemError(error)) throw error;
    throw new InvalidFile(
      `${folder}: expected a folder to write to, got ${reason(error)}; choose a place that can be written`,
    );
  }
}

/** Where the files of an older export wait until the new ones are in place. */
const REPLACED = 'replaced';

/** Writes a new file and makes sure that the disk has it. */
const put = async (path: string, pieces: readonly Uint8Array[]): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx');
  try {
    for (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** What a manifest says of a file, where it is one. */
interface Listed {
  readonly file?: unknown;
  readonly external?: Listed;
}

/** What a manifest says of the files of an export for training, where it is one. */
interface Trained {
  readonly step?: Listed;
  readonly state?: Listed;
}

/** What a manifest says of its files, where it is one. */
interface Manifested {
  readonly format?: unknown;
  readonly files?: Readonly<Record<string, Listed>>;
  readonly examples?: Listed;
  readonly package?: unknown;
  readonly training?: Trained;
}

/** The files in a folder that an exported model there lists as its own, `model.json` first; none where there is no such model. */
const exported = async (folder: string): Promise<readonly string[]> => {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch(() => '');
  try {
    const { format, files, examples, training, package: more }: Manifested = JSON.parse(text);
    if (typeof format !== 'number' || !files) return [];
    const names = [
      ...Object.values(files).flatMap(({ file, external }) => [file, external?.file]),
      examples?.file,
      training?.step?.file,
      training?.state?.file,
      ...(Array.isArray(more) ? more : []),
    ];
    const ours: string[] = [MANIFEST_FILE];
    for (const name of names)
      if (typeof name === 'string' && isWithin(name) && (await isThere(join(folder, name)))) ours.push(name);
    return ours;
  } catch {
    // Not JSON, or not of our form: another program's.
    return [];
  }
};

/** Whether a name is that of a file in the folder, or in a folder in it. */
const isWithin = (name: string): boolean => !isAbsolute(name) && !name.split(/[\\/]/).includes('..');

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** The first of a list for which a question has the answer yes. */
const first = async <T>(all: readonly T[], is: (one: T) => Promise<boolean>): Promise<T | undefined> => {
  for (const one of all) if (await is(one)) return one;
  return undefined;
};

const isSystemError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && 'syscall' in error && typeof error.code === 'string';
