import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, listen } from '../browser/support/chromium.ts';
import { exportExample } from '../browser/support/models.ts';
import { serve } from '../browser/support/server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let project = '';
let browser: Browser;

// A project as a user has it: the examples and their package.json, in a folder away from the repository, with the bundlers
// from the registry (some 20 seconds) and the package as it is published.
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'cvae-bundlers-'));
  await cp(join(ROOT, 'examples', 'bundlers'), project, { recursive: true });
  run('npm', ['pack', '--silent', '--pack-destination', project], ROOT);
  const tarball = (await readdir(project)).find((file) => file.endsWith('.tgz')) ?? '';
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `./${tarball}`], project);
  await exportExample(project, 'digits');
  browser = await launch();
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await rm(project, { recursive: true, force: true });
});

const run = (command: string, args: readonly string[], cwd: string): void => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env: ENV });
  expect(status, `${command} ${args.join(' ')}: ${stdout}${stderr}`).toBe(0);
};
const ENV = { ...process.env, NODE_ENV: undefined, NEXT_TELEMETRY_DISABLED: '1' };
const putModel = (folder: string) => cp(join(project, 'digits'), join(folder, 'model'), { recursive: true });
/** A command of the project's own bundlers. */
const script = (name: string): string =>
  join(project, 'node_modules', { vite: 'vite/bin/vite.js', next: 'next/dist/bin/next' }[name] ?? `.bin/${name}`);

/** What a page's title becomes, whether it has a worker, whether its canvas was served, and whether it shows something. */
const look = async (url: string) => {
  const page = await browser.newPage();
  const said = listen(page);
  const served = (await (await page.goto(url))?.text()) ?? '';
  await page.waitForFunction('document.title !== "loading"').catch(() => undefined);
  const title = await page.title();
  const shades = await page.evaluate<number>(`(() => {
    const canvas = document.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(data).size;
  })()`);
  const workers = page.workers().length;
  await page.close();
  return {
    title,
    workers,
    many: shades > 20,
    served: served.includes('<canvas'),
    said: title === 'loading' ? said : [],
  };
};
const PROVED = { title: 'wasm, proved', workers: 1, many: true, served: true, said: [] };

/** A folder as a static site, looked at. */
const lookAt = async (folder: string, path = '/index.html') => {
  const site = await serve({ folders: { '/': `${folder}/` } });
  const found = await look(`${site.url}${path}`);
  await site.close();
  return found;
};

/** A server of a bundler's own, looked at once it has printed its address. */
const lookThrough = async (command: string, args: readonly string[]) => {
  const server = spawn(process.execPath, [script(command), ...args], { cwd: project, env: ENV });
  const printed = new Promise<string>((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec((text += chunk.toString()));
      if (found?.[1] !== undefined && found[1] !== '0') resolve(found[0]);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.on('exit', () => reject(new Error(`${command} ended: ${text}`)));
  });
  try {
    return await look(`${await printed}/`);
  } finally {
    server.removeAllListeners('exit');
    server.kill();
    await new Promise((resolve) => server.on('exit', resolve));
  }
};

describe('a page of the example runs its model', { timeout: 300_000 }, () => {
  it('built by Vite', async () => {
    await putModel(join(project, 'vite', 'public'));
    run(process.execPath, [script('vite'), 'build', 'vite'], project);
    expect(await lookAt(join(project, 'vite', 'dist'))).toEqual(PROVED);
  });

  it('as Vite serves it in development', async () => {
    await putModel(join(project, 'vite', 'public'));
    expect(await lookThrough('vite', ['vite', '--host', '127.0.0.1', '--port', '0'])).toEqual(PROVED);
  });

  it('built by esbuild, with the assets next to it', async () => {
    run('npm', ['run', '--silent', 'esbuild'], project);
    await putModel(join(project, 'esbuild', 'dist'));
    expect(await lookAt(join(project, 'esbuild', 'dist'))).toEqual(PROVED);
  });

  it('built by webpack', async () => {
    run('npm', ['run', '--silent', 'webpack'], project);
    await putModel(join(project, 'webpack'));
    expect(await lookAt(join(project, 'webpack'))).toEqual(PROVED);
  });

  it.each(['--turbopack', '--webpack'])(
    'built by Next.js with %s, which renders it on the server first',
    async (how) => {
      await putModel(join(project, 'next', 'public'));
      run(process.execPath, [script('next'), 'build', 'next', how], project);
      expect(await lookThrough('next', ['start', 'next', '-H', '127.0.0.1', '-p', '0'])).toEqual(PROVED);
    },
  );

  it('as Next.js serves it in development', async () => {
    await putModel(join(project, 'next', 'public'));
    expect(await lookThrough('next', ['dev', 'next', '-H', '127.0.0.1', '-p', '0'])).toEqual(PROVED);
  });

  it('without a bundler, by an import map', async () => {
    await putModel(join(project, 'importmap'));
    expect(await lookAt(project, '/importmap/index.html')).toEqual(PROVED);
  });
});
