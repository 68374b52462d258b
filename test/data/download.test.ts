import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { mirrorOf, readArchive, type Archive } from '../../src/data/archive.ts';
import { download, type DownloadOptions } from '../../src/data/download.ts';
import { encodeIdx } from '../../src/data/idx.ts';
import { showProgress, type DataProgress } from '../../src/data/progress.ts';
import { InvalidFile, Unavailable } from '../../src/errors.ts';
import { stream, uniforms } from '../../src/random.ts';

// Noise, so that the gzip is large enough to arrive in pieces.
const noise = Uint8Array.from(uniforms(stream(1, 'noise'), 1, 200_000), (value) => value * 256);
const plain = encodeIdx([noise.length], noise);
const zipped = gzipSync(plain);

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let origin = '';
/** What the server does, request after request; the last answer serves all further ones. */
let answers: Answer[] = [];
let requests: IncomingMessage[] = [];
let folder = '';

const listen = async (made: Server): Promise<string> => {
  await new Promise<void>((done) => made.listen(0, '127.0.0.1', done));
  const address = made.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
};
const close = (made: Server): Promise<unknown> => {
  made.closeAllConnections();
  return new Promise((done) => made.close(done));
};

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  });
  origin = `http://${await listen(server)}`;
});
afterAll(() => close(server));
beforeEach(async () => {
  [answers, requests] = [[], []];
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  for (const name of [
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
    'CVAE_DATA',
    'CVAE_DATA_MIRROR',
  ])
    // prettier-ignore
    vi.stubEnv(name, undefined);
  vi.stubEnv('CVAE_CACHE', folder);
  vi.stubEnv('CVAE_TEST_MIRROR', `${origin}/noise/`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const whole: Answer = (_, response) => response.writeHead(200, { 'content-length': zipped.length }).end(zipped);
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end('no');
const sending =
  (bytes: Uint8Array | string): Answer =>
  (_, response) =>
    response.end(bytes);
/** Sends some bytes of the whole and breaks the connection. */
const breaking =
  (count: number, headers: Readonly<Record<string, string>> = { etag: '"1"' }): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-length': String(zipped.length), ...headers });
    response.write(zipped.subarray(0, count), () => setTimeout(() => response.destroy(), 50));
  };
/** Serves the rest where a range is asked for. */
const ranged: Answer = (request, response) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const rest = zipped.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length, etag: '"1"' }).end(rest);
};

const archive: Archive = {
  name: 'Noise',
  folder: 'noise',
  variable: 'CVAE_TEST_MIRROR',
  mirror: 'http://mirror.invalid/noise',
  sums: { 'train-noise': createHash('md5').update(plain).digest('hex') },
};
const options: DownloadOptions = { name: 'Noise', remedy: 'try later', pause: 1, patience: 5_000 };
const get = (change: Partial<DownloadOptions> = {}) => download(`${origin}/file`, { ...options, ...change });

describe('a download', () => {
  it('gives the bytes and reports how far it is', async () => {
    answers = [whole];
    const seen: DataProgress[] = [];
    const bytes = await get({ progress: (at) => seen.push(at) });
    expect(bytes.equals(zipped)).toBe(true);
    expect(seen.at(-1)).toEqual({ file: 'Noise', received: zipped.length, total: zipped.length, state: 'done' });
    expect(seen.map(({ received }) => received)).toEqual(seen.map(({ received }) => received).sort((a, b) => a - b));
  });

  it('follows a redirection', async () => {
    answers = [status(302, { location: '/elsewhere' }), whole];
    expect((await get()).equals(zipped)).toBe(true);
    expect(requests[1]?.url).toBe('/elsewhere');
  });

  it('takes a broken connection up where it broke', async () => {
    answers = [breaking(100_000), ranged];
    const bytes = await get();
    expect(bytes.equals(zipped)).toBe(true);
    const from = Number(/^bytes=(\d+)-$/.exec(requests[1]?.headers.range ?? '')?.[1]);
    expect(from).toBeGreaterThan(0);
    expect(requests[1]?.headers['if-range']).toBe('"1"');
  });

  it('starts again where the server has no ranges, no version, or another version', async () => {
    answers = [breaking(100_000), whole];
    expect((await get()).equals(zipped)).toBe(true);
    answers = [breaking(100_000, {}), whole];
    requests = [];
    expect((await get()).equals(zipped)).toBe(true);
    expect(requests[1]?.headers.range).toBeUndefined();
    answers = [breaking(100_000), status(416), whole];
    expect((await get()).equals(zipped)).toBe(true);
  });

  it('retries temporary failures, waiting as long as the answer says', async () => {
    answers = [status(503, { 'retry-after': '0' }), status(429), whole];
    expect((await get()).equals(zipped)).toBe(true);
    expect(requests.length).toBe(3);
  });

  it('does not retry permanent failures', async () => {
    answers = [status(404)];
    const failed = get();
    await expect(failed).rejects.toThrow(Unavailable);
    await expect(failed).rejects.toThrow(`Noise: expected ${origin}/file to give the file, got status 404; try later`);
    expect(requests.length).toBe(1);
  });

  it('gives up in the end, and says why', async () => {
    answers = [status(500)];
    await expect(get({ attempts: 3 })).rejects.toThrow(/got status 500; try later$/);
    expect(requests.length).toBe(3);
    answers = [breaking(1000)];
    await expect(get({ attempts: 2 })).rejects.toThrow(/got .+; try later$/);
    const refused = download('http://127.0.0.1:1/file', { ...options, attempts: 2 });
    await expect(refused).rejects.toThrow(/got a refused connection; try later$/);
    await expect(download('not an address', options)).rejects.toThrow(/got an address that is none; try later$/);
    const nowhere = download('http://host.invalid/file', { ...options, attempts: 1 });
    await expect(nowhere).rejects.toThrow(/http:\/\/host\.invalid\/file to give the file, got .+; try later$/);
  });

  it('does not wait for ever for a server that falls silent', async () => {
    answers = [
      (_, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('some');
      },
    ];
    await expect(get({ attempts: 1, patience: 100 })).rejects.toThrow(
      /got a connection that fell silent after 4 bytes; try later$/,
    );
    answers = [() => undefined];
    await expect(get({ attempts: 1, patience: 100 })).rejects.toThrow(/got no answer in time; try later$/);
  });

  it('stops when it is asked to, also between attempts', async () => {
    const reason = new Error('enough');
    for (const first of [() => undefined, status(503, { 'retry-after': '10' })] satisfies Answer[]) {
      const controller = new AbortController();
      answers = [
        (request, response) => {
          first(request, response);
          setTimeout(() => controller.abort(reason), 50);
        },
      ];
      await expect(get({ signal: controller.signal })).rejects.toBe(reason);
    }
  });

  it('goes through the proxy that the environment names, unless asked not to', async () => {
    const proxied: string[] = [];
    const proxy = createServer((request, response) => {
      proxied.push(request.url ?? '');
      whole(request, response);
    });
    proxy.on('connect', (request, socket) => {
      proxied.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const there = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        there.pipe(socket).pipe(there);
      });
    });
    vi.stubEnv('HTTP_PROXY', `http://${await listen(proxy)}`);
    answers = [whole];
    expect((await get()).equals(zipped)).toBe(true);
    expect(proxied.length).toBe(1);
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    expect((await get()).equals(zipped)).toBe(true);
    expect(proxied.length).toBe(1);
    await close(proxy);
  });
});

describe('progress', () => {
  const shown = async (isTTY: boolean, change: Partial<DownloadOptions> = {}): Promise<string> => {
    const stream = Object.assign(new PassThrough(), { isTTY });
    await get({ progress: await showProgress(stream), ...change }).catch(() => undefined);
    return String(stream.read() ?? '');
  };

  it('is two lines where no terminal is', async () => {
    answers = [whole];
    expect(await shown(false)).toBe('Noise: downloading 0.2 MB\nNoise: 0.2 MB received\n');
    answers = [status(404)];
    expect(await shown(false)).toBe('');
    answers = [breaking(1000)];
    expect(await shown(false, { attempts: 2 })).toBe('Noise: downloading 0.2 MB\n');
  });

  it('is a bar on a terminal, which ends its line also when the download fails', async () => {
    answers = [whole];
    expect(await shown(true)).toMatch(/Noise .* 100% of 0\.2 MB[^\n]*\n[^\n]*$/s);
    answers = [status(404)];
    expect(await shown(true)).toBe('');
    answers = [breaking(1000)];
    expect(await shown(true, { attempts: 1 })).toMatch(/Noise .*%[^\n]*\n[^\n]*$/s);
  });
});

describe('an archive', () => {
  const read = () => readArchive(archive, 'train-noise', { progress: false });
  const isNoise = async () => Buffer.from((await read()).data).equals(noise);
  const kept = () => readdir(join(folder, 'noise')).catch(() => []);

  it('is downloaded once, verified, and then read from the cache', async () => {
    answers = [whole];
    expect(await isNoise()).toBe(true);
    expect(requests[0]?.url).toBe('/noise/train-noise.gz');
    expect(await kept()).toEqual(['train-noise.gz']);
    expect((await read()).shape).toEqual([noise.length]);
    expect(requests.length).toBe(1);
  });

  it.each<readonly [string, Uint8Array | string, RegExp]>([
    ['truncated', zipped.subarray(0, 5000), /expected a whole gzip file, got one that is truncated \(5000 bytes\)/],
    ['corrupt', Buffer.from(zipped).fill(0, 3000, 3100), /expected a whole gzip file, got one that is damaged/],
    ['a page of HTML', '<html>Please log in</html>', /expected a gzip file, got text that begins with "<html>/],
    ['empty', '', /expected a gzip file, got an empty one/],
    ['no IDX', gzipSync('something else'), /expected an IDX file, got one that begins with 0x736f6d65/],
    ['another file', gzipSync(encodeIdx([2], Uint8Array.of(1, 2))), /expected Noise's train-noise \(MD5 [0-9a-f]{32} uncompressed\), got another file/], // prettier-ignore
  ])('is not kept when what comes is %s', async (_, bytes, message) => {
    answers = [sending(bytes)];
    const failed = read();
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(InvalidFile);
    await expect(failed).rejects.toThrow(
      /train-noise\.gz: .*; name another mirror in CVAE_TEST_MIRROR or the folder of the files in CVAE_DATA$/,
    );
    expect(await kept()).toEqual([]);
  });

  it('says what to do when it cannot be had', async () => {
    answers = [status(404)];
    await expect(read()).rejects.toThrow(
      `Noise train-noise: expected ${origin}/noise/train-noise.gz to give the file, got status 404; check the connection and HTTPS_PROXY, or name another mirror in CVAE_TEST_MIRROR or the folder of the files in CVAE_DATA`,
    );
  });

  it('says so when the cache cannot be written, and leaves nothing half-written', async () => {
    answers = [whole];
    await writeFile(join(folder, 'noise'), 'a file where the folder should be');
    const failed = read();
    await expect(failed).rejects.toThrow(/train-noise\.gz: expected room to keep .* MB, got a file where a folder should be; name another folder in CVAE_CACHE$/); // prettier-ignore
    await expect(failed).rejects.toThrow(Unavailable);
    expect(await readdir(folder)).toEqual(['noise']);
  });

  it('damaged in the cache is refused, with the remedy', async () => {
    answers = [whole];
    await read();
    const path = join(folder, 'noise', 'train-noise.gz');
    await writeFile(path, (await readFile(path)).subarray(0, 100));
    await expect(read()).rejects.toThrow(
      /got one that is truncated \(100 bytes\); delete it, and it is downloaded again$/,
    );
  });

  it('is read from the folder that CVAE_DATA names, in it or in its own subfolder, gzipped or not', async () => {
    answers = [status(500)];
    const data = await mkdtemp(join(tmpdir(), 'data-'));
    vi.stubEnv('CVAE_DATA', data);
    await writeFile(join(data, 'train-noise'), plain);
    expect(await isNoise()).toBe(true);
    await rm(join(data, 'train-noise'));
    await writeFile(join(data, 'train-noise.gz'), zipped);
    expect(await isNoise()).toBe(true);
    vi.stubEnv('CVAE_DATA', folder);
    answers = [whole];
    expect(await isNoise()).toBe(true);
    vi.stubEnv('CVAE_DATA', data);
    await writeFile(join(data, 'train-noise.gz'), gzipSync(encodeIdx([1], Uint8Array.of(1))));
    await expect(read()).rejects.toThrow(
      /got another file \([0-9a-f]{32}\); name a folder with Noise in CVAE_DATA, or unset it to download Noise$/,
    );
    await rm(data, { recursive: true });
    await expect(read()).rejects.toThrow(
      /expected the folder that CVAE_DATA names, got none; correct or unset CVAE_DATA$/,
    );
  });

  it('is found under the names that it has elsewhere, and in a folder of its own name', async () => {
    answers = [status(500)];
    const data = await mkdtemp(join(tmpdir(), 'data-'));
    vi.stubEnv('CVAE_DATA', data);
    const images: Archive = { ...archive, sums: { 'train-noise-idx1-ubyte': archive.sums['train-noise'] ?? '' } };
    const get = () => readArchive(images, 'train-noise-idx1-ubyte', { progress: false });
    for (const name of [
      'train-noise.idx1-ubyte',
      'train-noise.idx1-ubyte.gz',
      'train-noise-idx1-ubyte/train-noise-idx1-ubyte',
      'noise/train-noise.idx1-ubyte',
    ]) {
      await mkdir(dirname(join(data, name)), { recursive: true });
      await writeFile(join(data, name), name.endsWith('.gz') ? zipped : plain);
      expect((await get()).shape).toEqual([noise.length]);
      await rm(join(data, name));
    }
    await expect(get()).rejects.toThrow(
      `or put the file into CVAE_DATA: ${data} has none of train-noise-idx1-ubyte.gz, train-noise-idx1-ubyte, train-noise.idx1-ubyte.gz, train-noise.idx1-ubyte, in itself or in noise/`,
    );
    await rm(data, { recursive: true });
  });

  it('has a default mirror, one of its own, or one for all archives', () => {
    expect(mirrorOf(archive, {})).toBe('http://mirror.invalid/noise');
    expect(mirrorOf(archive, { CVAE_DATA_MIRROR: 'http://all/data/' })).toBe('http://all/data/noise');
    expect(mirrorOf(archive, { CVAE_DATA_MIRROR: 'http://all', CVAE_TEST_MIRROR: 'http://one//' })).toBe('http://one');
  });
});
