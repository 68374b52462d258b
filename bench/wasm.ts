// A model as one WebAssembly module beside onnxruntime-web, both in one thread, in Node and in Chromium: what is sent, opening, and
// decode(z). `npm run bench -- wasm`, which writes its tables into docs/wasm.md with --write.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { InferenceSession, env, Tensor } from 'onnxruntime-web/wasm';
import type { Browser, Page } from 'playwright-core';
import { normals, stream, uniforms } from '../src/random.ts';
import type { Model } from '../src/runtime/model.ts';
import { size } from '../src/shape/size.ts';
import type { Manifest } from '../src/signature.ts';
import { launch } from '../test/browser/support/chromium.ts';
import { evaluate } from '../test/browser/support/evaluate.ts';
import { serve } from '../test/browser/support/server.ts';
import { FOLDERS } from '../test/browser/support/site.ts';
import { exportModule, sectionsOf } from '../test/wasm/support.ts';
import { inTurn, markdown, type Calls } from './measure.ts';

const BATCHES = [1, 16, 64];
const SECONDS = 3;
const MODELS = ['digits', 'completion'];
const ROOT = fileURLToPath(new URL('..', import.meta.url));

env.wasm.numThreads = 1;
const root = await mkdtemp(join(tmpdir(), 'cvae-wasm-'));
for (const name of MODELS) await exportModule(root, name);

type Decoded = Readonly<Record<number, Readonly<Record<string, Calls>>>>;

const manifestOf = async (name: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(root, name, 'model.json'), 'utf8'));

/** Inputs of a decoder: latents, and conditions as numbers. */
const inputsOf = ({ conditions, latent }: Manifest, rows: number) => ({
  z: normals(stream(1, 'z'), rows, latent),
  given: Object.fromEntries(
    Object.entries(conditions).map(([name, { shape }]) => [name, uniforms(stream(1, name), rows, size(shape))]),
  ),
});

const spent = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** decode(z), in this process. */
async function inNode(name: string): Promise<Decoded> {
  const manifest = await manifestOf(name);
  const { open }: { readonly open: () => Promise<Model> } = await import(
    pathToFileURL(join(root, name, 'model.js')).href
  );
  const model = await open();
  const session = await InferenceSession.create(new Uint8Array(await readFile(join(root, name, 'decoder.onnx'))), {
    executionProviders: ['wasm'],
  });
  const decoded: Record<number, Record<string, Calls>> = {};
  for (const rows of BATCHES) {
    const { z, given } = inputsOf(manifest, rows);
    const shapes = Object.entries(manifest.files.decoder?.inputs ?? {});
    const onnxruntime = () =>
      session.run(
        Object.fromEntries(
          shapes.map(([input, shape]) => [
            input,
            new Tensor('float32', input === 'z' ? z : (given[input] ?? z), [rows, ...shape]),
          ]),
        ),
      );
    // A condition of a Float32Array is numbers of its rows, whatever its kind.
    decoded[rows] = await inTurn({ onnxruntime, wasm: () => model.decode(z, given as never) }, SECONDS, spent);
  }
  await session.release();
  await model.close();
  return decoded;
}

/** Milliseconds from nothing to a model that can be called: in a new process, the median of some. */
function openedInNode(name: string): Readonly<Record<string, number>> {
  const module = `const { open } = await import(${JSON.stringify(pathToFileURL(join(root, name, 'model.js')).href)});
    await open();`;
  const parts = ['decoder', 'prior', 'baseline'].map((part) => join(root, name, `${part}.onnx`));
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
    const times = Array.from({ length: 7 }, () => time(program)).sort((a, b) => a - b);
    return times[3] ?? NaN;
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

/** What a program gives in a page; its error, if it ends with one. */
const inPage = async <T>(page: Page, program: string): Promise<T> => {
  const found: unknown = await evaluate(page, program);
  if (typeof found === 'string') throw new Error(found);
  return found as T; // what the program returns
};

/** The same in pages. */
async function inChromium(
  browser: Browser,
  url: string,
  name: string,
): Promise<{ readonly decoded: Decoded; readonly opened: Readonly<Record<string, number>> }> {
  const manifest = await manifestOf(name);
  const parts = Object.keys(manifest.files);
  const fresh = async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
  const times: Record<string, number[]> = { onnxruntime: [], wasm: [] };
  for (let i = 0; i < 7; i++)
    for (const [which, program] of [
      ['onnxruntime', OPEN_ORT(name, parts)],
      ['wasm', OPEN_OURS(name)],
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
    `const inTurn = ${inTurn.toString()};
    ${OPEN_ORT(name, ['decoder'])} ${OPEN_OURS(name)}
    const decoded = {};
    for (const rows of ${JSON.stringify(BATCHES)}) {
      const arrays = {};
      for (const [input, shape] of ${JSON.stringify(inputs)})
        arrays[input] = [Float32Array.from({ length: rows * shape.reduce((a, b) => a * b, 1) }, (_, i) => (i % 7) / 7), shape];
      const { z: [z], ...others } = arrays;
      const given = Object.fromEntries(Object.entries(others).map(([name, [data]]) => [name, data]));
      const onnxruntime = () => sessions.decoder.run(Object.fromEntries(Object.entries(arrays).map(
        ([name, [data, shape]]) => [name, new ort.Tensor('float32', data, [rows, ...shape])])));
      decoded[rows] = await inTurn({ onnxruntime, wasm: () => model.decode(z, given) }, ${SECONDS});
    }
    return decoded;`,
  );
  await page.context().close();
  const middle = (list: readonly number[] = []): number => list.toSorted((a, b) => a - b)[list.length >> 1] ?? NaN;
  return { decoded, opened: { onnxruntime: middle(times['onnxruntime']), wasm: middle(times['wasm']) } };
}

/** Bytes as they are sent, by gzip. */
async function sent(
  name: string,
): Promise<{ readonly script: number; readonly module: number; readonly code: number }> {
  const wasm = await readFile(join(root, name, 'model.wasm'));
  const sizeOf = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length;
  // Without its data, and the text in its custom section, a module is code.
  const code = sectionsOf(wasm).filter(({ id }) => id !== 11 && id !== 0);
  return {
    script: sizeOf(await readFile(join(root, name, 'model.js'))),
    module: sizeOf(wasm),
    code: sizeOf(Buffer.concat(code.map(({ bytes }) => bytes))),
  };
}

const kB = (bytes: number): string => `${(bytes / 1000).toLocaleString('en', { maximumFractionDigits: 1 })} kB`;
const ms = (value: number | undefined): string => `${(value ?? NaN).toPrecision(3)} ms`;
const ratio = (a: number | undefined, b: number | undefined): string => ((a ?? NaN) / (b ?? NaN)).toFixed(2);

const browser = await launch();
const site = await serve({ texts: { '/index.html': PAGE }, folders: { ...FOLDERS, '/models/': `${root}/` } });
const opened: Record<string, string>[] = [];
const speeds: Record<string, string | number>[] = [];
const sizes: Record<string, string>[] = [];
const ort = await Promise.all(
  ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'].map((file) =>
    readFile(join(ROOT, 'node_modules/onnxruntime-web/dist', file)),
  ),
);
for (const name of MODELS) {
  const { script, module, code } = await sent(name);
  const runtime = ort.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0);
  sizes.push({
    model: name,
    'code, ours': kB(script + code),
    'code, onnxruntime-web': kB(runtime),
    'model.wasm': kB(module),
  });
  const page = await inChromium(browser, `${site.url}/`, name);
  for (const [host, decoded, times] of [
    ['Node', await inNode(name), openedInNode(name)],
    ['Chromium', page.decoded, page.opened],
  ] as const) {
    opened.push({ model: name, host, ours: ms(times['wasm']), 'onnxruntime-web': ms(times['onnxruntime']) });
    for (const rows of BATCHES) {
      const { onnxruntime, wasm } = decoded[rows] ?? {};
      speeds.push({
        model: name,
        host,
        rows,
        ours: ms(wasm?.quick),
        'onnxruntime-web': ms(onnxruntime?.quick),
        'times as fast': ratio(onnxruntime?.quick, wasm?.quick),
        'by processor time': host === 'Node' ? ratio(onnxruntime?.processor, wasm?.processor) : '',
      });
    }
  }
}
await browser.close();
await site.close();
await rm(root, { recursive: true });

const report = `What is sent, by gzip, without weights and examples, and the whole module:

${markdown(sizes)}

From nothing to a model that can be called, the median of seven new processes or pages:

${markdown(opened)}

\`decode(z)\` and \`session.run\`, in turn, in one thread; the 10th percentile of the calls of ${SECONDS} seconds, and in Node also the
processor's time:

${markdown(speeds)}`;
console.log(report);
if (process.argv.includes('--write')) {
  const path = join(ROOT, 'docs/wasm.md');
  const [begin, end] = ['<!-- measured by npm run bench -- wasm --write -->', '<!-- end -->'];
  const text = await readFile(path, 'utf8');
  const [before = '', after = ''] = [text.split(begin)[0], text.split(end)[1]];
  await writeFile(path, `${before}${begin}\n\n${report}\n\n${end}${after}`);
}
