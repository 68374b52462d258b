// Folders that exist only while work in them lasts, even if the run is interrupted.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const open = new Set();
const DAY = 86_400_000;
const remove = (folder) => rmSync(folder, { recursive: true, force: true });

/**
 * Runs `work` with a new folder in `parent`, removed at the end; also removes those that a killed run left more than a day ago.
 */
export async function withScratch(parent, prefix, work) {
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    const old = join(parent, name);
    if (name.startsWith(prefix) && Date.now() - statSync(old).mtimeMs > DAY) remove(old);
  }
  const folder = mkdtempSync(join(parent, prefix));
  open.add(folder);
  try {
    return await work(folder);
  } finally {
    remove(folder);
    open.delete(folder);
  }
}

/** Removes the open folders and ends the process, as a signal requests. */
export function interrupted() {
  for (const folder of open) remove(folder);
  process.exit(130);
}
