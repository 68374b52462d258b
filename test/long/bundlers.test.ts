import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, createServer } from 'vite';
import { launch, listen } from '../browser/support/chromium.ts';
import { exportExample } from '../browser/support/models.ts';
import { serve } from '../browser/support/server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let project = '';
let browser: Browser;

// A project of its own, inside the repository, so that the bundlers and onnxruntime-web are found by climbing; the package
// is the one that is published, and the empty tsconfig.json keeps the repository's away.
beforeAll(async () => {
  await mkdir(join(ROOT, 'out'), { recursive: true });
  project = await mkdtemp(join(ROOT, 'out', 'bundlers-'));
  run('npm', ['pack', '--silent', '--pack-destination', project], ROOT);
  const [tarball = ''] = await readdir(project);
  await mkdir(join(project, 'node_modules'));
  run('tar', ['xzf', tarball], project);
  await cp(join(project, 'package'), join(project, 'node_modules', 'cvae-compile'), { recursive: true });
  await cp(join(ROOT, 'examples', 'bundlers'), project, { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "type": "module", "private": true }');
  await writeFile(join(project, 'tsconfig.json'), '{}');
  await exportExample(project, 'digits');
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await rm(project, { recursive: true });
});

const run = (command: string, args: readonly string[], cwd: string): void => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  expect(status, `${command} ${args.join(' ')}: ${stdout}${stderr}`).toBe(0);
};
const putModel = (folder: string) => cp(join(project, 'digits'), join(folder, 'model'), { recursive: true });

/** What a page's title becomes, whether it has a worker, and whether its canvas shows something. */
const look = async (url: string) => {
  const page = await browser.newPage();
  const said = listen(page);
  await page.goto(url);
  await page.waitForFunction('document.title !== "loading"').catch(() => undefined);
  const title = await page.title();
  const shades = await page.evaluate<number>(`(() => {
    const canvas = document.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(data).size;
  })()`);
  const workers = page.workers().length;
  await page.close();
  return { title, workers, many: shades > 20, said: title === 'loading' ? said : [] };
};
const PROVED = { title: 'wasm, proved', workers: 1, many: true, said: [] };

/** A folder as a static site, looked at. */
const lookAt = async (folders: Readonly<Record<string, string>>, path = '/index.html') => {
  const site = await serve({ folders });
  const found = await look(`${site.url}${path}`);
  await site.close();
  return found;
};

describe('a page of the example runs its model', () => {
  it('built by Vite', async () => {
    const root = join(project, 'vite');
    await putModel(join(root, 'public'));
    await build({ root, configFile: false, logLevel: 'error' });
    expect(await lookAt({ '/': `${root}/dist/` })).toEqual(PROVED);
  });

  it('as Vite serves it in development', async () => {
    const root = join(project, 'vite');
    await putModel(join(root, 'public'));
    // The packages lie further up than in a project, where no leave is needed.
    const options = { host: '127.0.0.1', port: 0, fs: { allow: [ROOT] } };
    const server = await createServer({ root, configFile: false, logLevel: 'error', server: options });
    await server.listen();
    const found = await look(server.resolvedUrls?.local[0] ?? '');
    await server.close();
    expect(found).toEqual(PROVED);
  });

  it('built by esbuild, with the assets beside it', async () => {
    const root = join(project, 'esbuild');
    run(process.execPath, ['build.mjs'], root);
    await putModel(join(root, 'dist'));
    expect(await lookAt({ '/': `${root}/dist/` })).toEqual(PROVED);
  });

  it('without a bundler, by an import map', async () => {
    const root = join(project, 'importmap');
    await putModel(root);
    const folders = {
      '/importmap/node_modules/cvae-compile/': `${project}/node_modules/cvae-compile/`,
      '/importmap/node_modules/onnxruntime-web/': `${ROOT}/node_modules/onnxruntime-web/`,
      '/': `${project}/`,
    };
    expect(await lookAt(folders, '/importmap/index.html')).toEqual(PROVED);
  });
});
