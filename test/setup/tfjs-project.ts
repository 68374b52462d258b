import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const MODULES = path('node_modules');
const INSTALLED = join(MODULES, '@tensorflow', 'tfjs-node');

/** The script under test. */
export const SCRIPT = path('scripts/tfjs-node.mjs');

/** How the script ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script (this repository's own, unless said) in a folder. */
export const fix = (
  cwd: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  script: string = SCRIPT,
): Ended => {
  const result = spawnSync(process.execPath, [script, ...args], {
    cwd,
    env: { ...process.env, CVAE_SKIP_TFJS_NODE: '', CVAE_TFJS_WHEEL: '', ...env },
    encoding: 'utf8',
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
};

/** A new folder that is removed after the test, or by another hook that is given (`afterAll`). */
export const folder = (after: (clean: () => void) => void = onTestFinished): string => {
  const made = mkdtempSync(join(tmpdir(), 'cvae-'));
  after(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

/** A project as `npm ci --ignore-scripts` leaves it: a tfjs-node without its add-on, and the packages it needs. */
export const bareProject = (project: string = folder()): string => {
  const scope = join(project, 'node_modules', '@tensorflow');
  mkdirSync(scope, { recursive: true });
  for (const from of [MODULES, join(MODULES, '@tensorflow')]) {
    const to = from === MODULES ? dirname(scope) : scope;
    for (const name of readdirSync(from)) {
      if (!name.startsWith('.') && !existsSync(join(to, name)) && name !== 'tfjs-node') {
        symlinkSync(join(from, name), join(to, name));
      }
    }
  }
  const made = ['deps', 'lib'].map((name) => join(INSTALLED, name));
  cpSync(INSTALLED, tfjsNodeOf(project), { recursive: true, filter: (file) => !made.includes(file) });
  writeFileSync(join(project, 'package.json'), '{"private":true}');
  return project;
};

/** Where a project's tfjs-node is. */
export const tfjsNodeOf = (project: string): string => join(project, 'node_modules', '@tensorflow', 'tfjs-node');

/** Everything in a project's tfjs-node and next to it, to see that nothing has changed. */
export const listing = (project: string): readonly string[] =>
  readdirSync(dirname(tfjsNodeOf(project)), { recursive: true, encoding: 'utf8' }).sort();

/** Whether this repository's own tfjs-node works: what `npm test` has seen to, if this machine allows it. */
export const worksHere = (): boolean => fix(path('.'), ['--check']).code === 0;

/** A cache like the one the script makes, with the library and the add-on of this repository's own tfjs-node. */
export const filledCache = (): string => {
  const cache = folder();
  const library = join(cache, 'libtensorflow-2.15.1-linux-x64');
  const headers = join(library, 'include', 'tensorflow', 'c');
  const addon = join(cache, 'tfjs-node-4.22.0-tf2.15.1-linux-x64-napi8');
  mkdirSync(headers, { recursive: true });
  mkdirSync(addon);
  writeFileSync(join(headers, 'c_api.h'), '#error "a header of the test"\n');
  const libraries = join(INSTALLED, 'deps', 'lib');
  for (const name of readdirSync(libraries)) share(join(libraries, name), join(library, name));
  cpSync(join(INSTALLED, 'lib', 'napi-v8', 'tfjs_binding.node'), join(addon, 'tfjs_binding.node'));
  return cache;
};

const share = (file: string, name: string): void => {
  try {
    linkSync(file, name);
  } catch {
    symlinkSync(file, name);
  }
};
