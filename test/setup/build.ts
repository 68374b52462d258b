import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Projects are set up one after another, each with this file loaded anew. */
const DONE = Symbol.for('cvae-compile tests: built');

/** Builds dist/, which tests of the command line, of pages and of what is packed run, incrementally and once for all projects. */
export default function build(): void {
  if (Reflect.has(globalThis, DONE)) return;
  const script = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the build failed: see above');
  Object.defineProperty(globalThis, DONE, { value: true });
}
