// A model as one WebAssembly module compared with onnxruntime-web, both in one thread, in Node and in Chromium: what is sent, opening, and
// decode(z). `npm run bench -- wasm`, which writes its tables into docs/wasm.md with --write.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from '../test/browser/support/chromium.ts';
import { exportModule } from '../test/wasm/support.ts';
import { markdown, writeFigures } from './measure.ts';
import {
  BATCHES,
  COMPRESSED,
  inChromium,
  inNode,
  kB,
  ms,
  openedInNode,
  ratio,
  runtimeBytes,
  SECONDS,
  sent,
  serving,
} from './module-speed.ts';

const MODELS = ['digits', 'completion'];

const root = await mkdtemp(join(tmpdir(), 'cvae-wasm-'));
for (const name of MODELS) await exportModule(root, name);

const browser = await launch();
const site = await serving(root);
const opened: Record<string, string>[] = [];
const speeds: Record<string, string | number>[] = [];
const sizes: Record<string, string>[] = [];
const runtimes = { gzip: await runtimeBytes(), brotli: await runtimeBytes(COMPRESSED.brotli) };
for (const name of MODELS) {
  for (const way of ['gzip', 'brotli'] as const) {
    const { script, module, code } = await sent(join(root, name), COMPRESSED[way]);
    sizes.push({
      model: name,
      by: way,
      'code, ours': kB(script + code),
      'code, onnxruntime-web': kB(runtimes[way]),
      'model.wasm': kB(module),
    });
  }
  const page = await inChromium(browser, `${site.url}/`, join(root, name));
  for (const [host, decoded, times] of [
    ['Node', await inNode(join(root, name)), openedInNode(join(root, name))],
    ['Chromium', page.decoded, page.opened],
  ] as const) {
    opened.push({
      model: name,
      host,
      ours: ms(times['wasm']),
      'ours, both files asked for at once': host === 'Node' ? '' : ms(times['atOnce']),
      'onnxruntime-web': ms(times['onnxruntime']),
    });
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

const report = `What is sent, without weights and examples, and the whole module:

${markdown(sizes)}

From nothing to a model that can be called, the median of seven new processes or pages:

${markdown(opened)}

\`decode(z)\` and \`session.run\`, in turn, in one thread; the 10th percentile of the calls of ${SECONDS} seconds, and in Node also the
processor's time:

${markdown(speeds)}`;
console.log(report);
if (process.argv.includes('--write')) await writeFigures(new URL('../docs/wasm.md', import.meta.url), 'wasm', report);
