// What our API costs compared with plain onnxruntime, in Node and in Chromium, on the completion model: `npm run bench -- serve`, which
// writes docs/overhead.md with --write.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { importOnnxruntime } from '../src/onnxruntime.ts';
import { normals, stream, uniforms } from '../src/random.ts';
import { open } from '../src/runtime/node.ts';
import { launch } from '../test/browser/support/chromium.ts';
import { evaluate } from '../test/browser/support/evaluate.ts';
import { exportExample } from '../test/browser/support/models.ts';
import { serve } from '../test/browser/support/server.ts';
import { mapped } from '../test/browser/support/site.ts';
import { inTurn, type Calls } from './measure.ts';
import { pageOf, type Found } from './serve-page.ts';
import { wire } from './wire.ts';

const { InferenceSession, Tensor } = await importOnnxruntime();
const BATCHES = [1, 16, 64];
const SECONDS = 2;

const root = await mkdtemp(join(tmpdir(), 'cvae-serve-'));
const folder = await exportExample(root, 'completion');
const [z, x] = [
  (rows: number) => normals(stream(1, 'z'), rows, 32),
  (rows: number) => uniforms(stream(1, 'x'), rows, 784),
] as const;

/** In Node: decode(z) against session.run on the same arrays, what a sample adds, and opening. */
async function inNode(): Promise<Found> {
  const model = await open(folder);
  const bytes = new Uint8Array(await readFile(join(folder, 'decoder.onnx')));
  const options = { executionProviders: ['cpu'], intraOpNumThreads: 1 };
  const session = await InferenceSession.create(bytes, options);
  const decode: Record<number, Record<string, Calls>> = {};
  for (const rows of BATCHES) {
    const [latents, seen] = [z(rows), x(rows)];
    const bare = async () => {
      const feeds = {
        z: new Tensor('float32', latents, [rows, 32]),
        x: new Tensor('float32', seen, [rows, 28, 28, 1]),
      };
      return (await session.run(feeds))['y']?.data;
    };
    decode[rows] = await inTurn({ bare, ours: () => model.decode(latents, { x: seen }) }, SECONDS, spent);
  }
  const one = x(1);
  const parts = await inTurn(
    {
      noise: () => normals(stream(1, 'z'), 64, 32),
      sample: () => model.sample({ x: one }, { count: 64, seed: 1 }),
    },
    SECONDS,
  );
  await session.release();
  await model.close();
  const opened = await inTurn(
    {
      // The same files, so that the only difference is our reading and checking.
      bare: async () => {
        for (const file of ['decoder', 'prior', 'baseline']) {
          const its = await InferenceSession.create(await readFile(join(folder, `${file}.onnx`)), options);
          await its.release();
        }
      },
      ours: async () => (await open(folder)).close(),
    },
    SECONDS,
  );
  return { decode, noise: parts['noise'], sample: parts['sample'], opened };
}

/** The processor's time that this process has taken, in milliseconds. */
const spent = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** The same in a page, once in the page itself and once in a worker; opening in pages that are new. */
async function inChromium(page: () => Promise<Page>): Promise<Found> {
  const measured = await page();
  const found = await evaluate<Found>(measured, pageOf(BATCHES, SECONDS));
  const decode: Record<number, Record<string, Calls>> = {};
  for (const rows of BATCHES) {
    const processor = await processorOf(measured, rows);
    const { bare: plain, ours: own, ...others } = found.decode[rows] ?? {};
    decode[rows] = {
      ...others,
      ...(plain && { bare: { ...plain, processor: processor.bare } }),
      ...(own && { ours: { ...own, processor: processor.ours } }),
    };
  }
  const [bare, ours]: number[][] = [[], []];
  for (let i = 0; i < 5; i++) {
    bare?.push(await evaluate<number>(await page(), OPEN_BARE));
    ours?.push(await evaluate<number>(await page(), OPEN_OURS));
  }
  const calls = (times: readonly number[] = []): Calls => ({
    quick: Math.min(...times),
    median: times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN,
    p95: Math.max(...times),
    count: times.length,
    processor: NaN,
  });
  return { ...found, decode, opened: { bare: calls(bare), ours: calls(ours) } };
}

/** Milliseconds of the page's own thread a call, medians of turns of some calls each: the browser reports them to its debugger. */
async function processorOf(measured: Page, rows: number): Promise<Record<'bare' | 'ours', number>> {
  const session = await measured.context().newCDPSession(measured);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const task = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
  };
  const calls = Math.ceil(256 / rows);
  const times: Record<'bare' | 'ours', number[]> = { bare: [], ours: [] };
  for (let round = 0; round < 24; round++)
    for (const name of round % 2 ? (['bare', 'ours'] as const) : (['ours', 'bare'] as const)) {
      const before = await task();
      await evaluate(measured, `for (let i = 0; i < ${calls}; i++) await window.again[${rows}].${name}();`);
      times[name].push(((await task()) - before) / calls);
    }
  const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1] ?? NaN;
  return { bare: median(times.bare), ours: median(times.ours) };
}

const OPEN_BARE = `
  const started = performance.now();
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = 1;
  for (const file of ['decoder', 'prior', 'baseline']) {
    const bytes = new Uint8Array(await (await fetch('/models/completion/' + file + '.onnx')).arrayBuffer());
    await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  }
  return performance.now() - started;`;
const OPEN_OURS = `
  const started = performance.now();
  await runtime.open('/models/completion');
  return performance.now() - started;`;

// Isolated, since clocks are finer there.
const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const site = await serve(mapped(root, { headers }));
const browser = await launch();
const page = async (): Promise<Page> => {
  const context = await browser.newContext(); // with an empty cache
  const opened = await context.newPage();
  await opened.goto(site.url);
  return opened;
};

const node = await inNode();
const chromium = await inChromium(page);
const text = await report(node, chromium);
console.log(text);
if (process.argv.includes('--write')) await writeFile('docs/overhead.md', text);
await browser.close();
await site.close();
await rm(root, { recursive: true });

/** What was found, as a page. */
async function report(native: Found, web: Found): Promise<string> {
  const { describeServing } = await import('./serve-report.ts');
  const versions = { node: process.versions.node.split('.')[0] ?? '', chromium: browser.version().split('.')[0] ?? '' };
  return describeServing({
    batches: BATCHES,
    native,
    web,
    versions,
    cores: availableParallelism(),
    load: loadavg()[0] ?? 0,
    wire: await wire(folder),
  });
}
