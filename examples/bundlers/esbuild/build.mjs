// esbuild does not follow `new URL(…, import.meta.url)`: the one step is to copy the worker and the WebAssembly, and to say
// where they are (page.js).
import { spawnSync } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

await build({
  entryPoints: ['page.js'],
  bundle: true,
  format: 'esm',
  splitting: true,
  minify: true,
  outdir: 'dist',
});
await cp('index.html', 'dist/index.html');
const cli = fileURLToPath(new URL('./cli/bin.js', import.meta.resolve('cvae-compile')));
const { status } = spawnSync(process.execPath, [cli, 'assets', '--out', 'dist/cvae'], { stdio: 'inherit' });
process.exitCode = status ?? 1;
