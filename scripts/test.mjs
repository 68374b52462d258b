// npm test: repairs tfjs-node if it does not work, then runs the tests. `--all` runs the long ones too; any other argument goes
// to vitest (`npm test -- test/doctor.test.ts`). The output is that of test/setup/reporter.ts.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const env = args.includes('--all') ? { ...process.env, CVAE_LONG: '1' } : process.env;
const node = (...words) => spawnSync(process.execPath, words, { cwd: root, env, stdio: 'inherit' }).status ?? 1;

// If this fails, it has reported why, and the tests that train use onnxruntime.
node('scripts/tfjs-node.mjs', '--quiet');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
process.exitCode = node(vitest, 'run', ...args.filter((each) => each !== '--all'));
