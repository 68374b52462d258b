import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command line's tests run what users run, `dist/`, so it is built (incrementally) before any test. */
export default function build(): void {
  const script = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the build failed: see above');
}
