// `serve --api` under load, on loopback: requests a second, latency, batching of rows, and what is lost when it is asked to stop.
// `npm run bench -- api`, which writes its table into docs/serving.md with --write.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { exportExample } from '../test/browser/support/models.ts';
import { markdown } from './measure.ts';

const SECONDS = 5;
const WARM_UP = 1;
const BIN = fileURLToPath(new URL('../dist/cli/bin.js', import.meta.url));
const root = await mkdtemp(join(tmpdir(), 'cvae-api-'));

/** Bodies of one row each: conditions and a seed in JSON, with y as binary data. */
const BODIES = {
  digits: (seed: number) => ({ digit: ['INT64', [1], [seed % 10]], seed: ['INT64', [1], [seed]] }),
  completion: (seed: number) => ({
    x: ['FP32', [1, 28, 28, 1], Array.from({ length: 784 }, (_, i) => Number((i + seed) % 5 === 0))],
    seed: ['INT64', [1], [seed]],
  }),
} as const;
type Name = keyof typeof BODIES;

const bodyOf = (name: Name, seed: number): string =>
  JSON.stringify({
    inputs: Object.entries(BODIES[name](seed)).map(([input, [datatype, shape, data]]) => ({
      name: input,
      datatype,
      shape,
      data,
    })),
    outputs: [{ name: 'y', parameters: { binary_data: true } }],
  });

interface Server {
  readonly url: string;
  readonly end: () => Promise<unknown>;
}

/** The command, in a process of its own. */
const start = async (folder: string, ...words: readonly string[]): Promise<Server> => {
  const child = spawn(process.execPath, [BIN, 'serve', folder, '--api', '--json', '--port', '18430', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const line = await new Promise((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk))));
  const { urls }: { readonly urls: readonly string[] } = JSON.parse(String(line));
  const end = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { url: urls[0] ?? '', end };
};

interface Answered {
  readonly times: readonly number[];
  readonly others: readonly string[];
}

/** Clients that each send a request when they have the answer to the last, until `until` resolves. */
const load = async (url: string, name: Name, clients: number, until: Promise<unknown>): Promise<Answered> => {
  const pool = new Pool(url, { connections: clients });
  const bodies = Array.from({ length: 64 }, (_, seed) => bodyOf(name, seed));
  const times: number[] = [];
  const others: string[] = [];
  const ending = new AbortController();
  void until.then(() => ending.abort());
  const client = async (from: number): Promise<void> => {
    for (let i = from; !ending.signal.aborted; i++) {
      const started = performance.now();
      try {
        const path = `/v2/models/${name}/infer`;
        const { statusCode, body } = await pool.request({
          method: 'POST',
          path,
          body: bodies[i % bodies.length] ?? '',
        });
        await body.arrayBuffer();
        if (statusCode === 200) times.push(performance.now() - started);
        else others.push(`${statusCode}`);
      } catch (error) {
        others.push(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, i) => client(i)));
  await pool.close();
  return { times, others };
};

const wait = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

/** The mean number of requests that a call of the decoder served. */
const together = async (url: string): Promise<number> => {
  const text = await (await fetch(`${url}metrics`)).text();
  const [sum = NaN, count = NaN] = ['sum', 'count'].map((what) =>
    Number(new RegExp(`^cvae_call_requests_${what}\\{file="decoder"\\} (\\S+)$`, 'm').exec(text)?.[1]),
  );
  return sum / count;
};

const rows: Record<string, string | number>[] = [];
for (const name of Object.keys(BODIES) as Name[]) {
  // the names of its own members
  const folder = await exportExample(root, name);
  for (const clients of [1, 16, 64])
    for (const batch of clients === 1 ? [128] : [1, 128]) {
      const { url, end } = await start(folder, '--batch', `${batch}`, '--drain', '0');
      await load(url, name, clients, wait(WARM_UP));
      const { times, others } = await load(url, name, clients, wait(SECONDS));
      const sorted = times.toSorted((a, b) => a - b);
      const at = (share: number) => (sorted[Math.floor(share * sorted.length)] ?? NaN).toFixed(1);
      rows.push({
        model: name,
        clients,
        'rows a call, at most': batch,
        'requests a second': Math.round(times.length / SECONDS),
        'p50, ms': at(0.5),
        'p99, ms': at(0.99),
        'requests a call': (await together(url)).toFixed(1),
        'not answered': others.length,
      });
      await end();
    }
}

/** SIGTERM under load: clients leave once the server is no longer ready, as they would behind a load balancer. */
const lost = async (): Promise<string> => {
  const { url, end } = await start(join(root, 'digits'), '--drain', '3');
  const isReady = async (): Promise<boolean> => (await fetch(`${url}v2/health/ready`)).ok;
  let leave = (): void => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const answered = load(url, 'digits', 64, left);
  await wait(2);
  const ended = end();
  for (; await isReady(); await wait(0.1));
  // A little longer than the probe takes: what still arrives is answered too.
  await wait(1);
  leave();
  const { times, others } = await answered;
  return `Asked to end (SIGTERM) with 64 clients: ${times.length} requests sent before and after, ${others.length} not answered, exit code ${String(await ended)}.`;
};

const text = `${markdown(rows)}

${await lost()} Node ${process.version}, ${availableParallelism()} cores, which clients and server share; load of the machine ${loadavg()[0]?.toFixed(1)}.`;
console.log(text);
if (process.argv.includes('--write')) {
  const page = fileURLToPath(new URL('../docs/serving.md', import.meta.url));
  const before = await readFile(page, 'utf8');
  const marked = /(<!-- bench: api -->)[\s\S]*?(<!-- end -->)/;
  await writeFile(
    page,
    before.replace(marked, (_, head: string, tail: string) => `${head}\n\n${text}\n\n${tail}`),
  );
}
await rm(root, { recursive: true, force: true });
