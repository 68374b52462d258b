// npm run bench -- NAME: builds, and runs bench/NAME.ts, which needs no build step of its own.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// Modules that the benchmarks share.
const SHARED = [
  'families.ts',
  'measure.ts',
  'module-speed.ts',
  'networks.ts',
  'peers.ts',
  'serve-page.ts',
  'serve-report.ts',
  'wire.ts',
];
const names = readdirSync(new URL('../bench', import.meta.url)).filter((f) => f.endsWith('.ts') && !SHARED.includes(f));
const [name, ...rest] = process.argv.slice(2);
if (!names.includes(`${name}.ts`)) {
  console.error(`usage: npm run bench -- ${names.map((n) => n.replace('.ts', '')).join(' | ')}`);
  process.exit(2);
}
const jiti = createRequire(import.meta.url)
  .resolve('jiti/package.json')
  .replace('package.json', 'lib/jiti-cli.mjs');
// Examples import the package by its name; here that resolves to src, as for the rest of a benchmark.
const env = {
  ...process.env,
  JITI_ALIAS: JSON.stringify({
    'cvae-compile/data': fileURLToPath(new URL('../src/data/index.ts', import.meta.url)),
    'cvae-compile/train': fileURLToPath(new URL('../src/train/index.ts', import.meta.url)),
    'cvae-compile': fileURLToPath(new URL('../src/index.ts', import.meta.url)),
  }),
};
for (const words of [['scripts/build.mjs'], [jiti, `bench/${name}.ts`, ...rest]]) {
  const { status } = spawnSync(process.execPath, words, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
