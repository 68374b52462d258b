import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { exportExample } from '../browser/support/models.ts';
import { ask } from '../site/support/http.ts';
import { infer, tensor } from '../serving/support/served.ts';
import { cli, temporary } from './support/cli.ts';
import { IS_LONG } from '../support/chosen.ts';

const root = temporary();
let folder = '';
beforeAll(async () => {
  folder = await exportExample(root, 'digits');
});

const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Starts the command as a shell does; gives its address, and how it ends. */
const start = async (...words: readonly string[]) => {
  const child = spawn(process.execPath, [BIN, 'serve', folder, '--api', '--json', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let err = '';
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  const line = await new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk))));
  const { urls }: { urls: readonly string[] } = JSON.parse(line);
  return { child, url: urls[0] ?? '', ended, err: () => err };
};

const request = (digit: number, seed: number) => ({
  inputs: [tensor('digit', 'INT64', [1], [digit]), tensor('seed', 'INT64', [1], [seed])],
});

describe('serve --api', () => {
  test('answers in threads of its own, and ends with Ctrl-C at once', async () => {
    const { child, url, ended, err } = await start('--threads', '2', '--port', '18417');
    expect(url).toBe('http://127.0.0.1:18417/');
    expect(err()).toBe(`digits is served at ${url}v2: digits, digits_decoder; metrics at /metrics; Ctrl-C ends it\n`);
    const model = await open(folder);
    const { data } = await model.sample({ digit: 7 }, { seed: 1 });
    await model.close();
    expect((await infer(url, 'digits', request(7, 1))).outputs['y']?.data).toEqual([...data]);
    const begun = performance.now();
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(performance.now() - begun).toBeLessThan(3000);
  });

  test.runIf(IS_LONG)(
    'SIGTERM under load loses nothing: not ready, all that is asked is answered, and it ends with 0',
    async () => {
      const { child, url, ended } = await start('--drain', '4', '--port', '18418');
      const pool = new Pool(url, { connections: 32 });
      const statuses: number[] = [];
      const failures: string[] = [];
      const stopping = new AbortController();
      const client = async (digit: number): Promise<void> => {
        for (let seed = 0; !stopping.signal.aborted; seed++)
          try {
            const body = JSON.stringify({ ...request(digit % 10, seed), outputs: [{ name: 'z' }] });
            const answer = await pool.request({ method: 'POST', path: '/v2/models/digits/infer', body });
            await answer.body.dump();
            statuses.push(answer.statusCode);
          } catch (error) {
            failures.push(String(error));
          }
      };
      const clients = Array.from({ length: 32 }, (_, i) => client(i));
      await expect.poll(() => statuses.length).toBeGreaterThan(100);
      const before = statuses.length;
      child.kill('SIGTERM');
      // As a load balancer does: it sends nothing more to a server that is not ready.
      await expect.poll(async () => (await ask(url, '/v2/health/ready')).status, { interval: 100 }).toBe(503);
      stopping.abort();
      await Promise.all(clients);
      expect({ failures, others: statuses.filter((status) => status !== 200) }).toEqual({ failures: [], others: [] });
      expect(statuses.length).toBeGreaterThanOrEqual(before);
      await pool.close();
      expect(await ended).toBe(0);
    },
  );

  test('refuses a folder and options that make no sense', async () => {
    expect(await cli('serve', root, '--api')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/expected the folder of an exported model, got none with a model\.json; /),
    });
    expect(await cli('serve', folder, '--queue', '3')).toMatchObject({
      code: 1,
      err: 'error: --queue: expected --api with --queue, got none; leave --queue out, or add --api\n',
    });
    expect(await cli('serve', folder, '--api', '--build', root)).toMatchObject({
      code: 1,
      err: 'error: --build: expected no --build with --api, got both; leave --build out\n',
    });
  });
});
