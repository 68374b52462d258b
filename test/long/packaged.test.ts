import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, listen } from '../browser/support/chromium.ts';
import { serve } from '../browser/support/server.ts';
import { ROOT, writePackage } from '../packaged/support.ts';

let project = '';
let browser: Browser;

const PAGE = (options: string): string => `import { open } from './digits/index.js';
const model = await open(${options});
const { passed } = await model.selfTest();
const { shape } = await model.sample({ digit: 7 }, { count: 2, seed: 1, draw: true });
document.title = [model.backend.name, passed ? 'proved' : 'wrong', ...shape].join(' ');
`;

// A stranger's project, away from the repository: a package, onnxruntime-web and the bundlers, nothing of this library.
beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'cvae-strangers-'));
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(ROOT, 'examples', 'bundlers', 'package.json'), 'utf8'),
  );
  const wanted = ['onnxruntime-web', 'vite', 'esbuild', 'webpack', 'webpack-cli'].map((name) => [
    name,
    dependencies[name] ?? '*',
  ]);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ type: 'module', dependencies: Object.fromEntries(wanted) }),
  );
  run('npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error');
  await writePackage(project, 'digits');
  writeFileSync(
    join(project, 'index.html'),
    '<!doctype html><title>loading</title><script type="module" src="./page.js"></script>',
  );
  writeFileSync(join(project, 'page.js'), PAGE(''));
  browser = await launch();
}, 600_000);
afterAll(async () => {
  await browser?.close();
  rmSync(project, { recursive: true, force: true });
});

const run = (command: string, ...args: readonly string[]): void => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: project, encoding: 'utf8', env: ENV });
  expect(status, `${command} ${args.join(' ')}: ${stdout}${stderr}`).toBe(0);
};
const ENV = { ...process.env, NODE_ENV: undefined };
const program = (path: string): string => join(project, 'node_modules', path);

const titleOf = async (url: string): Promise<{ title: string; workers: number }> => {
  const page = await browser.newPage();
  const said = listen(page);
  await page.goto(url);
  await page.waitForFunction('document.title !== "loading"').catch((error: unknown) => {
    throw new Error(said.join('\n'), { cause: error });
  });
  const found = { title: await page.title(), workers: page.workers().length };
  await page.close();
  return found;
};
const served = async (folder: string) => {
  const site = await serve({ folders: { '/': `${join(project, folder)}/` } });
  const found = await titleOf(`${site.url}/index.html`).finally(site.close);
  return found;
};
const PROVED = { title: 'wasm proved 2 784', workers: 1 };

describe("a stranger's page of a package", { timeout: 300_000 }, () => {
  it('is built by Vite, which copies the files it needs', async () => {
    run(process.execPath, program('vite/bin/vite.js'), 'build', '--base', './', '--outDir', 'out-vite');
    expect(await served('out-vite')).toEqual(PROVED);
  });

  it('is served by Vite in development', async () => {
    const server = spawn(process.execPath, [program('vite/bin/vite.js'), '--host', '127.0.0.1', '--port', '0'], {
      cwd: project,
      env: ENV,
    });
    const url = new Promise<string>((resolve, reject) => {
      let text = '';
      server.stdout.on('data', (chunk: Buffer) => {
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec((text += chunk.toString()));
        if (found) resolve(found[0]);
      });
      server.on('exit', () => reject(new Error(text)));
    });
    const found = await titleOf(`${await url}/`).finally(() => server.kill());
    expect(found).toEqual(PROVED);
  });

  it('is built by webpack', async () => {
    const output = { path: join(project, 'out-webpack'), filename: '[name].js' };
    const config = `export default { mode: 'production', entry: { page: './page.js' }, output: ${JSON.stringify(output)} };`;
    writeFileSync(join(project, 'webpack.config.js'), config);
    run(process.execPath, program('webpack/bin/webpack.js'));
    cpSync(join(project, 'index.html'), join(project, 'out-webpack', 'index.html'));
    expect(await served('out-webpack')).toEqual(PROVED);
  });

  it('is built by esbuild, with the files where the page says that they are', async () => {
    const out = join(project, 'out-esbuild');
    writeFileSync(join(project, 'esbuild.js'), PAGE(`{ from: './digits/', wasmPaths: './ort/' }`));
    run(
      process.execPath,
      program('esbuild/bin/esbuild'),
      'esbuild.js',
      '--bundle',
      '--format=esm',
      `--outfile=${join(out, 'page.js')}`,
    );
    cpSync(join(project, 'digits'), join(out, 'digits'), { recursive: true });
    for (const file of ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'])
      cpSync(program(`onnxruntime-web/dist/${file}`), join(out, 'ort', file));
    cpSync(join(project, 'digits', 'runtime', 'worker.js'), join(out, 'ort', 'worker.js'));
    cpSync(join(project, 'index.html'), join(out, 'index.html'));
    expect(await served('out-esbuild')).toEqual(PROVED);
  });
});
