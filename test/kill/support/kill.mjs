// Loaded before a program (--import): counts what it does to the files under the folder that KILL_UNDER names, each step written
// to KILL_LOG, and kills it just before the one whose number is KILL_AT. What is killed is the program as users run it.
// With KILL_STATES, a folder, it is not killed: what the folder holds just before each step, which is what a kill there would leave, is
// copied to a folder of that number.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

const { KILL_UNDER = '', KILL_LOG, KILL_AT, KILL_STATES } = process.env;
const under = resolve(KILL_UNDER);
const at = Number(KILL_AT ?? 0);
const { appendFileSync, cpSync, existsSync } = fs;
let count = 0;
let isCopying = false;

const isWithin = (path) => typeof path === 'string' && `${resolve(path)}${sep}`.startsWith(`${under}${sep}`);

/** Counts a step; does not come back from the last one. */
const step = (name, ...paths) => {
  if (isCopying || !paths.some(isWithin)) return;
  count++;
  if (KILL_LOG) appendFileSync(KILL_LOG, `${name} ${paths.filter((path) => typeof path === 'string').join(' ')}\n`);
  if (KILL_STATES && existsSync(under)) {
    isCopying = true;
    cpSync(under, resolve(KILL_STATES, `${count}`), { recursive: true, verbatimSymlinks: true });
    isCopying = false;
  }
  if (count === at) {
    process.kill(process.pid, 'SIGKILL');
    for (;;);
  }
};

const writes = (flags) => typeof flags === 'string' && /[wax+]/.test(flags);
for (const target of [fs.promises, fs]) {
  const suffix = target === fs ? 'Sync' : '';
  const wrap = (name, before) => {
    const original = target[name + suffix];
    target[name + suffix] = (...given) => {
      before(given);
      return original(...given);
    };
  };
  for (const name of ['rename', 'copyFile', 'link']) wrap(name, ([from, to]) => step(name, from, to));
  // One that is there already is not made.
  wrap('mkdir', ([path]) => fs.existsSync(path) || step('mkdir', path));
  for (const name of ['rm', 'rmdir', 'unlink', 'writeFile', 'appendFile', 'truncate'])
    wrap(name, ([path]) => step(name, path));
  if (target === fs) wrap('open', ([path, flags]) => writes(flags) && step('open', path));
}
const { open } = fs.promises;
fs.promises.open = async (path, flags, ...more) => {
  if (writes(flags)) step('open', path);
  const file = await open(path, flags, ...more);
  const write = file.writeFile.bind(file);
  file.writeFile = (...given) => {
    if (writes(flags)) step('write', path);
    return write(...given);
  };
  return file;
};
syncBuiltinESMExports();
