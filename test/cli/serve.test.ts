import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../src/export/compile.ts';
import { withModule } from '../../src/export/module/module-files.ts';
import { write } from '../../src/export/write.ts';
import { examples, exportExample } from '../browser/support/models.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { ask } from '../site/support/http.ts';
import { cli, temporary } from './support/cli.ts';

const root = temporary();
let model = '';
beforeAll(async () => {
  model = await exportExample(root, 'digits');
});

const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Digits with their module, which is made once. */
let withWasm: Promise<string> | undefined;
const wasmExport = (): Promise<string> => (withWasm ??= writeWasm());
const writeWasm = async (): Promise<string> => {
  const definition = await examples()['digits']?.();
  if (!definition) throw new Error('there is no example digits');
  const out = join(root, 'wasm');
  const compiled = await withModule(compile(definition, trainedWeights(definition), { name: 'digits' }));
  await write(out, compiled, async () => undefined);
  return out;
};

/** Starts the command as a shell does; gives its first line of JSON, and how it ends. */
const start = async (...words: readonly string[]) => {
  const child = spawn(process.execPath, [BIN, 'serve', ...words, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let err = '';
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  const line = new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk))));
  const { urls }: { urls: readonly string[] } = JSON.parse(await Promise.race([line, ended.then(() => '{"urls":[]}')]));
  return { child, url: urls[0] ?? '', ended, err: () => err };
};

describe('serve', () => {
  test('shows a model, says where, and ends well with Ctrl-C, also while a page is open', async () => {
    const { child, url, ended, err } = await start(model);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(err()).toBe(`digits is shown at ${url}; Ctrl-C ends it\n`);
    const { status, body } = await ask(url, '/', { headers: { Connection: 'keep-alive' } });
    expect({ status, page: body.toString() }).toEqual({ status: 200, page: expect.stringContaining('<div id="app">') });
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    await expect(ask(url, '/')).rejects.toThrow('ECONNREFUSED');
  });

  test('takes the port that it is given; another that wants the same says so', async () => {
    const first = await start(model);
    const { port } = new URL(first.url);
    const { code, out, err } = await cli('serve', model, '--port', port);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      `error: --port ${port}: expected a port that is free, got one that another program has; choose another, or leave --port out\n`,
    );
    const second = await start(model);
    expect(second.url).not.toBe(first.url);
    first.child.kill('SIGINT');
    await first.ended;
    const third = await start(model, '--port', port);
    expect(third.url).toBe(first.url);
  });

  test.each<readonly [string, () => string, RegExp]>([
    [
      'a folder that is not there',
      () => join(root, 'nowhere'),
      /nowhere: expected the folder of an exported model, got none with a model\.json; export a model into it$/,
    ],
    [
      'a folder of another kind',
      () => root,
      /: expected the folder of an exported model, got none with a model\.json; /,
    ],
    [
      'a model of a later version',
      () => {
        const folder = join(root, 'future');
        cpSync(model, folder, { recursive: true });
        const path = join(folder, 'model.json');
        writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), format: 99 }));
        return folder;
      },
      /model\.json: expected format 2, the newest that this version reads, got 99, a version from the future; update cvae-compile$/,
    ],
    [
      'a model.json that is cut off',
      () => {
        const folder = join(root, 'cut');
        cpSync(model, folder, { recursive: true });
        writeFileSync(join(folder, 'model.json'), readFileSync(join(model, 'model.json')).subarray(0, 100));
        return folder;
      },
      /model\.json: expected JSON that describes an exported model, got text that is not JSON, or cut off; export the model again$/,
    ],
  ])('says in a sentence what is wrong with %s', async (_, folder, sentence) => {
    for (const more of [[], ['--build', join(root, 'unbuilt')]]) {
      const { code, out, err } = await cli('serve', folder(), ...more);
      expect({ code, out, lines: err.trimEnd().split('\n').length }).toEqual({ code: 1, out: '', lines: 1 });
      expect(err.trimEnd()).toMatch(/^error: /);
      expect(err.trimEnd()).toMatch(sentence);
    }
    expect(existsSync(join(root, 'unbuilt'))).toBe(false);
  });
});

describe('serve --build', () => {
  const site = join(root, 'sites', 'digits');
  const build = (...more: readonly string[]) => cli('serve', model, '--build', site, ...more);
  const all = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) =>
        join(parentPath, name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/'),
      )
      .sort();

  test('writes a site that is whole, with its policy in the page', async () => {
    const { code, out, err } = await build('--json');
    const files = all(site);
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, out: site, files: files.length });
    expect(err).toMatch(/^wrote \S+: \d+ files, [\d.]+ MB; /);
    expect(files).toEqual(
      expect.arrayContaining([
        'index.html',
        'sw.js',
        'site.json',
        'model/model.json',
        'model/model.wasm',
        'engines.json',
      ]),
    );
    const html = readFileSync(join(site, 'index.html'), 'utf8');
    expect(html).toMatch(
      /<head>\s*<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; /,
    );
    expect(html).not.toContain('frame-ancestors');
    // Nothing is looked for at the root of a host, where the site may not lie.
    expect(html.match(/(?:src|href)="(?!\.\/)[^"]*"/g)).toBeNull();
    expect(readdirSync(join(root, 'sites'))).toEqual(['digits']);
  });

  test('is the same each time, and takes the place of the one before', async () => {
    const before = all(site).map((file) => readFileSync(join(site, file), 'base64'));
    expect(await build()).toMatchObject({ code: 0 });
    expect(all(site).map((file) => readFileSync(join(site, file), 'base64'))).toEqual(before);
    const other = await exportExample(join(root, 'other'), 'article');
    expect(await cli('serve', other, '--build', site)).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(join(site, 'model', 'model.json'), 'utf8')).name).toBe('article');
    expect(await build()).toMatchObject({ code: 0 });
    expect(all(site).map((file) => readFileSync(join(site, file), 'base64'))).toEqual(before);
  });

  test.each<readonly [string, () => string, RegExp]>([
    [
      'a folder of something else',
      () => {
        mkdirSync(join(root, 'mine'));
        writeFileSync(join(root, 'mine', 'thesis.txt'), 'years of work');
        return join(root, 'mine');
      },
      /mine: expected a new folder, or one with nothing but a site that this command wrote, got one with thesis\.txt; choose another folder$/,
    ],
    [
      'a site next to which there is something else',
      () => {
        writeFileSync(join(site, 'CNAME'), 'example.org');
        return site;
      },
      /got one with CNAME in it; /,
    ],
    [
      'a site whose page was changed',
      () => {
        cpSync(site, join(root, 'page'), { recursive: true, filter: (path) => !path.endsWith('CNAME') });
        writeFileSync(join(root, 'page', 'index.html'), '<title>mine</title>');
        return join(root, 'page');
      },
      /got one in which index\.html was changed; /,
    ],
    [
      'a site that was changed',
      () => {
        cpSync(site, join(root, 'changed'), { recursive: true, filter: (path) => !path.endsWith('CNAME') });
        writeFileSync(join(root, 'changed', 'model', 'model.wasm'), 'mine');
        return join(root, 'changed');
      },
      /got one in which model\/model\.wasm was changed; /,
    ],
    [
      'a file',
      () => join(model, 'model.json'),
      /model\.json: expected a folder to write the site to, got a file where a folder should be; /,
    ],
    ['the exported folder itself', () => model, /digits: expected a new folder, .* got one with decoder\.onnx; /],
  ])('leaves %s as it is', async (_, folder, sentence) => {
    const out = folder();
    const before = existsSync(join(out, 'index.html')) ? all(out) : undefined;
    const { code, err } = await cli('serve', model, '--build', out);
    expect(code).toBe(1);
    expect(err.trimEnd()).toMatch(sentence);
    if (before) expect(all(out)).toEqual(before);
    expect(readdirSync(root).filter((name) => name.includes('.part'))).toEqual([]);
  });

  test.each(['decoder.onnx', 'model.wasm', 'model.js', 'model.d.ts'])(
    'refuses a model whose %s is damaged, and writes nothing',
    async (file) => {
      const damaged = join(root, `damaged-${file}`);
      cpSync(await wasmExport(), damaged, { recursive: true });
      const bytes = readFileSync(join(damaged, file));
      bytes[bytes.length - 9] = (bytes.at(-9) ?? 0) ^ 1;
      writeFileSync(join(damaged, file), bytes);
      const out = join(root, 'never');
      const sentence = new RegExp(
        `^error: .*${file.replaceAll('.', '\\.')}: expected a file of SHA-256 [0-9a-f]{12}…, as model\\.json says, got [0-9a-f]{12}…; export the model again\\n$`,
      );
      for (const words of [
        ['serve', damaged, '--build', out],
        ['serve', damaged],
        ['verify', damaged],
      ]) {
        const { code, err } = await cli(...words);
        expect(code).toBe(1);
        expect(err).toMatch(sentence);
      }
      expect(existsSync(out)).toBe(false);
    },
  );

  test('takes a model whose module has no hash, as earlier versions wrote it', async () => {
    const earlier = join(root, 'earlier');
    cpSync(await wasmExport(), earlier, { recursive: true });
    const path = join(earlier, 'model.json');
    const { module, ...rest } = JSON.parse(readFileSync(path, 'utf8'));
    expect(module.map(({ file }: { file: string }) => file)).toEqual(['model.wasm', 'model.js', 'model.d.ts']);
    writeFileSync(path, JSON.stringify(rest));
    expect(await cli('verify', earlier)).toMatchObject({ code: 0 });
  });

  test('verify --check module runs the module that is there', async () => {
    const other = join(root, 'other-module');
    cpSync(await wasmExport(), other, { recursive: true });
    expect(await cli('verify', other, '--check', 'module')).toMatchObject({ code: 0 });
    // Other weights, with their hash in model.json.
    const wasm = readFileSync(join(other, 'model.wasm'));
    wasm.fill(7, Math.floor(wasm.length / 2), Math.floor(wasm.length / 2) + 4000);
    writeFileSync(join(other, 'model.wasm'), wasm);
    const path = join(other, 'model.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    manifest.module[0].sha256 = createHash('sha256').update(wasm).digest('hex');
    writeFileSync(path, JSON.stringify(manifest));
    const { code, err } = await cli('verify', other, '--check', 'module');
    expect(code).toBe(1);
    expect(err).toMatch(/^module (computes other numbers for|does not run) decoder\.onnx/);
  });

  test('writes into an empty folder that is there', async () => {
    mkdirSync(join(root, 'empty'));
    expect(await cli('serve', model, '--build', join(root, 'empty'))).toMatchObject({ code: 0 });
    expect(existsSync(join(root, 'empty', 'index.html'))).toBe(true);
  });
});
