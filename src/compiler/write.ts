import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidFile } from '../errors.ts';
import { MANIFEST_FILE } from '../signature.ts';
import type { Compiled } from './compile.ts';

/**
 * Writes a compiled model to a folder, which is made where it is missing: its ONNX files, and `model.json` last, so that a
 * folder with a `model.json` is whole. Everything is first written to a folder within it, where `check` may refuse it by
 * throwing; then nothing is left. An exported model that was there is replaced; other files stay.
 *
 * @throws InvalidFile where the folder cannot be written, or holds files of these names that are not an exported model's.
 */
export async function write<T>(
  folder: string,
  { files, manifest }: Compiled,
  check: (staged: string) => Promise<T>,
): Promise<T> {
  const contents = Object.values(files).map(({ file, bytes }) => ({ name: file, bytes }));
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  const all = [...contents, { name: MANIFEST_FILE, bytes: json }];
  const failed = (error: unknown): never => {
    throw new InvalidFile(
      `${folder}: expected a folder to write to, got ${reasonOf(error)}; choose a place that can be written`,
    );
  };

  const made = await mkdir(folder, { recursive: true }).catch(failed);
  const stage = join(folder, `.export-${randomUUID()}`);
  try {
    const before = await exported(folder);
    for (const { name } of all)
      if (before.present.has(name) && !before.ours.has(name))
        throw new InvalidFile(
          `${folder}: expected a folder without a ${name} of another kind, got one; choose another folder, or remove it`,
        );
    await mkdir(stage).catch(failed);
    for (const { name, bytes } of all) await put(join(stage, name), bytes).catch(failed);
    const result = await check(stage);
    await rm(join(folder, MANIFEST_FILE), { force: true }).catch(failed);
    for (const { name } of all) await rename(join(stage, name), join(folder, name)).catch(failed);
    const stale = [...before.ours].filter((name) => !all.some((file) => file.name === name));
    for (const name of stale) await rm(join(folder, name), { force: true }).catch(failed);
    await rmdir(stage).catch(failed);
    return result;
  } catch (error) {
    await rm(stage, { recursive: true, force: true }).catch(() => undefined);
    if (made !== undefined) await rmdir(folder).catch(() => undefined);
    throw error;
  }
}

/** Writes a new file and makes sure that the disk has it. */
const put = async (path: string, bytes: Uint8Array): Promise<void> => {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** The names in a folder, and which of them an exported model there lists as its own. */
const exported = async (
  folder: string,
): Promise<{ readonly present: ReadonlySet<string>; readonly ours: ReadonlySet<string> }> => {
  const present = new Set(await readdir(folder));
  const ours = new Set<string>();
  if (!present.has(MANIFEST_FILE)) return { present, ours };
  try {
    const { format, files }: { format?: unknown; files?: Record<string, { file?: unknown }> } = JSON.parse(
      await readFile(join(folder, MANIFEST_FILE), 'utf8'),
    );
    if (typeof format !== 'number' || !files) return { present, ours };
    ours.add(MANIFEST_FILE);
    for (const { file } of Object.values(files)) if (typeof file === 'string' && present.has(file)) ours.add(file);
  } catch {
    // Not JSON, so not ours.
  }
  return { present, ours };
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
