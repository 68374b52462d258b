import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonOf } from '../../playground/src/code/python.ts';
import { typescriptOf } from '../../playground/src/code/typescript.ts';
import { givenOf, initialValues, valuesOf, type Values } from '../../playground/src/condition/values.ts';
import type { Settings } from '../../playground/src/session/settings.ts';
import { open } from '../../src/runtime/node.ts';
import { parseManifest } from '../../src/formats/manifest.ts';
import type { Manifest, Specimens } from '../../src/signature.ts';
import { exportForPage } from '../playground/support/export.ts';
import { chosen } from '../support/chosen.ts';

/** What the tab with the code is tried with: a model, and a state of the page. */
const STATES: readonly (readonly [name: string, change: (values: Values) => Values, Partial<Settings>])[] = [
  ['digits', () => ({ digit: { kind: 'all' } }), { count: 2, temperature: 0.7, draw: true }],
  ['table', (values) => values, { count: 5, seed: 2 ** 40 + 3, draw: true }],
  ['weather', () => ({ month: { kind: 'class', index: 6 } }), { count: 4 }],
  ['completion', (values) => values, { count: 3 }],
  ['names', () => ({ of: { kind: 'class', index: 1 } }), { count: 3, draw: true }],
  ['variants/nn', (values) => values, {}],
];

const root = mkdtempSync(join(tmpdir(), 'cvae-code-'));
const repository = fileURLToPath(new URL('../..', import.meta.url));
const python = process.env['CVAE_PYTHON'] ?? 'python3';
const hasOnnxruntime = spawnSync(python, ['-c', 'import numpy, onnxruntime']).status === 0;

beforeAll(() => {
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(repository, join(root, 'node_modules/cvae-compile'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Runs a program in a folder, and returns the numbers of its last line. */
const numbersOf = (command: string, args: readonly string[], cwd: string): readonly number[] => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 });
  expect(status, stderr).toBe(0);
  const found: unknown = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  // What the line that a test adds prints: null for what overflows with such weights, in which no two need to agree.
  return (found as readonly (number | null)[]).map((value) => value ?? NaN);
};

describe.each(chosen('states of the page', STATES, 2))('the code that the page shows of %s', (name, change, some) => {
  let folder = '';
  let manifest: Manifest;
  let values: Values = {};
  let expected: readonly number[] = [];
  const settings: Settings = { seed: 3, count: 4, temperature: 1, draw: false, ...some };

  beforeAll(async () => {
    folder = await exportForPage(root, name);
    manifest = parseManifest(readFileSync(join(folder, 'model.json'), 'utf8'), 'model.json');
    const specimens: Specimens = JSON.parse(readFileSync(join(folder, 'examples.json'), 'utf8'));
    const [first] = specimens.examples;
    values = change({ ...initialValues(manifest), ...(first && valuesOf(manifest, first)) });
    const model = await open(folder);
    const given = givenOf(manifest, values);
    const found: unknown =
      manifest.kind === 'predictor' ? await model.mean(given) : await model.sample(given, settings);
    await model.close();
    expected = Object.keys(manifest.target.targets ?? { '': 0 }).flatMap((key) =>
      Array.from(Object(key === '' ? found : Object(found)[key]).data as Float32Array, (v) =>
        Number.isFinite(v) ? v : NaN,
      ),
    );
  });

  it('runs in TypeScript, and gives the same numbers', () => {
    const code = typescriptOf(manifest, values, settings);
    const keys = JSON.stringify(Object.keys(manifest.target.targets ?? { '': 0 }));
    const printed = `${keys}.flatMap((key) => Array.from((key === '' ? samples : (samples as any)[key]).data))`;
    writeFileSync(join(folder, 'sample.ts'), `${code}console.log(JSON.stringify(${printed}));\n`);
    const jiti = join(repository, 'node_modules/.bin/jiti');
    expect(numbersOf(jiti, ['sample.ts'], folder)).toEqual(expected);
  });

  it('runs in Python, where that has onnxruntime, and gives the same numbers to 1e-4', ({ skip }) => {
    if (!hasOnnxruntime) skip(`${python} has no onnxruntime`);
    const code = pythonOf(manifest, values, settings);
    const each = manifest.target.targets ? 'y.values()' : '[y]';
    const printed = `import json\nprint(json.dumps([float(v) if np.isfinite(v) else None for one in ${each} for v in np.asarray(one).ravel()]))`;
    writeFileSync(join(folder, 'sample.py'), `${code}${printed}\n`);
    const found = numbersOf(python, ['sample.py'], folder);
    expect(found).toHaveLength(expected.length);
    const far = found.map((value, i) => Math.abs(value - (expected[i] ?? NaN)) / (1 + Math.abs(expected[i] ?? NaN)));
    expect(found.map(Number.isNaN)).toEqual(expected.map(Number.isNaN));
    expect(Math.max(...far.filter((value) => !Number.isNaN(value)))).toBeLessThan(1e-4);
  });
});
