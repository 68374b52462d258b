import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files in a folder and in those in it by their names: what is in them, of longer ones a hash. */
export const treeOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(folder.length + 1), brief(readFileSync(path))] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const brief = (bytes: Buffer): string =>
  bytes.length < 40 ? bytes.toString() : createHash('sha256').update(bytes).digest('hex').slice(0, 16);

/** The folders in a folder, and in those, by their names. */
export const foldersOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
