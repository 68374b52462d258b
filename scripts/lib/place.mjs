// Puts the add-on and the library into an installed @tensorflow/tfjs-node: tested next to it first, then moved in.
import { copyFileSync, cpSync, existsSync, linkSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WHEEL } from './libtensorflow.mjs';
import { describe, probe } from './probe.mjs';
import { withScratch } from './scratch.mjs';

/**
 * Installs a working add-on in `folder`, or leaves it unchanged and returns the reason, as `probe` does. The copy on which this
 * is tested is a neighbouring folder, from which the packages that tfjs-node imports can be resolved too.
 */
export function place(folder, { addon, library }) {
  return withScratch(dirname(folder), '.tfjs-node-', async (trial) => {
    cpSync(folder, trial, { recursive: true, filter: (path) => !OURS.some((name) => path === join(folder, name)) });
    mkdirSync(join(trial, 'deps', 'lib'), { recursive: true });
    for (const name of Object.keys(WHEEL.libraries)) link(join(library, name), join(trial, 'deps', 'lib', name));
    const target = join(trial, describe(folder).addon);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(addon, target);
    const result = await probe(trial);
    if (result.ok) moveIn(trial, folder);
    return result;
  });
}

const OURS = ['deps', 'lib'];

// A hard link costs nothing and outlives the cache; if the cache is on another file system, a symbolic one is used.
function link(file, name) {
  try {
    linkSync(file, name);
  } catch {
    symlinkSync(file, name);
  }
}

function moveIn(trial, folder) {
  const undo = [];
  try {
    for (const name of OURS) {
      const [fresh, place, old] = [join(trial, name), join(folder, name), join(trial, `old-${name}`)];
      if (existsSync(place)) {
        renameSync(place, old);
        undo.unshift(() => renameSync(old, place));
      }
      renameSync(fresh, place);
      undo.unshift(() => renameSync(place, fresh));
    }
  } catch (error) {
    for (const step of undo) step();
    throw error;
  }
}
