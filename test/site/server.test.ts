import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveSite, type Served } from '../../src/site/server.ts';
import { siteOf } from '../../src/site/site.ts';
import { exportExample } from '../browser/support/models.ts';
import { ask, raw } from './support/http.ts';
import { writeFiles, PAGE } from './support/page.ts';

let root = '';
let model = '';
let page = '';
let served: Served;
let url = '';

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'serve-'));
  model = await exportExample(root, 'digits', { sampler: true });
  page = writeFiles(join(root, 'page'), PAGE);
  writeFiles(root, {
    'secret.txt': 'secret',
    'digits/notes.txt': 'mine',
    'digits/.env': 'key',
    'digits/README.md': '# card',
  });
  served = await serveSite(() => siteOf(model, { page, engines: 'all' }));
  url = served.urls[0] ?? '';
});
afterAll(async () => {
  await served.close();
  rmSync(root, { recursive: true });
});

describe('a served model', () => {
  it('has the page at the root, its files, the model and onnxruntime-web, each under its type', async () => {
    const types = {
      '/': 'text/html; charset=utf-8',
      '/index.html?seed=3': 'text/html; charset=utf-8',
      '/assets/page-1a2b3c.js': 'text/javascript; charset=utf-8',
      '/icon.svg': 'image/svg+xml',
      '/model/model.json': 'application/json; charset=utf-8',
      '/model/decoder.onnx': 'application/octet-stream',
      '/model/README.md': 'text/markdown; charset=utf-8',
      '/ort/ort.wasm.bundle.min.mjs': 'text/javascript; charset=utf-8',
      '/ort/ort-wasm-simd-threaded.wasm': 'application/wasm',
      '/ort/worker.js': 'text/javascript; charset=utf-8',
      '/sw.js': 'text/javascript; charset=utf-8',
      '/site.json': 'application/json; charset=utf-8',
    };
    for (const [path, type] of Object.entries(types)) {
      const { status, headers } = await ask(url, path);
      expect({ path, status, type: headers['content-type'] }).toEqual({ path, status: 200, type });
    }
    expect((await ask(url, '/model/decoder.onnx')).body.equals(readFileSync(join(model, 'decoder.onnx')))).toBe(true);
  });

  it('comes with a policy, and with no guessing of types', async () => {
    for (const path of ['/', '/model/decoder.onnx', '/nothing', '/sw.js']) {
      const { headers } = await ask(url, path);
      expect(headers['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval';");
      expect(headers['content-security-policy']).toMatch(
        /default-src 'self'.*worker-src 'self'.*frame-ancestors 'none'/,
      );
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cross-origin-opener-policy']).toBeUndefined();
    }
  });

  it('is cached for ever if its name has a hash, else revalidated: unchanged, it is not sent again', async () => {
    expect((await ask(url, '/assets/page-1a2b3c.js')).headers['cache-control']).toBe(
      'public, max-age=31536000, immutable',
    );
    for (const path of ['/', '/model/model.json', '/model/decoder.onnx', '/sw.js']) {
      const { headers } = await ask(url, path);
      expect(headers['cache-control']).toBe('no-cache');
      const again = await ask(url, path, { headers: { 'If-None-Match': headers.etag ?? '' } });
      expect({ path, status: again.status, length: again.body.length }).toEqual({ path, status: 304, length: 0 });
    }
  });

  it('answers HEAD without a body, and parts of files', async () => {
    const { length } = readFileSync(join(model, 'decoder.onnx'));
    const head = await ask(url, '/model/decoder.onnx', { method: 'HEAD' });
    expect({ status: head.status, length: head.headers['content-length'], body: head.body.length }).toEqual({
      status: 200,
      length: `${length}`,
      body: 0,
    });
    expect((await ask(url, '/sw.js', { method: 'HEAD' })).body).toHaveLength(0);
    const part = await ask(url, '/model/decoder.onnx', { headers: { Range: 'bytes=100-109' } });
    expect(part.status).toBe(206);
    expect(part.headers['content-range']).toBe(`bytes 100-109/${length}`);
    expect(part.body.equals(readFileSync(join(model, 'decoder.onnx')).subarray(100, 110))).toBe(true);
    const tail = await ask(url, '/model/decoder.onnx', { headers: { Range: 'bytes=-4' } });
    expect(tail.body.equals(readFileSync(join(model, 'decoder.onnx')).subarray(-4))).toBe(true);
    const past = await ask(url, '/model/decoder.onnx', { headers: { Range: `bytes=${length}-` } });
    expect({ status: past.status, range: past.headers['content-range'] }).toEqual({
      status: 416,
      range: `bytes */${length}`,
    });
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])('does not answer %s', async (method) => {
    const { status, headers } = await ask(url, '/model/model.json', { method });
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET, HEAD' });
  });

  it.each([
    '/../secret.txt',
    '/model/../../secret.txt',
    '/model/..%2f..%2fsecret.txt',
    '/model/%2e%2e/%2e%2e/secret.txt',
    '/model/..%5c..%5csecret.txt',
    '/model/....//secret.txt',
    '//etc/passwd',
    '/%2fetc%2fpasswd',
    '/model//etc/passwd',
    '/model/decoder.onnx%00.txt',
    '/model/decoder.onnx/',
    '/model/./decoder.onnx',
    '/model/notes.txt',
    '/model/.env',
    '/model/',
    '/model',
    '/assets/',
    '/ort/ort.all.min.mjs',
    '/constructor',
  ])('has nothing at %s', async (path) => {
    const { status, body } = await ask(url, path);
    expect(status).toBe(404);
    expect(body.toString()).not.toMatch(/secret$|root:|mine|key/);
  });

  it('refuses what is no address', async () => {
    expect((await ask(url, '/%zz')).status).toBe(400);
    expect(await raw(url, 'GET secret.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 400/,
    );
    expect(await raw(url, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
  });

  it('is for pages of this machine: a name of elsewhere that points here gets nothing', async () => {
    for (const name of ['localhost:80', '127.0.0.1', '[::1]:4'])
      expect((await ask(url, '/', { headers: { Host: name } })).status).toBe(200);
    for (const name of ['evil.example', 'localhost.evil.example'])
      expect((await ask(url, '/', { headers: { Host: name } })).status).toBe(421);
  });

  it('is what it is now: a model that is exported again is served', async () => {
    const path = join(model, 'model.json');
    const text = readFileSync(path, 'utf8');
    const before = await ask(url, '/model/model.json');
    const worker = (await ask(url, '/sw.js')).body.toString();
    writeFileSync(path, JSON.stringify({ ...JSON.parse(text), name: 'other' }));
    const after = await ask(url, '/model/model.json', { headers: { 'If-None-Match': before.headers.etag ?? '' } });
    expect(JSON.parse(after.body.toString()).name).toBe('other');
    expect((await ask(url, '/sw.js')).body.toString()).not.toBe(worker);
    writeFileSync(path, text);
  });

  it('lists what belongs to it, with hashes', async () => {
    const { kind, files } = JSON.parse((await ask(url, '/site.json')).body.toString());
    expect(kind).toBe('cvae-compile site');
    for (const { file, bytes, sha256 } of files) {
      const { body } = await ask(url, `/${file}`);
      expect({ file, bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') }).toEqual({
        file,
        bytes,
        sha256,
      });
    }
  });

  it('keeps what a visit needs without a network, and no more: WebAssembly in place of ONNX files and onnxruntime-web', async () => {
    const text = (await ask(url, '/sw.js')).body.toString();
    const { files } = JSON.parse(/^self\.SITE = (.*);$/m.exec(text)?.[1] ?? '');
    expect(files).toEqual(expect.arrayContaining(['./', 'engines.json', 'model/model.json', 'model/model.wasm']));
    expect(files.filter((file: string) => /\.onnx|^ort\/|sw\.js|site\.json|index\.html|LICENSES/.test(file))).toEqual(
      [],
    );
  });

  it('can be isolated, for threads', async () => {
    const isolated = await serveSite(() => siteOf(model, { page, engines: 'all' }), { isolate: true });
    const { headers } = await ask(isolated.urls[0] ?? '', '/');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
    await isolated.close();
  });
});

describe('where it listens', () => {
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one?.family === 'IPv4' && !one.internal);

  it.skipIf(others.length === 0)('is this machine only, unless another is given', async () => {
    const { port } = new URL(url);
    const outside = `http://${others[0]?.address}:${port}`;
    await expect(ask(outside, '/')).rejects.toThrow('ECONNREFUSED');
    const open = await serveSite(() => siteOf(model, { page, engines: 'all' }), { host: '0.0.0.0' });
    const theirs = open.urls.find((one) => one.includes(others[0]?.address ?? '-'));
    expect((await ask(theirs ?? '', '/')).status).toBe(200);
    await open.close();
  });

  it('is a free port, and one that is taken is reported', async () => {
    const second = await serveSite(() => siteOf(model, { page, engines: 'all' }));
    expect(second.urls[0]).not.toBe(url);
    await second.close();
    const port = Number(new URL(url).port);
    await expect(serveSite(() => siteOf(model, { page, engines: 'all' }), { port })).rejects.toThrow(
      `--port ${port}: expected a port that is free, got one that another program has; choose another, or leave --port out`,
    );
    await expect(serveSite(() => siteOf(model, { page, engines: 'all' }), { port: 99999 })).rejects.toThrow(
      /^--port 99999: expected a port from 1 to 65535, got another number; choose one of these$/,
    );
    await expect(serveSite(() => siteOf(model, { page, engines: 'all' }), { host: '192.0.2.1' })).rejects.toThrow(
      /^--host 192\.0\.2\.1: expected an address of this machine, got another \(E\w+\); leave --host out$/,
    );
  });
});

describe('what is wrong with a folder is reported in a sentence', () => {
  const broken = async (change: (folder: string) => void): Promise<string> => {
    const folder = await exportExample(mkdtempSync(join(root, 'broken-')), 'digits', { sampler: true });
    change(folder);
    return siteOf(folder, { page, engines: 'all' }).then(
      () => 'nothing',
      (error: Error) => `${error.name}: ${error.message.replaceAll(folder, 'FOLDER')}`,
    );
  };

  it('for a link to elsewhere, also where what it leads to has the right size', async () => {
    const said = await broken((folder) => {
      renameSync(join(folder, 'decoder.onnx'), join(root, 'elsewhere.onnx'));
      symlinkSync(join(root, 'elsewhere.onnx'), join(folder, 'decoder.onnx'));
    });
    expect(said).toMatch(
      /^InvalidFile: FOLDER.decoder\.onnx: expected a file of \d+ bytes, .* got a link to another folder; export the model again$/,
    );
  });

  it('for a card that is a link: it is left out', async () => {
    const folder = await exportExample(mkdtempSync(join(root, 'card-')), 'digits');
    symlinkSync(join(root, 'secret.txt'), join(folder, 'README.md'));
    expect((await siteOf(folder, { page, engines: 'all' })).has('model/README.md')).toBe(false);
  });

  it('for files that are missing, or of another length', async () => {
    expect(await broken((folder) => rmSync(join(folder, 'sampler.onnx')))).toMatch(
      /sampler\.onnx: expected .* got none;/,
    );
    expect(await broken((folder) => writeFileSync(join(folder, 'decoder.onnx'), 'x'))).toMatch(/ got 1; /);
    expect(
      await broken((folder) => {
        rmSync(join(folder, 'decoder.onnx'));
        mkdirSync(join(folder, 'decoder.onnx'));
      }),
    ).toMatch(/ got something else; /);
  });

  it('for other files of a package: those that are listed and lie there are served, whatever else is listed is not', async () => {
    const folder = await exportExample(mkdtempSync(join(root, 'package-')), 'digits');
    const path = join(folder, 'model.json');
    writeFiles(folder, { 'index.js': 'export {};', '.hidden': 'key' });
    symlinkSync(join(root, 'secret.txt'), join(folder, 'linked.js'));
    const listed = ['index.js', '.hidden', 'linked.js', '../secret.txt', 'missing.js'];
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), package: listed }));
    const names = [...(await siteOf(folder, { page, engines: 'all' })).keys()].filter((name) =>
      name.startsWith('model/'),
    );
    expect(names.sort()).toEqual(
      ['decoder.onnx', 'index.js', 'model.json', 'model.wasm'].map((name) => `model/${name}`),
    );
  });

  it('not for an export by an earlier version, whose sampler is served with the rest, nor for one without', async () => {
    const old = fileURLToPath(new URL('../training/old', import.meta.url));
    const plain = await exportExample(mkdtempSync(join(root, 'plain-')), 'digits');
    for (const [folder, expected] of [
      [old, ['decoder', 'prior', 'sampler']],
      [plain, ['decoder']],
    ] as const) {
      const names = [...(await siteOf(folder, { page, engines: 'all' })).keys()].filter((name) =>
        /^model\/.*\.onnx$/.test(name),
      );
      expect(names.filter((name) => !name.endsWith('train.onnx')).sort()).toEqual(
        expected.map((name) => `model/${name}.onnx`),
      );
    }
  });

  it('where there is no page yet', async () => {
    await expect(siteOf(model, { page: join(root, 'nowhere') })).rejects.toThrow(
      /nowhere: expected the page that shows models, got none; run npm run build$/,
    );
  });

  it('while it is served: the answer is an error, and the server continues', async () => {
    const path = join(model, 'model.json');
    renameSync(path, `${path}.away`);
    const { status, body } = await ask(url, '/model/model.json');
    expect(status).toBe(500);
    expect(body.toString()).toMatch(/expected the folder of an exported model, got none with a model\.json/);
    renameSync(`${path}.away`, path);
    utimesSync(path, new Date(), new Date());
    expect((await ask(url, '/')).status).toBe(200);
  });
});
