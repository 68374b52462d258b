import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { InvalidFile } from '../../src/errors.ts';
import { hubFolder } from '../../src/runtime/hub.ts';
import { open, readManifest, type LoadProgress } from '../../src/runtime/node.ts';
import { pixels } from './models.ts';
import { writeModel } from './write-model.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

let folder = '';
let cache = '';
let hub: Server;
let url = '';
/** Requests so far: their addresses, and the token that came with them. */
const asked: { readonly path: string; readonly token: string | undefined }[] = [];
/** Answers in place of a file's bytes. */
const instead = new Map<string, Uint8Array>();
const before = { ...process.env };

/**
 * Like the hub: a file of a repository is at `resolve/<revision>/`, and what is stored apart is answered by a redirection to a signed
 * address, of another host and a new one each time.
 */
const answer = async (request: IncomingMessage): Promise<{ status: number; body?: Uint8Array; location?: string }> => {
  const path = request.url ?? '';
  asked.push({ path, token: request.headers.authorization });
  const [, revision, file = ''] = /^\/lab\/pixels\/resolve\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const [, stored, plain] = [
    ...(/^\/cdn\/([^?]+)\?signature=/.exec(path) ?? ['', '']),
    /^\/plain\/(.+)$/.exec(path)?.[1],
  ];
  if (revision !== undefined && !['main', 'refs%2Fpr%2F1', COMMIT].includes(revision)) return { status: 404 };
  if (revision !== undefined && file.endsWith('.onnx')) {
    const { port } = hub.address() as AddressInfo;
    return { status: 302, location: `http://localhost:${port}/cdn/${file}?signature=${asked.length}` };
  }
  const name = revision !== undefined ? file : (plain ?? stored);
  if (!name) return { status: 401 };
  const body = instead.get(name) ?? (await readFile(join(folder, name)).catch(() => undefined));
  return body ? { status: 200, body } : { status: 404 };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cvae-hub-'));
  cache = await mkdtemp(join(tmpdir(), 'cvae-cache-'));
  await writeModel(folder, pixels);
  hub = createServer(async (request, response) => {
    const { status, body, location } = await answer(request);
    response.writeHead(status, { ...(location && { location }), ...(body && { 'content-length': body.length }) });
    response.end(body);
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
  Object.assign(process.env, { CVAE_CACHE: cache, HF_ENDPOINT: `${url}/`, HF_TOKEN: 'secret' });
});
afterEach(async () => {
  asked.length = 0;
  instead.clear();
  await rm(cache, { recursive: true, force: true });
});
afterAll(async () => {
  for (const name of ['CVAE_CACHE', 'HF_ENDPOINT', 'HF_TOKEN'])
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  await new Promise((resolve) => hub.close(resolve));
  await rm(folder, { recursive: true });
});

const GIVEN = { digit: 'one', size: 1 };
const drawn = async (address: string | URL, options = {}): Promise<Float32Array> => {
  const model = await open(address, options);
  const { data } = await model.sample(GIVEN, { count: 3, seed: 1 });
  await model.close();
  return data;
};

describe('opening an address in Node', () => {
  it('is opening the folder that lies there', async () => {
    const expected = await drawn(folder);
    expect(await drawn(`${url}/plain`)).toEqual(expected);
    expect(await drawn(new URL(`${url}/plain/`))).toEqual(expected);
    expect(await drawn('hf:lab/pixels')).toEqual(expected);
    expect(await drawn('hf:lab/pixels@refs/pr/1')).toEqual(expected);
    expect(await readManifest('hf:lab/pixels')).toEqual(await readManifest(folder));
  });

  it('sends a token to the hub, and to nobody else', async () => {
    await drawn('hf:lab/pixels');
    expect(asked.filter(({ path }) => path.startsWith('/lab/')).every(({ token }) => token === 'Bearer secret')).toBe(
      true,
    );
    expect(asked.filter(({ path }) => path.startsWith('/cdn/')).map(({ token }) => token)).not.toContain(
      'Bearer secret',
    );
    expect(asked.filter(({ path }) => path.startsWith('/cdn/')).length).toBeGreaterThan(0);
    await drawn(`${url}/plain`, { keep: false });
    expect(asked.find(({ path }) => path.startsWith('/plain/'))?.token).toBeUndefined();
  });

  it('asks the second time for model.json alone, and for nothing of a commit', async () => {
    await drawn('hf:lab/pixels');
    asked.length = 0;
    await drawn('hf:lab/pixels');
    expect(asked.map(({ path }) => path)).toEqual(['/lab/pixels/resolve/main/model.json']);
    await drawn(`hf:lab/pixels@${COMMIT}`);
    asked.length = 0;
    await drawn(`hf:lab/pixels@${COMMIT}`);
    expect(asked).toEqual([]);
  });

  it('downloads again what has changed in the cache, and leaves nothing there where that is asked for', async () => {
    const expected = await drawn('hf:lab/pixels');
    const models = join(cache, 'models');
    const names = await readdir(models);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) await writeFile(join(models, name), 'other bytes');
    expect(await drawn('hf:lab/pixels')).toEqual(expected);
    await rm(cache, { recursive: true });
    await drawn('hf:lab/pixels', { keep: false });
    await expect(readdir(cache)).rejects.toThrow('ENOENT');
  });

  it('reports progress', async () => {
    const seen: LoadProgress[] = [];
    await drawn(`${url}/plain`, { onProgress: (one: LoadProgress) => seen.push(one) });
    const { files } = await readManifest(folder);
    for (const { file, bytes } of Object.values(files))
      expect(seen.findLast((one) => one.file === file)).toEqual({ file, loaded: bytes, total: bytes });
  });

  it('works without a network where it did before, and says so where not', async () => {
    const expected = await drawn('hf:lab/pixels');
    // A port that nobody listens on any more.
    const gone = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => gone.once('listening', resolve));
    const nowhere = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
    await new Promise((resolve) => gone.close(resolve));
    process.env['HF_ENDPOINT'] = nowhere;
    try {
      await expect(open('hf:lab/pixels')).rejects.toThrow(
        new InvalidFile(
          `${nowhere}/lab/pixels/resolve/main/model.json: expected the model.json of an exported model, got no answer (ECONNREFUSED); correct the name or the revision, or set HF_TOKEN for a private model`,
        ),
      );
    } finally {
      process.env['HF_ENDPOINT'] = url;
    }
    hub.closeAllConnections();
    const { port } = hub.address() as AddressInfo;
    await new Promise((resolve) => hub.close(resolve));
    try {
      expect(await drawn('hf:lab/pixels')).toEqual(expected);
    } finally {
      await new Promise<void>((resolve) => hub.listen(port, '127.0.0.1', resolve));
    }
  });
});

describe('an address without a model is refused in one sentence', () => {
  it.each([
    [
      'hf:lab/nothing',
      /nothing\/resolve\/main\/model\.json: expected the model\.json of an exported model, got 401 Unauthorized; correct the name or the revision, or set HF_TOKEN for a private model$/,
    ],
    ['hf:lab/pixels@no-such', /no-such\/model\.json: expected .*, got 404 Not Found; correct the name or the revision/],
    [
      'hf:lab',
      /^hf:lab: expected hf:owner\/name, hf:owner\/name@revision or hf:owner\/name\/folder, got other text; correct it$/,
    ],
  ])('%s', async (address, message) => {
    await expect(open(address)).rejects.toThrow(message);
  });

  // URLs take all of these as steps to the folder above, or as none.
  it.each([
    'hf:lab/..',
    'hf:lab/.',
    'hf:../pixels',
    'hf://./pixels',
    'hf:lab/pixels/../../x',
    'hf:lab/pixels/a/..',
    'hf:lab/pixels/./a@main',
    'hf:lab/pixels/..@main',
    'hf:lab/pixels/%2e%2E/x',
    'hf:lab/pixels/.%2e/x',
    'hf:lab/pixels/a\\..\\..\\x',
    'hf:lab/pixels/.\t./x',
    'hf:lab/pixels@..',
    'hf:lab/pixels@.',
  ])('%j would leave the repository, and nothing is asked for', async (address) => {
    const before = asked.length;
    await expect(open(address)).rejects.toThrow(
      'expected hf:owner/name, hf:owner/name@revision or hf:owner/name/folder, got other text; correct it',
    );
    expect(asked).toHaveLength(before);
  });

  it('names with dots are names', () => {
    expect(hubFolder('hf:lab/a..b/v1.0/...@v1.0.1').url.href).toMatch(
      /\/lab\/a\.\.b\/resolve\/v1\.0\.1\/v1\.0\/\.\.\.\/$/,
    );
  });

  it('a file of another hash, or of another length, is not kept', async () => {
    const { files } = await readManifest(folder);
    const { file = '', bytes = 0 } = files.decoder ?? {};
    const own = new Uint8Array(await readFile(join(folder, file)));
    own[own.length - 1] = (own.at(-1) ?? 0) ^ 1;
    instead.set(file, own);
    await expect(open(`${url}/plain`)).rejects.toThrow(
      new InvalidFile(
        `${url}/plain/${file}: expected the file of ${bytes} bytes that model.json lists, got other ones, of another SHA-256; export the model again, and put the whole folder there`,
      ),
    );
    instead.set(file, own.subarray(1));
    await expect(open(`${url}/plain`)).rejects.toThrow(
      `that model.json lists, got ${bytes - 1}; export the model again`,
    );
    instead.clear();
    expect((await drawn(`${url}/plain`)).length).toBeGreaterThan(0);
  });

  it('an abort ends it with its reason', async () => {
    const reason = new Error('enough');
    await expect(open(`${url}/plain`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const opening = open(`${url}/plain`, { signal: controller.signal, onProgress: () => controller.abort(reason) });
    await expect(opening).rejects.toBe(reason);
  });
});
