import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidFile } from '../../src/errors.ts';
import { moduleRunner } from '../../src/runtime/module/engine.ts';
import { host } from '../../src/runtime/module/web-assembly.ts';
import type { Model } from '../../src/runtime/model.ts';
import { open } from '../../src/runtime/node.ts';
import type { ModuleOptions } from '../../src/runtime/module/open.ts';
import type { Manifest } from '../../src/signature.ts';
import { compileWasm } from '../../src/wasm/compile.ts';
import { TSC } from '../types/tsc.ts';
import { exportModule, sectionsOf } from './support.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

/** What model.js exports. */
interface Module {
  readonly open: (options?: ModuleOptions) => Promise<Model>;
  readonly signature: Manifest;
}

/** Conditions of each model, and how its samples are distinguished. */
const MODELS = {
  digits: { digit: 7 },
  completion: { x: new Float32Array(784).fill(0.3) },
  table: { station: 'peak', day: 20, clouds: 0.5 },
  weather: { month: 'Mar' },
  names: { of: 'element' },
  'variants/cnn': { x: new Float32Array(784).fill(0.3) },
} as const;
const NAMES = Object.keys(MODELS) as (keyof typeof MODELS)[]; // an object's keys are strings to TypeScript

/** Those whose types are checked: a program of the compiler for each. */
const TYPED = chosen('modules whose types are checked', NAMES, 1);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cvae-wasm-'));
  for (const name of NAMES)
    await exportModule(folder, name, {
      as: name.replace('/', '-'),
      recognition: name === 'digits' || name === 'weather',
      ...(name === 'weather' && { evaluationSamples: 2 }),
    });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string, ...path: readonly string[]): string => join(folder, name.replace('/', '-'), ...path);
const load = async (name: string): Promise<Module> => import(pathToFileURL(at(name, 'model.js')).href);

/** All arrays of numbers in a result, by where they are. */
const numbersIn = (value: unknown, path = ''): readonly (readonly [string, Float32Array])[] => {
  if (value instanceof Float32Array) return [[path, value]];
  if (typeof value !== 'object' || value === null || value instanceof Uint8ClampedArray) return [];
  return Object.entries(value).flatMap(([name, one]) => numbersIn(one, `${path}/${name}`));
};

/** The largest |a − b| / (1 + |b|) of two results that have the same arrays. */
const distance = (found: unknown, expected: unknown): number => {
  const [a, b] = [numbersIn(found), numbersIn(expected)];
  expect(a.map(([path, { length }]) => [path, length])).toEqual(b.map(([path, { length }]) => [path, length]));
  expect(b.length).toBeGreaterThan(0);
  return Math.max(
    ...b.map(([, data], i) =>
      data.reduce((most, value, j) => {
        const far = Math.abs((a[i]?.[1][j] ?? NaN) - value) / (1 + Math.abs(value));
        return far <= most ? most : far || Infinity;
      }, 0),
    ),
  );
};

describe.each(NAMES)('%s as WebAssembly', (name) => {
  it('passes its self-test', async () => {
    const model = await (await load(name)).open();
    const { passed, tolerance, parts } = await model.selfTest();
    expect({ passed, tolerance }).toEqual({ passed: true, tolerance: 1e-5 });
    expect(Object.keys(parts).length).toBeGreaterThan(0);
    expect(model.backend).toEqual({ name: 'wasm', threads: 1 });
    await model.close();
    await expect(model.selfTest()).rejects.toThrow('expected an open model, got a closed one');
  });

  it('gives what onnxruntime gives, of the same noise to the bit, in all its calls', async () => {
    const ours = await (await load(name)).open();
    const theirs = await open(at(name));
    const given = MODELS[name] as never; // each model has conditions of its own
    expect(distance(await ours.mean(given), await theirs.mean(given))).toBeLessThan(1e-5);
    if (ours.signature.kind === 'cvae') {
      for (const options of [
        { count: 5, seed: 3 },
        { count: 5, seed: 3, draw: true },
        { count: 130, seed: 1 },
      ]) {
        const [a, b] = [await ours.sample(given, options), await theirs.sample(given, options)];
        expect(distance(a, b)).toBeLessThan(1e-5);
        // Without a prior network, latents are the noise itself.
        if (!ours.signature.files.prior) expect(a.z).toEqual(b.z);
      }
      expect(distance(await ours.prior(given), await theirs.prior(given))).toBeLessThan(1e-5);
      const z = (await theirs.sample(given, { count: 3, seed: 9 })).z.data;
      expect(distance(await ours.decode(z, given), await theirs.decode(z, given))).toBeLessThan(1e-5);
    }
    if (ours.signature.files.baseline)
      expect(distance(await ours.baseline(given), await theirs.baseline(given))).toBeLessThan(1e-5);
    await ours.close();
    await theirs.close();
  });

  it.runIf(TYPED.includes(name))('has types that TypeScript accepts, of a module that imports nothing', () => {
    const text = readFileSync(at(name, 'model.js'), 'utf8');
    expect(text).not.toMatch(/\bimport\s*[("'{*]|\bfrom\s*["'][\w.@/]|\beval\(|new Function/);
    const use = `import { open, signature } from './model.js';
export const model = await open({ wasm: new Uint8Array() });
export const kind: '${name === 'variants/cnn' ? 'predictor' : 'cvae'}' = signature.kind;
export const passed: boolean = (await model.selfTest()).passed;
${name === 'digits' ? 'export const encoded = await model.encode({ y: new Float32Array(784), digit: 7 });' : '// @ts-expect-error: the recognition network is not exported\nmodel.encode;'}\n`;
    writeFileSync(at(name, 'use.ts'), use);
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--module', 'nodenext'];
    writeFileSync(at(name, 'package.json'), '{ "type": "module" }');
    const { status, stdout } = spawnSync(process.execPath, [...TSC(), ...options, at(name, 'use.ts')], {
      encoding: 'utf8',
      cwd: folder,
    });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});

describe.each([
  ['digits', 'gzip', (bytes: Uint8Array) => gzipSync(bytes, { level: 9 })],
  ['completion', 'brotli', (bytes: Uint8Array) => brotliCompressSync(bytes)],
] as const)('%s as WebAssembly', (name, way, compressed) => {
  it(`is at most 15 kB of code as it is sent by ${way}, without weights and examples`, async () => {
    await exportModule(folder, name, { as: 'sent' });
    const wasm = readFileSync(at('sent', 'model.wasm'));
    const script = compressed(readFileSync(at('sent', 'model.js'))).length;
    // Of what the module holds, the code: all sections but its data, and the text of its examples.
    const code = sectionsOf(wasm).filter(({ id }) => id !== 11 && id !== 0);
    const sent = compressed(Buffer.concat(code.map(({ bytes }) => bytes))).length;
    expect(sent).toBeGreaterThan(500);
    expect(script + sent).toBeLessThanOrEqual(15_000);
  });
});

describe('digits as WebAssembly', () => {
  it('encodes examples, one or many, as the recognition network does', async () => {
    const model = await (await load('digits')).open();
    const y = Float32Array.from({ length: 2 * 784 }, (_, i) => (i % 5) / 5);
    const { mean, logVar } = await model.encode({ y: [y.subarray(0, 784), y.subarray(784)], digit: [3, 7] });
    expect([mean.shape, logVar.shape]).toEqual([
      [2, 20],
      [2, 20],
    ]);
    const second = await model.encode({ y: [y.subarray(784)], digit: 7 });
    expect(second.mean.data).toEqual(mean.data.slice(20));
    await expect(model.encode({ y: y.subarray(1), digit: 3 })).rejects.toThrow('y: expected');
    const two = [y.subarray(0, 784), y.subarray(784)];
    await expect(model.encode({ y: two, digit: [3, 7, 8] })).rejects.toThrow(/expected (3 values|one value or \d)/);
    await model.close();
  });

  it('opens from whatever holds the module', async () => {
    const { open: openIt } = await load('digits');
    const bytes = readFileSync(at('digits', 'model.wasm'));
    const whole = new Uint8Array(bytes);
    const compiled = await host.WebAssembly?.compile(whole);
    for (const wasm of [whole, whole.buffer, compiled, new Response(whole), Promise.resolve(new Response(whole))])
      expect((await (await openIt({ wasm: wasm ?? {} })).selfTest()).passed).toBe(true);
    const elsewhere = pathToFileURL(at('digits', 'model.wasm'));
    expect((await (await openIt({ wasm: elsewhere })).selfTest()).passed).toBe(true);
    expect((await (await openIt({ wasm: elsewhere.href })).selfTest()).passed).toBe(true);
  });

  it('computes with weights in float16, in half the bytes', async () => {
    await exportModule(folder, 'digits', { as: 'half', precision: 'float16' });
    const [half, whole] = ['half', 'sent'].map((name) => readFileSync(at(name, 'model.wasm')).length);
    expect(half).toBeLessThan(0.56 * (whole ?? 0));
    const ours = await (await load('half')).open();
    const theirs = await open(at('half'));
    expect((await ours.selfTest()).passed).toBe(true);
    const [a, b] = [await ours.sample({ digit: 7 }, { seed: 1 }), await theirs.sample({ digit: 7 }, { seed: 1 })];
    expect(distance(a, b)).toBeLessThan(1e-5);
    await theirs.close();
  });

  it('is listed in model.json, so that the next export replaces it', () => {
    const manifest: Manifest = JSON.parse(readFileSync(at('digits', 'model.json'), 'utf8'));
    expect(manifest.package).toEqual(['model.wasm', 'model.js', 'model.d.ts']);
  });
});

describe('what cannot be opened or computed is refused in one sentence', () => {
  const refused = async (wasm: object | string, message: RegExp | string): Promise<void> => {
    const { open: openIt } = await load('digits');
    await expect(openIt({ wasm })).rejects.toThrow(message);
  };

  it('another file, none, and one of another model', async () => {
    await refused(
      new Uint8Array([1, 2, 3]),
      /^model\.wasm: expected a WebAssembly module, got ".*"; export the model again$/,
    );
    await refused(
      Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0),
      'expected the one that was exported with its model.js, got another module',
    );
    await refused(readFileSync(at('completion', 'model.wasm')), "got another model's; copy both from one export");
    await refused(
      pathToFileURL(at('digits', 'none.wasm')),
      /none\.wasm: expected model\.wasm, got .*; put it next to model\.js/,
    );
    await refused(
      Promise.resolve(new Response('<p>Nothing here', { status: 404 })),
      'model.wasm: expected model.wasm, got 404; put it next to model.js',
    );
    await refused(new Response('<!doctype html>'), 'model.wasm: expected model.wasm, got an HTML page; put it next to');
    await refused(
      { no: 'module' },
      'expected a WebAssembly module, its bytes, a response or an address as wasm, got Object',
    );
  });

  it('log p(y|x), of which only onnxruntime has the file, also where that was exported', async () => {
    const message = 'expected a file evaluation, got a module, which has none; open a folder';
    const weather = await load('weather');
    const given = { month: 'Mar', rain: 0, temperature: [2, 8], sky: 'rain' };
    await expect((await weather.open()).logLikelihood(given)).rejects.toThrow(message);
    await expect((await (await load('names')).open()).logLikelihood({ of: 'element' })).rejects.toThrow(message);
    expect(weather.signature.files.evaluation).toBeUndefined();
    const types = readFileSync(at('weather', 'model.d.ts'), 'utf8');
    expect(types).toContain('encode(');
    expect(types).not.toMatch(/logLikelihood|evaluation/i);
  });

  it('an unknown option', async () => {
    const { open: openIt } = await load('digits');
    const options = { threads: 4 } as object;
    await expect(openIt(options)).rejects.toThrow('threads: expected one of the options wasm, signal, onProgress');
  });

  it('a host without SIMD', async () => {
    const program = `WebAssembly.validate = () => false; // as where there is no SIMD
      const { open } = await import(${JSON.stringify(pathToFileURL(at('digits', 'model.js')).href)});
      await open().catch((error) => console.log(error.message));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
    expect(stdout).toMatch(
      /^model\.wasm: expected a host with WebAssembly SIMD \(.*\), got one without; update it, or export/,
    );
  });

  it.runIf(IS_LONG)('memory that cannot grow', async () => {
    const wide = 2 ** 20;
    const graph = {
      name: 'g',
      inputs: [{ name: 'x', dtype: 'float32', shape: ['N', wide] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['N', wide] }],
      nodes: [{ name: 'relu', op: 'Relu', inputs: ['x'], outputs: ['y'], attributes: {} }],
      initializers: new Map(),
    } as const;
    const { WebAssembly } = host;
    if (!WebAssembly) throw new Error('no WebAssembly');
    const { plan, bytes } = compileWasm({ decoder: graph }, 18);
    const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes()));
    const runner = moduleRunner('wide', plan, exports);
    const few = await runner.run('decoder', { x: { data: new Float32Array(2 * wide).fill(-1), shape: [2, wide] } });
    expect(few['y']?.data).toEqual(new Float32Array(2 * wide));
    // More than the 4 GiB that WebAssembly can address.
    const many = { data: new Float32Array(1), shape: [1000, wide] };
    await expect(runner.run('decoder', { x: many })).rejects.toThrow(
      /^wide: expected memory that grows to \d+ MiB, got none from this host; ask for fewer rows at once$/,
    );
  });

  it('an operator that has no kernel, by name', () => {
    const graph = {
      name: 'g',
      inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 3] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['N', 3] }],
      nodes: [{ name: 'trilu', op: 'Trilu', inputs: ['x'], outputs: ['y'], attributes: {} }],
      initializers: new Map(),
    } as const;
    expect(() => compileWasm({ decoder: graph }, 18)).toThrow(
      'decoder: expected operators that the target wasm has, got Trilu; export it without the target wasm',
    );
  });

  it('a folder from which model.wasm was left out', async () => {
    await cp(at('digits'), at('cut'), { recursive: true });
    rmSync(at('cut', 'model.wasm'));
    await expect((await load('cut')).open()).rejects.toThrow(
      'put it next to model.js, or give its address as { wasm }',
    );
    expect(new InvalidFile('').name).toBe('InvalidFile');
  });
});
