import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  open,
  type Model,
  type OpenOptions,
  type Outputs,
  type Samples,
  type SelfTest,
} from '../../src/runtime/node.ts';
import type { Condition, Manifest } from '../../src/signature.ts';
import { evaluate } from './support/evaluate.ts';
import { examples, exportExample } from './support/models.ts';
import { PARITY, section, withSection } from './support/parity-page.ts';
import { mapped } from './support/site.ts';
import { browsing } from './support/visit.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

// Every example, everywhere that it runs: its files' own examples, and samples of one seed. What is found is written to
// out/parity.md, and with UPDATE=1 to docs/parity.md, which is stale where a difference is ten times what it says.

const ALL = Object.keys(examples());
/** The first of those below, and one of the others; the variants, which have their layers, are for the long tests. */
const SOME = ['digits', ...chosen('parity of examples', ALL.filter((name) => !/^(variants\/|digits$|completion$)/.test(name)), 1)]; // prettier-ignore
const NAMES = IS_LONG ? ALL : ALL.filter((name) => SOME.includes(name));
/** WebGPU is computed in software here, slowly. */
const ON_GPU = ['digits', 'completion'];
const { root, visit } = browsing([], { gpu: true });

const rows = new Map<string, readonly string[]>();
const HEAD = ['example', 'Node', 'Node, WASM', 'Chromium, WASM', 'Chromium, WebGPU', 'a seed, WASM', 'a seed, WebGPU'];

/** A value of each condition, the same in a page and here. */
const givenOf = ({ conditions }: Manifest): Readonly<Record<string, unknown>> => {
  const value = ({ kind, shape, dataShape }: Condition): unknown => {
    const size = (kind === 'categorical' ? dataShape : shape).reduce((product, n) => product * n, 1);
    const numbers = Array.from({ length: size }, (_, i) => (kind === 'categorical' ? i % 2 : (i % 29) / 29));
    return size === 1 ? numbers[0] : numbers;
  };
  return Object.fromEntries(Object.entries(conditions).map(([name, condition]) => [name, value(condition)]));
};

/** What a model gives somewhere: its self-test, and 16 samples of one seed (a predictor's mean), as numbers and as pixels. */
interface Given {
  readonly test: SelfTest;
  readonly z: readonly number[];
  readonly y: readonly number[];
  readonly pixels: readonly number[];
}

const inNode = async (folder: string, options: OpenOptions): Promise<Given & { readonly signature: Manifest }> => {
  const model: Model = await open(folder, options);
  const { signature } = model;
  const given = givenOf(signature);
  const out = signature.kind === 'cvae' ? await model.sample(given, { count: 16, seed: 3 }) : await model.mean(given);
  const test = await model.selfTest();
  await model.close();
  const pixels = signature.target.image ? [...out.grid().data] : [];
  return { signature, test, z: isSamples(out) ? [...out.z.data] : [], y: numbersOf(signature, out), pixels };
};

/** The numbers of y, or those of each of several targets, one after another. */
const numbersOf = ({ target }: Manifest, out: Outputs): readonly number[] => {
  if (!target.targets) return [...out.data];
  const each = new Map<string, Outputs>(Object.entries(out));
  return Object.keys(target.targets).flatMap((name) => [...(each.get(name)?.data ?? [])]);
};

const isSamples = (out: Outputs): out is Samples => 'z' in out;

const inPage = async (name: string, backend: string, { signature }: { readonly signature: Manifest }) => {
  const { page } = await visit(mapped(root()));
  return evaluate<Given & { readonly backend: unknown }>(
    page,
    `const m = await runtime.open('/models/${name}', { backend: '${backend}' });
     const given = ${JSON.stringify(givenOf(signature))};
     const out = m.signature.kind === 'cvae' ? await m.sample(given, { count: 16, seed: 3 }) : await m.mean(given);
     const test = await m.selfTest();
     await m.close();
     const pixels = m.signature.target.image ? [...out.grid().data] : [];
     const { targets } = m.signature.target;
     const y = (targets ? Object.keys(targets).map((name) => out[name]) : [out]).flatMap(({ data }) => [...data]);
     return { backend: m.backend, test, z: [...(out.z?.data ?? [])], y, pixels };`,
  );
};

/** The largest difference from Node's: of latents and outputs as |a − b| / (1 + |b|), of pixels; and how the table says it. */
const compare = (found: Given, node: Given & { readonly signature: Manifest }) => {
  const most = (a: readonly number[], b: readonly number[], scale: (value: number) => number): number => {
    expect(a).toHaveLength(b.length);
    return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? NaN)) / scale(b[i] ?? 0)), 0);
  };
  const relative = (b: number): number => 1 + Math.abs(b);
  // Without a prior network the latents are the noise itself.
  if (node.signature.files.prior === undefined) expect(found.z).toEqual(node.z);
  const numbers = Math.max(most(found.z, node.z, relative), most(found.y, node.y, relative));
  const pixel = most(found.pixels, node.pixels, () => 1);
  const differ = found.pixels.filter((value, i) => value !== node.pixels[i]).length;
  const many = differ > 0 ? ` (${differ} of ${found.pixels.length})` : '';
  return { numbers, pixel, text: found.pixels.length > 0 ? `${e(numbers)}; pixels ${pixel}${many}` : e(numbers) };
};
const e = (value: number): string => value.toExponential(1);

describe.each(NAMES)('%s', (name) => {
  it('computes the same everywhere, and the same pictures of a seed', { timeout: 180_000 }, async () => {
    const folder = await exportExample(root(), name);
    const node = await inNode(folder, {});
    const wasm = await inNode(folder, { backend: 'wasm' });
    const web = await inPage(name, 'wasm', node);
    const tests = [node, wasm, web].map(({ test }) => test);
    for (const test of tests) expect(test).toMatchObject({ passed: true, tolerance: 1e-5 });
    const seed = compare(web, node);
    expect(seed.numbers).toBeLessThan(1e-5);
    expect(seed.pixel).toBeLessThanOrEqual(1);
    const row = [name, ...tests.map(({ largest }) => e(largest))];
    if (!ON_GPU.includes(name)) return void rows.set(name, [...row, '', seed.text, '']);
    const gpu = await inPage(name, 'webgpu', node);
    expect(gpu.backend).toEqual({ name: 'webgpu', threads: 1 });
    expect(gpu.test).toMatchObject({ passed: true, tolerance: 1e-4 });
    const shown = compare(gpu, node);
    expect(shown.numbers).toBeLessThan(1e-4);
    expect(shown.pixel).toBeLessThanOrEqual(1);
    rows.set(name, [...row, e(gpu.test.largest), seed.text, shown.text]);
  });
});

describe('weights in fp16', () => {
  it.runIf(IS_LONG)(
    'compute their own example everywhere, and the outputs of full weights to within what the manifest says',
    async () => {
      const whole = await inNode(await exportExample(root(), 'digits', { as: 'whole' }), {});
      const folder = await exportExample(root(), 'digits', { as: 'half', precision: 'float16' });
      const node = await inNode(folder, {});
      const wasm = await inNode(folder, { backend: 'wasm' });
      const web = await inPage('half', 'wasm', node);
      const gpus = IS_LONG ? [await inPage('half', 'webgpu', node)] : [];
      for (const { test } of [node, wasm, web]) expect(test).toMatchObject({ passed: true, tolerance: 1e-5 });
      for (const { backend, test } of gpus) {
        expect(backend).toEqual({ name: 'webgpu', threads: 1 });
        expect(test).toMatchObject({ passed: true, tolerance: 1e-4 });
      }
      const { decoder: loss = NaN } = node.signature.precision?.losses ?? {};
      for (const found of [node, wasm, web, ...gpus]) {
        const { numbers } = compare(found, whole);
        expect(numbers).toBeGreaterThan(loss / 10);
        // Other inputs than those that it was measured on.
        expect(numbers).toBeLessThan(loss * 4);
      }
    },
  );
});

describe('docs/parity.md', () => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = (): string => [HEAD, HEAD.map(() => '---'), ...rows.values()].map(line).join('\n');
  /** The differences in a table's row, one a cell; 0 where there is none. */
  const numbers = (cells: readonly string[]): readonly number[] =>
    cells.slice(1).map((cell) => Number.parseFloat(cell) || 0);

  it('says what was found', async (context) => {
    if (rows.size < NAMES.length) return context.skip(); // a part of the tests was run
    await mkdir('out', { recursive: true });
    await writeFile(join('out', 'parity.md'), table());
    if (process.env['UPDATE'] && NAMES.length === ALL.length)
      await writeFile(PARITY, withSection(await readFile(PARITY, 'utf8'), 'examples', table()));
    const text = section(await readFile(PARITY, 'utf8'), 'examples');
    const told = new Map(
      [...text.matchAll(/^\| (\w\S*) \|(.*)\|$/gm)].map(([, name = '', rest = '']) => [
        name,
        [name, ...rest.split('|')],
      ]),
    );
    told.delete('example');
    expect([...told.keys()]).toEqual(ALL);
    const stale = [...rows].filter(([name, row]) => {
      const before = numbers(told.get(name) ?? []);
      return numbers(row).some((value, i) => value > 10 * Math.max(before[i] ?? 0, 1e-7));
    });
    expect(stale, 'docs/parity.md is stale: CVAE_LONG=1 UPDATE=1 npx vitest run test/browser/parity.test.ts').toEqual(
      [],
    );
  });
});
