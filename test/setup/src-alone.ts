// Loaded before each file of the project `unit`, for which nothing is built and no browser is there: what would use either fails, and
// says where its file must be listed.
import child from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const DIST = join(fileURLToPath(new URL('../..', import.meta.url)), 'dist', sep);
const BROWSER = /^(chromium|chrome|google-chrome|headless_shell|msedge|firefox)/i;
/** Functions whose first argument, or first two, are paths; each also exists as a promise, or with Sync at the end of its name. */
const READERS = ['open', 'readFile', 'readdir', 'stat', 'access', 'cp', 'copyFile', 'symlink', 'createReadStream'];
const STARTERS = ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork'];

const refuse = (what: string, project: string): never => {
  const file = expect.getState().testPath ?? 'a unit test';
  throw new Error(
    `${file}: expected a unit test to use src/ alone, got ${what}; list the file as ${project} in test/setup/projects.ts`,
  );
};

/** A path as it was given, whole. */
const pathOf = (given: unknown): string => {
  if (given instanceof URL) return given.protocol === 'file:' ? fileURLToPath(given) : '';
  return typeof given === 'string' && !given.includes('\0') ? resolve(given) : '';
};
const checkPaths = (given: readonly unknown[]): void => {
  const path = given
    .slice(0, 2)
    .map(pathOf)
    .find((each) => `${each}${sep}`.startsWith(DIST));
  if (path !== undefined) refuse(path, 'BUILT');
};
const checkCommand = (given: readonly unknown[]): void => {
  const [command, ...words] = given.flat().filter((each) => typeof each === 'string');
  if (command && BROWSER.test(basename(command))) refuse(command, 'BROWSER');
  const built = [command, ...words].find((each) => each?.includes(DIST));
  if (built !== undefined) refuse(built, 'BUILT');
};

type Call = (...given: unknown[]) => unknown;
/** Puts a check in front of functions of a module. */
const guard = (module: object, names: readonly string[], check: (given: readonly unknown[]) => void): void => {
  const all = module as Record<string, unknown>; // Its functions are looked up by name.
  for (const name of names) {
    const original = all[name];
    if (typeof original !== 'function') continue;
    const guarded = (...given: unknown[]) => {
      check(given);
      return (original as Call)(...given);
    };
    all[name] = Object.assign(guarded, original);
  }
};

// A process that runs several files guards itself once.
const MARK = Symbol.for('cvae-compile tests: src alone');
if (!Reflect.has(fs, MARK)) {
  Object.defineProperty(fs, MARK, { value: true });
  guard(
    fs,
    READERS.flatMap((name) => [name, `${name}Sync`]),
    checkPaths,
  );
  guard(fs.promises, READERS, checkPaths);
  guard(child, STARTERS, checkCommand);
  syncBuiltinESMExports();
}
