// What weights of fewer bits cost and save: of trained models, in float32, float16, int8 and int4, the size of the files and of the module, nats,
// opening and decode(z), in onnxruntime-web and as WebAssembly of its own. `npm run bench -- precisions`, which writes its tables into
// docs/serving.md with --write; --minutes says how long each model is trained (3), and --weights FOLDER takes runs from FOLDER/digits and
// FOLDER/completion instead; --models digits leaves out the other, and with --quick
// times mean nothing.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { toDataset } from '../src/data/convert.ts';
import { NEAREST } from '../src/export/storage/calibrate.ts';
import { measuring } from '../src/export/storage/gate.ts';
import { measuredPart } from '../src/export/storage/measured-part.ts';
import { usersEngine } from '../src/export/verification.ts';
import { OPSET } from '../src/onnx/schema.ts';
import type { Manifest } from '../src/signature.ts';
import { fingerprintsOf } from '../src/train/fingerprints.ts';
import { parametersOf, variablesOf } from '../src/train/parameters.ts';
import { loadWeights } from '../src/weights/file.ts';
import { launch } from '../test/browser/support/chromium.ts';
import { markdown, writeFigures } from './measure.ts';
import {
  inChromium,
  inNode,
  kB,
  ms,
  OPENINGS,
  openedInNode,
  ROOT,
  runtimeBytes,
  SECONDS,
  sent,
  serving,
} from './module-speed.ts';

const PRECISIONS = ['float32', 'float16', 'int8', 'int4'] as const;
/** How many rows at once decode(z) is measured with. */
const ROWS = 16;

const root = await mkdtemp(join(tmpdir(), 'cvae-precisions-'));
const given = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

const MODELS = (given('--models') ?? 'digits,completion').split(',');

const command = (...words: readonly string[]): void => {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'bin/cvae-compile.mjs'), ...words], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`cvae-compile ${words.join(' ')} ended with ${status}`);
};

/** Trains a model, unless that has been done. */
const trained = (name: string): string => {
  const folder = given('--weights');
  if (folder !== undefined) return join(folder, name);
  const out = join(root, 'runs', name);
  const definition = `examples/${name}/model.ts`;
  command('train', definition, '--out', out, '--engine', 'onnx', '--minutes', given('--minutes') ?? '3');
  return out;
};

/** What an export does not measure: the nats that float16 costs, and those that int4 costs when it is rounded to the nearest. */
const unmeasured = async (name: string, run: string): Promise<Readonly<Record<'float16' | 'nearest', string>>> => {
  const { default: model, data } = await import(`../examples/${name}/model.ts`);
  const owner = { params: parametersOf(model), fingerprint: fingerprintsOf(model) };
  const { weights } = await loadWeights(run, owner);
  const parts = await toDataset(await data(), variablesOf(model));
  const { examples } = await measuredPart(model, parts, run);
  const { riseOf } = await measuring(model, weights, { examples, opset: OPSET, engine: await usersEngine() });
  const [half, four] = [
    await riseOf({ precision: 'float16' }),
    await riseOf({ precision: 'int4', calibration: NEAREST }),
  ];
  return { float16: nats(half.mean, half.error), nearest: nats(four.mean, four.error) };
};

const nats = (rise: number, error: number): string =>
  `${rise < 0 ? '−' : '+'}${Math.abs(rise).toFixed(3)} ± ${error.toFixed(3)}`;

/** The layers that have more bits, in a few words. */
const others = ({ left = [], int8 = [] }: Partial<NonNullable<Manifest['precision']>['cost'] & object>): string =>
  [...(int8.length > 0 ? [`${int8.length} int8`] : []), ...(left.length > 0 ? [`${left.length} float32`] : [])].join(
    ', ',
  );

const browser = await launch();
const site = await serving(root);
const sizes: Record<string, string>[] = [];
const speeds: Record<string, string>[] = [];
const nearests: string[] = [];
for (const name of MODELS) {
  const run = trained(name);
  const { float16, nearest } = await unmeasured(name, run);
  nearests.push(`${name} ${nearest}`);
  for (const precision of PRECISIONS) {
    const folder = join(root, `${name}-${precision}`);
    const definition = `examples/${name}/model.ts`;
    command('export', definition, '--weights', run, '--out', folder, '--precision', precision, '--target', 'wasm');
    const manifest: Manifest = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
    const files = await Promise.all(Object.values(manifest.files).map(({ file }) => readFile(join(folder, file))));
    const sum = (of: (bytes: Uint8Array) => number): string => kB(files.reduce((all, bytes) => all + of(bytes), 0));
    const { cost } = manifest.precision ?? {};
    const { script, module } = await sent(folder);
    sizes.push({
      model: name,
      weights: precision,
      'ONNX files': sum(({ length }) => length),
      'ONNX files, sent': sum((bytes) => gzipSync(bytes, { level: 9 }).length),
      'model.js and model.wasm, sent': kB(script + module),
      'rise of −log p(y\\|x), nats': precision === 'float32' ? '–' : cost ? nats(cost.rise, cost.error) : float16,
      'layers of more bits': cost ? others(cost) : '',
    });
    const page = await inChromium(browser, `${site.url}/`, folder);
    for (const [host, decoded, opened] of [
      ['Node', await inNode(folder), openedInNode(folder)],
      ['Chromium', page.decoded, page.opened],
    ] as const) {
      const { onnxruntime, wasm } = decoded[ROWS] ?? {};
      speeds.push({
        model: name,
        weights: precision,
        host,
        'opening, ours': ms(opened['wasm']),
        'opening, onnxruntime-web': ms(opened['onnxruntime']),
        [`decode of ${ROWS}, ours`]: ms(wasm?.quick),
        [`decode of ${ROWS}, onnxruntime-web`]: ms(onnxruntime?.quick),
      });
    }
  }
}
await browser.close();
await site.close();
await rm(root, { recursive: true });

const report = `${markdown(sizes)}

onnxruntime-web itself is ${kB(await runtimeBytes())} as sent, and \`model.wasm\` needs none. As sent is by gzip; nats are means over up to 500
examples, with their standard errors. Rounded to the nearest, int4 would cost ${nearests.join(', ')}.

${markdown(speeds)}

Opening is the median of ${OPENINGS} new processes or pages; \`decode\` the 10th percentile of the calls of ${SECONDS} seconds, in one thread. Node ${process.version},
Chromium ${browser.version()}, ${availableParallelism()} cores; load of the machine ${loadavg()[0]?.toFixed(1)}.`;
console.log(report);
if (process.argv.includes('--write'))
  await writeFigures(new URL('../docs/serving.md', import.meta.url), 'precisions', report);
