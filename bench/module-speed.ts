// What bench/wasm.ts and bench/precisions.ts measure of a folder with a model as WebAssembly: what is sent, opening, and decode(z), compared with
// onnxruntime-web, both in one thread, in Node and in Chromium.
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import type { Manifest } from '../src/signature.ts';
import { evaluate } from '../test/browser/support/evaluate.ts';
import { serve, type Served } from '../test/browser/support/server.ts';
import { FOLDERS } from '../test/browser/support/site.ts';
import { sectionsOf } from '../test/wasm/support.ts';
import { inTurn, type Calls } from './measure.ts';

export const BATCHES = [1, 16, 64];
/** For trying out a command: so short that its times mean nothing. */
const isQuick = process.argv.includes('--quick');
export const SECONDS = isQuick ? 0.1 : 3;
/** How often something is opened: an odd number, so that the median is one of the times. */
export const OPENINGS = isQuick ? 1 : 7;
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export type Decoded = Readonly<Record<number, Readonly<Record<string, Pick<Calls, 'quick' | 'processor'>>>>>;

const manifestOf = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));

/**
 * A program that measures decode(z) and, for comparison, session.run, given `ort`, `sessions` and `model`: as many calls at a time as make 64 rows, since
 * clocks of pages are coarse.
 */
const decoding = (inputs: readonly (readonly [string, readonly number[]])[], processor: string): string => `
  const inTurn = ${inTurn.toString()};
  const decoded = {};
  for (const rows of ${JSON.stringify(BATCHES)}) {
    const arrays = {};
    for (const [input, shape] of ${JSON.stringify(inputs)})
      arrays[input] = [Float32Array.from({ length: rows * shape.reduce((a, b) => a * b, 1) }, (_, i) => (i % 7) / 7), shape];
    const { z: [z], ...others } = arrays;
    const given = Object.fromEntries(Object.entries(others).map(([name, [data]]) => [name, data]));
    const calls = Math.ceil(64 / rows);
    const often = (f) => async () => { for (let i = 0; i < calls; i++) await f(); };
    const found = await inTurn({
      onnxruntime: often(() => sessions.decoder.run(Object.fromEntries(Object.entries(arrays).map(
        ([name, [data, shape]]) => [name, new ort.Tensor('float32', data, [rows, ...shape])])))),
      wasm: often(() => model.decode(z, given)),
    }, ${SECONDS}, ${processor});
    decoded[rows] = Object.fromEntries(Object.entries(found).map(([name, { quick, processor }]) =>
      [name, { quick: quick / calls, processor: processor / calls }]));
  }`;

/** decode(z), in a process of its own. */
export async function inNode(folder: string): Promise<Decoded> {
  const { files } = await manifestOf(folder);
  const text = `import { readFileSync } from 'node:fs';
    import * as ort from 'onnxruntime-web/wasm';
    const { open } = await import(${JSON.stringify(pathToFileURL(join(folder, 'model.js')).href)});
    ort.env.wasm.numThreads = 1;
    const model = await open();
    const bytes = readFileSync(${JSON.stringify(join(folder, 'decoder.onnx'))});
    const sessions = { decoder: await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] }) };
    const spent = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
    ${decoding(Object.entries(files.decoder?.inputs ?? {}), 'spent')}
    console.log(JSON.stringify(decoded));
    process.exit(0);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', text], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Milliseconds from the start of a new process until a model can be called: the median of several. */
export function openedInNode(folder: string): Readonly<Record<string, number>> {
  const module = `const { open } = await import(${JSON.stringify(pathToFileURL(join(folder, 'model.js')).href)});
    await open();`;
  const parts = ['decoder', 'prior', 'baseline'].map((part) => join(folder, `${part}.onnx`));
  const onnxruntime = `const ort = await import('onnxruntime-web/wasm');
    const { existsSync, readFileSync } = await import('node:fs');
    ort.env.wasm.numThreads = 1;
    for (const file of ${JSON.stringify(parts)})
      if (existsSync(file)) await ort.InferenceSession.create(readFileSync(file), { executionProviders: ['wasm'] });`;
  const time = (program: string): number => {
    const text = `const started = performance.now(); ${program}
      console.log(performance.now() - started); process.exit(0);`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', text], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    return Number(stdout);
  };
  const median = (program: string): number => {
    const times = Array.from({ length: OPENINGS }, () => time(program)).sort((a, b) => a - b);
    return times[times.length >> 1] ?? NaN;
  };
  return { onnxruntime: median(onnxruntime), wasm: median(module) };
}

const PAGE = `<!doctype html><title>bench</title>
<script type="importmap">{"imports":{"onnxruntime-web/wasm":"/ort/ort.wasm.bundle.min.mjs"}}</script>
<script type="module">window.runtime = true;</script>`;

const OPEN_ORT = (name: string, parts: readonly string[]): string => `
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = 1;
  const sessions = {};
  for (const part of ${JSON.stringify(parts)}) {
    const bytes = new Uint8Array(await (await fetch('/models/${name}/' + part + '.onnx')).arrayBuffer());
    sessions[part] = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  }`;
const OPEN_OURS = (name: string): string => `
  const { open } = await import('/models/${name}/model.js');
  const model = await open();`;
/** Asks for both files at once, where the other way finds out that there is a second when it has the first. */
const OPEN_AT_ONCE = (name: string): string => `
  const wasm = fetch('/models/${name}/model.wasm');
  const { open } = await import('/models/${name}/model.js');
  const model = await open({ wasm });`;

/** What a program returns in a page; @throws the error that it ends with */
const inPage = async <T>(page: Page, program: string): Promise<T> => {
  const found: unknown = await evaluate(page, program);
  if (typeof found === 'string') throw new Error(found);
  return found as T; // what the program returns
};

/** The same in pages. */
export async function inChromium(
  browser: Browser,
  url: string,
  folder: string,
): Promise<{ readonly decoded: Decoded; readonly opened: Readonly<Record<string, number>> }> {
  const name = basename(folder);
  const manifest = await manifestOf(folder);
  const parts = Object.keys(manifest.files);
  const fresh = async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
  const times: Record<string, number[]> = { onnxruntime: [], wasm: [], atOnce: [] };
  for (let i = 0; i < OPENINGS; i++)
    for (const [which, program] of [
      ['onnxruntime', OPEN_ORT(name, parts)],
      ['wasm', OPEN_OURS(name)],
      ['atOnce', OPEN_AT_ONCE(name)],
    ] as const) {
      const page = await fresh();
      const text = `const started = performance.now(); ${program} return performance.now() - started;`;
      times[which]?.push(await inPage<number>(page, text));
      await page.context().close();
    }
  const page = await fresh();
  const inputs = Object.entries(manifest.files.decoder?.inputs ?? {});
  const decoded = await inPage<Decoded>(
    page,
    `${OPEN_ORT(name, ['decoder'])} ${OPEN_OURS(name)} ${decoding(inputs, '() => NaN')}
    return decoded;`,
  );
  await page.context().close();
  const middle = (list: readonly number[] = []): number => list.toSorted((a, b) => a - b)[list.length >> 1] ?? NaN;
  return { decoded, opened: Object.fromEntries(Object.entries(times).map(([way, list]) => [way, middle(list)])) };
}

/** How bytes are compressed on their way: what every host does, and what most do for browsers. */
export const COMPRESSED = {
  gzip: (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length,
  brotli: (bytes: Uint8Array): number => brotliCompressSync(bytes).length,
} as const;

/** Bytes as they are sent. */
export async function sent(
  folder: string,
  sizeOf: (bytes: Uint8Array) => number = COMPRESSED.gzip,
): Promise<{ readonly script: number; readonly module: number; readonly code: number }> {
  const wasm = await readFile(join(folder, 'model.wasm'));
  // Without its data, and the text in its custom section, a module is code.
  const code = sectionsOf(wasm).filter(({ id }) => id !== 11 && id !== 0);
  return {
    script: sizeOf(await readFile(join(folder, 'model.js'))),
    module: sizeOf(wasm),
    code: sizeOf(Buffer.concat(code.map(({ bytes }) => bytes))),
  };
}

/** Serves folders of models to pages, below /models/. */
export const serving = (root: string): Promise<Served> =>
  serve({ texts: { '/index.html': PAGE }, folders: { ...FOLDERS, '/models/': `${root}/` } });

/** The bytes of onnxruntime-web as they are sent. */
export const runtimeBytes = async (sizeOf: (bytes: Uint8Array) => number = COMPRESSED.gzip): Promise<number> => {
  const files = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'].map((file) =>
    readFile(join(ROOT, 'node_modules/onnxruntime-web/dist', file)),
  );
  return (await Promise.all(files)).reduce((sum, bytes) => sum + sizeOf(bytes), 0);
};

export const kB = (bytes: number): string => `${(bytes / 1000).toLocaleString('en', { maximumFractionDigits: 1 })} kB`;
export const ms = (value: number | undefined): string => `${Number((value ?? NaN).toPrecision(3))} ms`;
export const ratio = (a: number | undefined, b: number | undefined): string => ((a ?? NaN) / (b ?? NaN)).toFixed(2);
