import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { InvalidFile, isUserError } from '../errors.ts';
import { makeFolder, removeFolders } from '../files/folder.ts';
import { LOCK_FILE, lock, type Lock } from '../files/lock.ts';
import { isTemporary, temporaryFor } from '../files/temporary.ts';
import { codeOf, reason } from '../files/whole.ts';
import { attempt, readText } from '../formats/read.ts';
import { table } from '../formats/site.ts';
import { META_CSP } from './headers.ts';
import { measured } from './measured.ts';
import { SITE_FILE } from './site.ts';
import type { Site } from './source.ts';

/** What was written: the number of files, and their bytes in all. */
export interface Written {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Writes a site to a folder, for any host of static files, under any address. It is written next to the folder and then replaces
 * it as a whole, or not at all. An existing site is replaced; a folder that holds anything else is kept. Leftovers of a killed
 * process are cleaned up first.
 *
 * @throws InvalidFile if the folder holds files that are not of such a site, cannot be written, or is being written by another
 * process.
 */
export const writeSite = async (folder: string, site: Site): Promise<Written> => {
  const target = resolve(folder);
  const stage = temporaryFor(target);
  let made: string | undefined;
  let held: Lock | undefined;
  try {
    made = await makeFolder(dirname(target));
    held = await lock(join(dirname(target), `.${basename(target)}${LOCK_FILE}`), folder, 'writing a site');
    await putBack(target);
    const there = await existing(target);
    await checkOurs(folder, target, there);
    let bytes = 0;
    for (const [address, source] of site) {
      const path = join(stage, ...address.split('/'));
      await mkdir(dirname(path), { recursive: true });
      if (!('path' in source)) await writeFile(path, 'make' in source ? await source.make() : source.bytes);
      else if (/(^|\/)index\.html$/.test(address)) await writeFile(path, guarded(await readFile(source.path, 'utf8')));
      else await copyFile(source.path, path);
      bytes += (await measured(path)).bytes;
    }
    await correct(stage);
    await replace(target, stage, there.length > 0);
    held.release();
    return { files: site.size, bytes };
  } catch (error) {
    await rm(stage, { recursive: true, force: true }).catch(() => undefined);
    held?.release();
    await removeFolders(dirname(target), made);
    if (isUserError(error)) throw error;
    throw new InvalidFile(
      `${folder}: expected a folder to write the site to, got ${reason(error)}; choose a place that can be written`,
      { cause: error },
    );
  }
};

/** Returns the names of all files in a folder; none if the folder does not exist or is empty. */
const existing = async (folder: string): Promise<readonly string[]> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  return found
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll(sep, '/'),
    );
};

/** Refuses a folder in which files that no site wrote would be lost. */
const checkOurs = async (folder: string, target: string, there: readonly string[]): Promise<void> => {
  if (there.length === 0) return;
  const refuse = (got: string): never => {
    throw new InvalidFile(
      `${folder}: expected a new folder, or one with nothing but a site that this command wrote, got ${got}; choose another folder`,
    );
  };
  const text = there.includes(SITE_FILE) ? await readFile(join(target, SITE_FILE), 'utf8') : '';
  const { files } = attempt(table, text) ?? refuse(`one with ${there[0]}`);
  const hashes = new Map(files.map(({ file, sha256 }) => [file, sha256]));
  for (const file of there) {
    if (MADE.includes(file)) continue;
    const hash = hashes.get(file);
    if (hash === undefined) refuse(`one with ${file} in it`);
    if (hash !== (await measured(join(target, ...file.split('/')))).sha256) refuse(`one in which ${file} was changed`);
  }
};

/** A site's files in addition to those that its table lists. */
const MADE = [SITE_FILE, 'sw.js'];

/** Corrects the table's entry for the page, which in the folder includes its policy. */
const correct = async (stage: string): Promise<void> => {
  const path = join(stage, SITE_FILE);
  const whole = readText(table, await readFile(path, 'utf8'), {
    where: path,
    what: 'the table of a site, as JSON',
    remedy: 'write the site again',
  });
  const files = await Promise.all(
    whole.files.map(async ({ file }) => {
      const { bytes, sha256 } = await measured(join(stage, ...file.split('/')));
      return { file, bytes, sha256 };
    }),
  );
  await writeFile(path, `${JSON.stringify({ ...whole, files }, null, 2)}\n`);
};

/** Replaces a folder with another, and restores it if that fails. */
const replace = async (target: string, stage: string, isThere: boolean): Promise<void> => {
  const before = `${stage}${BEFORE}`;
  // On some systems, an empty folder prevents a rename.
  const moved = await rename(target, before).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT' && !isThere) return false;
      throw error;
    },
  );
  try {
    await rename(stage, target);
  } catch (error) {
    if (moved) await rename(before, target);
    throw error;
  }
  await rm(before, { recursive: true, force: true });
};

/** The suffix of a stage's name for the site that it replaces, which waits there until the new one is in its place. */
const BEFORE = '.before';

/** Restores a site that a killed process has moved away, or removes it if the new one is in its place. */
const putBack = async (target: string): Promise<void> => {
  const folder = dirname(target);
  for (const name of await readdir(folder)) {
    if (!name.endsWith(BEFORE) || !isTemporary(name.slice(0, -BEFORE.length), basename(target))) continue;
    if ((await existing(target)).length > 0) await rm(join(folder, name), { recursive: true });
    else {
      await rm(target, { recursive: true, force: true });
      await rename(join(folder, name), target);
    }
  }
};

/** Returns the page with the policy that a server would send, for hosts that send none: before anything that it applies to. */
const guarded = (html: string): string => {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${META_CSP}" />`;
  const guardedHtml = html.replace(/<head[^>]*>/i, (head) => `${head}\n    ${meta}`);
  if (guardedHtml === html) throw new Error('index.html has no head');
  return guardedHtml;
};
