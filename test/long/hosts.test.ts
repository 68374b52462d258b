import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { runtimesIn } from '../support/js-runtimes.ts';
import { exportModule } from '../wasm/support.ts';

// Hosts whose program is on npm: each opens the exported module and computes what Node computes. One that cannot be installed
// here is skipped, in words.

type Hosts = ReturnType<typeof runtimesIn>;
let folder = '';
let hosts: Hosts;
const expected: { z: number; y: number; mean: number } = { z: NaN, y: NaN, mean: NaN };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cvae-hosts-'));
  hosts = runtimesIn(folder);
  await exportModule(folder, 'digits', { recognition: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  writeFileSync(join(folder, 'main.js'), MAIN);
  writeFileSync(join(folder, 'workerd.js'), WORKERD);
  const model = await open(join(folder, 'digits'));
  const { data, z } = await model.sample({ digit: 7 }, { count: 4, seed: 1 });
  [expected.z, expected.y] = [z.data[0] ?? NaN, data[300] ?? NaN];
  await model.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const USE = `const { passed } = await model.selfTest();
const { data, z } = await model.sample({ digit: 7 }, { count: 4, seed: 1 });
const { mean } = await model.encode({ y: data.subarray(0, 784), digit: 7 });`;
const MAIN = `import { open } from './digits/model.js';
const model = await open();
${USE}
console.log(JSON.stringify({ passed, z: z.data[0], y: data[300], finite: mean.data.every(Number.isFinite) }));`;

/** Cloudflare's workerd compiles no WebAssembly at run time: modules are imported. */
const WORKERD = `import { readFileSync } from 'node:fs';
import { Miniflare } from 'miniflare';
const worker = \`import wasm from './model.wasm';
import { open } from './model.js';
export default { async fetch() {
  const model = await open({ wasm });
  ${USE}
  const refused = await open({ wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) }).then(() => '', (error) => error.message);
  return Response.json({ passed, z: z.data[0], y: data[300], finite: mean.data.every(Number.isFinite), refused });
} };\`;
const modules = [
  { type: 'ESModule', path: 'worker.js', contents: worker },
  { type: 'ESModule', path: 'model.js', contents: readFileSync('digits/model.js', 'utf8') },
  { type: 'CompiledWasm', path: 'model.wasm', contents: readFileSync('digits/model.wasm') },
];
const host = new Miniflare({ modules, compatibilityDate: '2025-01-01' });
console.log(await (await host.dispatchFetch('http://localhost/')).text());
await host.dispose();`;

const check = ({ out, said }: ReturnType<Hosts['run']>): unknown => {
  const found: unknown = JSON.parse(out.split('\n').at(-1) || JSON.stringify(said));
  expect(found).toMatchObject({ passed: true, z: expected.z, y: expect.closeTo(expected.y, 5), finite: true });
  return found;
};

test('Node', () => void check(hosts.run(process.execPath, 'main.js')));

test('Bun', ({ skip }) => {
  const bun = hosts.bun();
  if (bun === undefined) return skip('npm has no bun for this machine');
  check(hosts.run(bun, 'main.js'));
});

test('Deno, which may read the folder', ({ skip }) => {
  const deno = hosts.deno();
  if (deno === undefined) return skip('npm has no deno for this machine');
  check(hosts.run(deno, 'run', '--no-prompt', '--allow-read=.', 'main.js'));
  expect(hosts.run(deno, 'run', '--no-prompt', 'main.js').said).toContain(
    'put it next to model.js, or give its address as { wasm }',
  );
});

test("Cloudflare's workerd, of a module that is imported", ({ skip }) => {
  if (!hosts.npm('miniflare')) return skip('npm has no miniflare for this machine');
  expect(check(hosts.run(process.execPath, 'workerd.js'))).toMatchObject({
    refused: expect.stringContaining('import model.wasm as a module and give it to open as { wasm }'),
  });
});
