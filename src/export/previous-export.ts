import type { Dirent } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { isThere } from '../files/exists.ts';
import { entryWithin } from '../files/within.ts';
import { listing, namesOf } from '../formats/listing.ts';
import { attempt } from '../formats/read.ts';
import { MANIFEST_FILE } from '../signature.ts';

/** The folder within a stage where the files of an older export wait until the new ones are in place. */
export const REPLACED = 'replaced';

/** Whether a folder in an export's folder is a stage for the next export, by its name. */
const isStage = (name: string): boolean => /^\.export-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);

/**
 * Returns the files in a folder that its `model.json` lists, that file first; none if it holds no exported model. Files that it
 * lists elsewhere, even through a link, are not included.
 */
export const filesIn = async (folder: string): Promise<readonly string[]> => {
  const ours: string[] = [];
  for (const name of await listedIn(folder)) {
    const path = await entryWithin(folder, name);
    if (path !== undefined && (await isThere(path))) ours.push(name);
  }
  return ours;
};

/**
 * Restores a folder after an export that was killed: to its previous state if files were being moved into place, and without what
 * only that export needed. If it is killed itself, the next call resumes the work.
 */
export const undoKilled = async (folder: string): Promise<void> => {
  for (const name of (await readdir(folder)).filter(isStage)) {
    const stage = join(folder, name);
    const replaced = join(stage, REPLACED);
    const { files, folders } = await namesIn(replaced);
    // `model.json` is moved out first and moved in last: if it is there, nothing else is missing.
    if (!(await isThere(join(folder, MANIFEST_FILE)))) {
      await takeOut(folder, stage);
      const rest = files.filter((file) => file !== MANIFEST_FILE);
      for (const file of [...rest, MANIFEST_FILE]) await moveUnless(replaced, folder, file);
    }
    for (const each of folders) await removeEmpty(folder, each);
    await rm(stage, { recursive: true, force: true });
  }
};

/** Returns everything in a folder and its subfolders, by names with forward slashes; links are not followed. */
const namesIn = async (folder: string): Promise<Readonly<Record<'files' | 'folders', readonly string[]>>> => {
  const all = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = (some: readonly Dirent[]) =>
    some.map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll(sep, '/'),
    );
  return {
    files: names(all.filter((entry) => !entry.isDirectory())),
    folders: names(all.filter((entry) => entry.isDirectory())),
  };
};

/** Moves what had been moved into place back to the stage. */
const takeOut = async (folder: string, stage: string): Promise<void> => {
  for (const name of await listedIn(stage)) {
    await moveUnless(folder, stage, name);
    if (dirname(name) !== '.') await removeEmpty(folder, dirname(name));
  }
};

/** Moves a file by its name from one folder to another, unless it is already there, or missing in the first. */
const moveUnless = async (from: string, to: string, name: string): Promise<void> => {
  const [source, target] = [await entryWithin(from, name), await entryWithin(to, name)];
  if (source === undefined || target === undefined || (await isThere(target)) || !(await isThere(source))) return;
  await mkdir(dirname(target), { recursive: true });
  await rename(source, target);
};

const removeEmpty = async (folder: string, name: string): Promise<void> => {
  const path = await entryWithin(folder, name);
  if (path !== undefined) await rmdir(path).catch(() => undefined);
};

/** Returns what the `model.json` in a folder lists, itself first; nothing if there is none, or one of another program. */
const listedIn = async (folder: string): Promise<readonly string[]> => {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch(() => '');
  const found = attempt(listing, text);
  return found ? [MANIFEST_FILE, ...namesOf(found)] : [];
};
