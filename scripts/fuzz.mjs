// npm run fuzz -- …: builds, unless CVAE_BUILT says that this has been done, and runs fuzz/main.ts, which needs no build step of its own.
// `--help` shows the usage.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const jiti = createRequire(import.meta.url)
  .resolve('jiti/package.json')
  .replace('package.json', 'lib/jiti-cli.mjs');
const src = (path) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));
const env = {
  ...process.env,
  JITI_ALIAS: JSON.stringify({ 'cvae-compile/train': src('train/index.ts'), 'cvae-compile': src('index.ts') }),
};
const run = (words) => spawnSync(process.execPath, words, { cwd: root, env, stdio: 'inherit' });
const steps = [[jiti, 'fuzz/main.ts', ...process.argv.slice(2)]];
if (!process.env.CVAE_BUILT) {
  console.error('fuzz: building');
  // If tfjs-node is unavailable, the script has reported why, and TensorFlow.js in plain JavaScript is tested instead.
  run(['scripts/tfjs-node.mjs', '--quiet']);
  steps.unshift(['scripts/build.mjs']);
}
for (const words of steps) {
  const { status, signal } = run(words);
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}
