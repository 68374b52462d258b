import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, SMALL, temporary } from '../cli/support/cli.ts';
import { TSC } from '../types/tsc.ts';
import { open, type Model } from 'cvae-compile/runtime';
import { MODELS, ROOT, snippet, stranger, writePackage } from './support.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

const ALL = Object.keys(MODELS) as (keyof typeof MODELS)[]; // an object's keys are strings to TypeScript
/** Those with a sampler, which hold what the others hold, are for the long tests, but one. */
const NAMES = ALL.filter((name) => IS_LONG || name === 'tableWithSampler' || !name.endsWith('WithSampler'));
/** Those whose packages run alone. */
const SOME = chosen('packages alone', NAMES, 1);
// Also where comments for bundlers precede a name, or `String` around it.
const IMPORT = /\b(?:from|import)\s*\(?(?:\s*\/\*[^*]*\*\/)*\s*(?:String\()?["']([\w./@-]+)["']/g;
let built = '';
let alone = '';
const cards = new Map<string, string>();
/** The models of which there is a package with a sampler too. */
const SAMPLED = NAMES.filter((name) => NAMES.some((other) => other === `${name}WithSampler`));
/** The first number that a model's program in C++ prints. */
const firsts = new Map<string, number>();

const run = (command: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: alone, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}`.trim() };
};

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'cvae-packages-'));
  alone = await stranger('onnxruntime-node');
  writeFileSync(join(alone, 'package.json'), '{ "type": "module" }');
  for (const name of NAMES) {
    await writePackage(built, name);
    // A copy, elsewhere: nothing may refer to where it was made.
    cpSync(join(built, name), join(alone, name), { recursive: true });
    cards.set(name, readFileSync(join(alone, name, 'README.md'), 'utf8'));
  }
});
afterAll(() => {
  for (const folder of [built, alone]) rmSync(folder, { recursive: true, force: true });
});

describe('a package alone, in an empty folder with an onnxruntime', () => {
  it.each(SOME)("%s: runs by its card's program in Node", (name) => {
    const program = snippet(cards.get(name) ?? '', 'js');
    const [, what = '', said] = /console\.log\((samples(?:\.rain)?\.shape)\); \/\/ \[(.*)\]/.exec(program) ?? [];
    const shape = said?.split(', ').map(Number);
    writeFileSync(join(alone, 'main.mjs'), program.replace(what, `JSON.stringify(${what})`));
    expect(run(process.execPath, 'main.mjs')).toEqual({ status: 0, output: JSON.stringify(shape) });
  });

  it.each(SOME)('%s: proves itself, and has no bare import but an onnxruntime', (name) => {
    const program = `import { open, signature } from './${name}/index.js';
const model = await open({ from: './${name}' });
console.log((await model.selfTest()).passed, model.backend.name, model.signature === signature);`;
    writeFileSync(join(alone, 'prove.mjs'), program);
    expect(run(process.execPath, 'prove.mjs')).toEqual({ status: 0, output: 'true cpu true' });
    const files = readdirSync(join(alone, name), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.js'),
    );
    const imported = files.flatMap((file) => {
      const text = readFileSync(join(alone, name, file), 'utf8');
      return [...text.matchAll(IMPORT)].map(([, to = '']) => to);
    });
    const bare = new Set(imported.filter((to) => !to.startsWith('.')));
    expect([...bare].sort()).toEqual(['onnxruntime-node', 'onnxruntime-web/wasm', 'onnxruntime-web/webgpu']);
    expect(imported.length).toBeGreaterThan(bare.size);
  });

  it.each([
    [
      'digits',
      {
        digit: [7, 3],
        y: [0, 784].map((from) => Array.from({ length: 784 }, (_, i) => (((from + i) * 37) % 101) / 100)),
      },
      { digit: 1 },
    ],
    [
      'weather',
      {
        month: ['Jul', 'Jan'],
        rain: [0, 2.5],
        temperature: [
          [12, 20],
          [-3, 4],
        ],
        sky: ['clear', 'rain'],
      },
      { month: 'Mar' },
    ],
  ] as const)('%s: answers what is asked of examples as the runtime does, to the bit', async (name, given, as) => {
    const asked = async (model: Model) => {
      const numbers = (found: object): unknown =>
        Object.entries(found).map(([key, value]) => [key, Array.from(value.data ?? [])]);
      const { values, standardErrors } = await model.logLikelihood(given, { samples: 30, seed: 2 });
      const stream = [];
      for await (const { z } of model.stream(as, { count: 5, seed: 1, rows: 2 })) stream.push(...z.data);
      return JSON.stringify([
        numbers(await model.encode(given)),
        numbers(await model.reconstruct(given, { as, seed: 3, count: 2, temperature: 1, draw: true })),
        [...values, ...standardErrors],
        [...(await model.neighbours(given, given)).distances],
        stream,
      ]);
    };
    const model = await open(join(built, name));
    const expected = await asked(model);
    await model.close();
    writeFileSync(
      join(alone, 'ask.mjs'),
      `import { open } from './${name}/index.js';
const as = ${JSON.stringify(as)};
const given = ${JSON.stringify(given)};
const asked = ${asked.toString().replaceAll(/__vite_ssr_import_\d+__\./g, '')};
const model = await open();
console.log(await asked(model));`,
    );
    const { status, output } = run(process.execPath, 'ask.mjs');
    expect(status, output).toBe(0);
    expect(output).toBe(expected);
    expect(expected.length).toBeGreaterThan(400);
  });

  it.for(NAMES)("%s: runs by its card's program in Python, where that has onnxruntime", (name, { skip }) => {
    const python = process.env['CVAE_PYTHON'] ?? 'python3';
    if (run(python, '-c', 'import onnxruntime, numpy').status !== 0) skip(`${python} has no onnxruntime`);
    const program = snippet(cards.get(name) ?? '', 'python');
    const shape = /print\(y(?:\["rain"\])?\.shape\) {2}# (.*)/.exec(program)?.[1];
    const each = name === 'weather' ? 'y.values()' : '[y]';
    writeFileSync(join(alone, 'main.py'), `${program}assert all(np.isfinite(one).all() for one in ${each})\n`);
    expect(run(python, 'main.py')).toEqual({ status: 0, output: shape });
  });

  it.for(SAMPLED)('%s: is the same in Python with a sampler and without, of the same noise', (name, { skip }) => {
    const python = process.env['CVAE_PYTHON'] ?? 'python3';
    if (run(python, '-c', 'import onnxruntime, numpy').status !== 0) skip(`${python} has no onnxruntime`);
    const [steps, whole] = [name, `${name}WithSampler`].map((which) => {
      const program = snippet(cards.get(which) ?? '', 'python');
      const file = which === name ? 'decoder' : 'sampler';
      expect(program).toContain(`"${which}/${file}.onnx"`);
      expect(program.includes('sampler')).toBe(which !== name);
      writeFileSync(join(alone, 'main.py'), `${program}print(" ".join(map(str, y.ravel()[:2000])))\n`);
      return run(python, 'main.py').output.split('\n').at(-1)?.split(' ').map(Number) ?? [];
    });
    expect(steps?.length).toBeGreaterThan(40);
    expect(new Set(steps).size).toBeGreaterThan(20);
    expect(steps).toEqual(whole?.map((value) => expect.closeTo(value, 3)));
  });

  // What writes step by step has no program in C++.
  it.for(NAMES.filter((name) => name !== 'names'))(
    "%s: runs by its card's program in C++, where onnxruntime's headers are",
    (name, { skip }) => {
      const headers = process.env['CVAE_ORT_INCLUDE'];
      if (headers === undefined) return skip('CVAE_ORT_INCLUDE names no folder with onnxruntime_cxx_api.h');
      const library = join(ROOT, `node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}`);
      writeFileSync(join(alone, 'main.cpp'), snippet(cards.get(name) ?? '', 'cpp'));
      const link = [join(library, 'libonnxruntime.so.1'), `-Wl,-rpath,${library}`];
      expect(run('g++', '-std=c++17', `-I${headers}`, 'main.cpp', '-o', 'main', ...link)).toMatchObject({ status: 0 });
      const { output } = run('./main');
      expect(output).toMatch(/^\d+ numbers, the first is -?[\d.]+$/);
      // Of the same noise, with a sampler and without.
      const [, alike = name] = /^(.*)WithSampler$/.exec(name) ?? [];
      const first = Number(/\S+$/.exec(output)?.[0]);
      expect(first).toBeCloseTo(firsts.get(alike) ?? first, 3);
      firsts.set(alike, first);
    },
  );

  it('says what is missing where there is no onnxruntime', async () => {
    const bare = await stranger();
    cpSync(join(built, 'digits'), join(bare, 'digits'), { recursive: true });
    writeFileSync(
      join(bare, 'main.mjs'),
      `import { open } from './digits/index.js'; await open().catch((e) => console.log(String(e)));`,
    );
    const { stdout } = spawnSync(process.execPath, ['main.mjs'], { cwd: bare, encoding: 'utf8' });
    rmSync(bare, { recursive: true });
    expect(stdout).toBe('Unavailable: runtime: onnxruntime-node is not installed; npm install onnxruntime-node\n');
  });
});

describe("a package's types", () => {
  const tsc = () => run(process.execPath, ...TSC(), '-p', '.', '--pretty', 'false');
  /** What TypeScript says of a program next to the packages. */
  const check = (program: string) => {
    writeFileSync(join(alone, 'use.ts'), program);
    const options = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['es2023', 'dom'],
    };
    writeFileSync(
      join(alone, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, types: [] }, files: ['use.ts'] }),
    );
    return tsc();
  };

  it('are right by themselves, for every kind of model, declarations included', () => {
    const program = NAMES.map((name) => `import * as ${name} from './${name}/index.js';\nvoid ${name}.open();\n`).join(
      '',
    );
    const files = `void tableWithSampler.signature.files.sampler;
// @ts-expect-error: no such file
void table.signature.files.sampler;
`;
    expect(check(program + files)).toEqual({ status: 0, output: '' });
  });

  it('know conditions, classes, shapes and the latent by their literal names and sizes', () => {
    const right = `import { open, signature, toRgba } from './table/index.js';
import { open as openDigits } from './digits/index.js';
import { open as openCompletion } from './completion/index.js';
import { open as openPredictor } from './predictor/index.js';
import { open as openWeather } from './weather/index.js';
const model = await open({ backend: 'wasm' });
const { shape, z } = await model.sample({ station: ['coast', 'peak'], day: 100, clouds: [3, 4] }, { count: 2 });
const three: 3 = shape[1];
const two: 2 = z.shape[1];
const latent: 2 = signature.latent;
const valley: 'valley' = signature.conditions.station.classes[1];
const digits = await openDigits();
const size: 784 = (await digits.mean({ digit: 7 })).shape[1];
const picture = new ImageData(toRgba((await digits.mean({ digit: 7 })).image()).data, 28, 28);
const guess = (await (await openCompletion()).baseline({ x: new Uint8Array(784) })).shape;
const channels: 1 = guess[3];
const predictor = await openPredictor();
const y: Float32Array = (await predictor.mean({ x: new Float32Array(784) })).data;
const { rain, temperature, sky, seed } = await (await openWeather()).sample({ month: 'Jul' }, { draw: true });
const both: 2 = temperature.shape[1];
const further: (Float32Array | undefined)[] = [rain.zero, rain.median, temperature.logVar];
const skies: readonly [number, 3] | readonly [number] = sky.shape;
const own = await digits.encode({ digit: 7, y: new Uint8Array(784) });
const where: 20 = own.deviation.shape[1];
const other = await digits.reconstruct({ digit: 7, y: new ImageData(28, 28) }, { as: { digit: 3 }, count: 2 });
const near: Int32Array = (await digits.neighbours(own, { digit: [1, 2], y: new Uint8Array(2 * 784) })).indices;
const asked = await (await openWeather()).logLikelihood({ month: 'Jul', rain: 0, temperature: [12, 20], sky: 'rain' });
const nats: Float64Array = asked.values;
for await (const chunk of digits.stream({ digit: 7 }, { count: 1e6 })) void chunk.z;
const exact = (await predictor.logLikelihood({ x: new Float32Array(784), y: new Float32Array(784) })).estimator;
const seeded: number = seed;
export { both, exact, further, nats, near, other, where, skies, seeded, three, two, latent, valley, size, picture, channels, y };
`;
    expect(check(right)).toEqual({ status: 0, output: '' });
    const wrong = [
      [`table`, `m.sample({ station: 'cost', day: 1, clouds: 1 })`, `'"cost"' is not assignable to type`],
      [`digits`, `m.sample({ digits: 7 })`, `'digits' does not exist in type 'Conditions'`],
      [`digits`, `m.sample({ digit: 7 }, { cuont: 16 })`, `'cuont' does not exist in type 'SampleOptions'`],
      [`digits`, `m.sample({})`, `'digit' is missing in type '{}'`],
      [`digits`, `m.baseline({ digit: 7 })`, `'baseline' does not exist on type 'Model'`],
      [`table`, `m.encode({ station: 'coast', day: 1, clouds: 1, y: [1] })`, `'encode' does not exist on type 'Model'`],
      [`digits`, `m.encode({ digit: 7 })`, `'y' is missing in type '{ digit: number; }'`],
      [`digits`, `m.reconstruct({ digit: 7, y: [] }, { as: { digits: 3 } })`, `'digits' does not exist in type`],
      [
        `weather`,
        `m.encode({ month: 'Jul', rain: 0, temperature: [1], sky: 'mist' })`,
        `'"mist"' is not assignable to type`,
      ],
      [`weather`, `m.mean({ month: 'Jul' }).then((y) => y.snow)`, `'snow' does not exist on type 'Outputs'`],
      [`predictor`, `m.sample({ x: [] })`, `'sample' does not exist on type 'Model'`],
      [`digits`, `m.mean({ digit: 7 }).then((y) => y.shape[2])`, `of length '2' has no element at index '2'`],
    ] as const;
    const program = wrong.map(
      ([name, call], i) =>
        `import { open as open${i} } from './${name}/index.js';\nvoid open${i}().then((m) => ${call});\n`,
    );
    const { output } = check(program.join(''));
    const lines = output.split('\n').filter((line) => line.startsWith('use.ts'));
    expect(lines.map((line) => Number(/\((\d+),/.exec(line)?.[1]))).toEqual(wrong.map((_, i) => 2 * i + 2));
    for (const [i, [, , sentence]] of wrong.entries()) expect(output.split('use.ts(')[i + 1]).toContain(sentence);
  });

  it("are the runtime's own for the definition", () => {
    const program = `import type { ModelOf, OpenOptions, Picture, SampleOptions, SelfTest } from 'cvae-compile/runtime';
import type table from '${join(ROOT, 'examples/table/model.ts')}';
import type digits from '${join(ROOT, 'examples/digits/model.ts')}';
import type weather from '${join(ROOT, 'examples/weather/model.ts')}';
import type * as ofWeather from './weather/index.js';
import type * as ofTable from './table/index.js';
import type * as ofDigits from './digits/index.js';
type Both<A, B> = [A] extends [B] ? ([B] extends [A] ? true : 'theirs is more') : 'ours is more';
type Arguments<O, T, K extends keyof O & keyof T> =
  O[K] extends (...args: infer A) => unknown ? (T[K] extends (...args: infer B) => unknown ? Both<A, B> : false) : true;
// Results are as theirs are, but for shapes of literal lengths.
type Result<O, T, K extends keyof O & keyof T> = O[K] extends (...args: never) => infer A
  ? T[K] extends (...args: never) => infer B ? ([A] extends [B] ? true : 'another result') : false : true;
type Methods = 'sample' | 'stream' | 'prior' | 'mean' | 'decode' | 'interpolate' | 'selfTest' | 'close';
type Yes = { [K in Methods]: true };
export const taken: { [K in Methods]: Arguments<ofTable.Model, ModelOf<typeof table>, K> } extends Yes ? true : false = true;
export const given: { [K in Methods]: Result<ofDigits.Model, ModelOf<typeof digits>, K> } extends Yes ? true : false = true;
export const several: { [K in Methods]: Arguments<ofWeather.Model, ModelOf<typeof weather>, K> } extends Yes ? true : false = true;
type Asked = 'encode' | 'reconstruct' | 'logLikelihood' | 'neighbours';
export const answered: { [K in Asked]: Result<ofDigits.Model, ModelOf<typeof digits>, K> } extends { [K in Asked]: true } ? true : false = true;
export const named: Both<keyof ofWeather.Samples, keyof Awaited<ReturnType<ModelOf<typeof weather>['sample']>>> = true;
export const names: Both<keyof ofDigits.Model, Exclude<keyof ModelOf<typeof digits>, 'baseline' | 'impute'>> = true;
export const options: Both<Omit<ofTable.OpenOptions, 'from'>, Omit<OpenOptions, 'weights'>> = true;
export const sampling: Both<keyof ofTable.SampleOptions, keyof SampleOptions> = true;
export const opening: Both<Exclude<keyof ofTable.OpenOptions, 'from'>, Exclude<keyof OpenOptions, 'weights'>> = true;
export const pictures: Both<ofTable.Picture, Picture> = true;
export const tests: ofTable.SelfTest = {} as SelfTest;
`;
    writeFileSync(join(alone, 'use.ts'), program);
    const tsconfig = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { typeRoots: [join(ROOT, 'node_modules/@types')] },
      include: [],
      files: ['use.ts'],
    };
    writeFileSync(join(alone, 'tsconfig.json'), JSON.stringify(tsconfig));
    expect(tsc()).toEqual({ status: 0, output: '' });
  });
});

describe('export --package', () => {
  const folder = temporary();
  const at = (...names: readonly string[]) => join(folder, ...names);
  const exported = (...options: readonly string[]) =>
    cli('export', at('model.ts'), '--weights', at('run'), '--out', at('small'), ...options);

  beforeAll(async () => {
    writeFileSync(at('model.ts'), SMALL);
    expect(await cli('train', at('model.ts'), '--out', at('run'), '--epochs', '2', '--engine', 'onnx')).toMatchObject({
      code: 0,
    });
  });

  it('writes a card with the run that the weights are from, and the licence that was named', async () => {
    const { code, err } = await exported('--package', '--license', 'CC-BY-4.0');
    expect(code).toBe(0);
    expect(err).toContain(
      'index.js, index.d.ts, webgpu.js, webgpu.d.ts, package.json, README.md, samples.png, runtime/, model.json)',
    );
    const card = readFileSync(at('small', 'README.md'), 'utf8');
    const line = readFileSync(at('run', 'metrics.jsonl'), 'utf8').trimEnd().split('\n').at(-1) ?? '';
    const { test } = JSON.parse(line);
    const { data } = JSON.parse(readFileSync(at('run', 'run.json'), 'utf8'));
    expect(data.train + data.validation).toBe(96);
    expect(card).toContain(
      `: ${data.train} examples to train on, ${data.validation} for validation, 16 for the test. 2 epochs, seed 1, `,
    );
    expect(card).toContain(data.checksum ?? 'Data: data:');
    // A picture, then how it is used, and what it is made of last.
    const places = ['![What the model draws](samples.png)', '## In Node', '## In Python', '## Inputs', '<details>'];
    const found = places.map((text) => card.indexOf(text));
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found[0]).toBeGreaterThan(0);
    expect(card).toMatch(
      /^Held-out examples, for left; right\. From left to right: the truth, its reconstruction, 8 samples\.$/m,
    );
    expect(readFileSync(at('small', 'samples.png')).subarray(1, 4).toString()).toBe('PNG');
    expect(card).toContain(
      `| test | ${test.negativeElbo.toFixed(2)} | ${test.reconstruction.toFixed(2)} | ${test.kl.toFixed(2)} |`,
    );
    expect(card.slice(0, card.indexOf('\n---\n') + 5)).toBe(`---
license: cc-by-4.0
library_name: onnx
pipeline_tag: other
tags:
- onnx
- onnxruntime
- onnxruntime-web
- conditional-vae
metrics:
- negative_elbo
model-index:
- name: ${JSON.parse(readFileSync(at('small', 'model.json'), 'utf8')).name}
  results:
  - task:
      type: other
    dataset:
      type: data
      name: data
      split: test
    metrics:
    - type: negative_elbo
      name: "−ELBO (nats)"
      value: ${Number(test.negativeElbo.toFixed(4))}
---
`);
    expect(JSON.parse(readFileSync(at('small', 'package.json'), 'utf8'))).toMatchObject({
      license: 'CC-BY-4.0',
      type: 'module',
    });
    expect(await cli('verify', at('small'))).toMatchObject({ code: 0 });
  });

  it('names no licence where none was given, and takes none without a package', async () => {
    await exported('--package');
    expect(readFileSync(at('small', 'README.md'), 'utf8')).toMatch(/^---\nlicense: unknown\n/);
    expect(JSON.parse(readFileSync(at('small', 'package.json'), 'utf8'))).not.toHaveProperty('license');
    const { code, err } = await exported('--license', 'MIT');
    expect(code).toBe(1);
    expect(err).toMatch(/^error: license: expected --package/);
  });

  it('gives the same bytes each time, and goes with all its files where an export without one takes its place', async () => {
    const all = () =>
      readdirSync(at('small'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const read = () => all().map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'base64')]);
    await exported('--package');
    const before = read();
    await exported('--package');
    expect(read()).toEqual(before);
    writeFileSync(at('small', 'notes.txt'), 'mine');
    await exported();
    expect(readdirSync(at('small')).sort()).toEqual([
      'decoder.onnx',
      'examples.json',
      'model.json',
      'notes.txt',
      'prior.onnx',
    ]);
    writeFileSync(at('small', 'README.md'), 'mine');
    const { code, err } = await exported('--package');
    expect(code).toBe(1);
    expect(err).toContain('expected a folder without a README.md of another kind, got one');
    expect(existsSync(at('small', 'runtime'))).toBe(false);
    expect(readFileSync(at('small', 'README.md'), 'utf8')).toBe('mine');
  });

  it('says nothing of training if the weights come without a run', async () => {
    cpSync(at('run', 'weights.safetensors'), at('others.safetensors'));
    await cli('export', at('model.ts'), '--weights', at('others.safetensors'), '--out', at('bare'), '--package');
    const card = readFileSync(at('bare', 'README.md'), 'utf8');
    expect(card).toContain('How it was trained is not known here');
    expect(card).not.toMatch(/^(datasets|metrics|model-index):/m);
  });
});
