import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
    await rename(from, to);
    undo.unshift(() => rename(to, from));
  };
  try {
    const made = await makeFolder(folder);
    undo.unshift(() => removeFolders(folder, made));
    const before = await exported(folder);
    const foreign = all.find(({ file }) => before.present.has(file) && !before.ours.includes(file));
    if (foreign)
      throw new InvalidFile(
        `${folder}: expected a folder without a ${foreign.file} of another kind, got one; choose another folder, or remove it`,
      );
    await mkdir(stage);
    undo.unshift(() => rm(stage, { recursive: true, force: true }));
    await mkdir(join(stage, REPLACED));
    for (const { file, pieces } of all) await put(join(stage, file), pieces);
    const result = await check(stage);
    for (const name of before.ours) await move(join(folder, name), join(stage, REPLACED, name));
    for (const { file } of all) await move(join(stage, file), join(folder, file));
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
  readonly training?: Trained;
}

/** The names in a folder, and those of them that an exported model there lists as its own, `model.json` first. */
const exported = async (
  folder: string,
): Promise<{ readonly present: ReadonlySet<string>; readonly ours: readonly string[] }> => {
  const present = new Set(await readdir(folder));
  const nothing = { present, ours: [] };
  if (!present.has(MANIFEST_FILE)) return nothing;
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8');
  try {
    const { format, files, examples, training }: Manifested = JSON.parse(text);
    if (typeof format !== 'number' || !files) return nothing;
    const names = [
      ...Object.values(files).flatMap(({ file, external }) => [file, external?.file]),
      examples?.file,
      training?.step?.file,
      training?.state?.file,
    ];
    const ours = names.filter((name) => typeof name === 'string').filter((name) => present.has(name));
    return { present, ours: [MANIFEST_FILE, ...ours] };
  } catch {
    // Not JSON, or not of our form: another program's.
    return nothing;
  }
};

const isSystemError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && 'syscall' in error && typeof error.code === 'string';
