import { beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../src/export/engines/open-engine.ts';
import { encode } from '../../src/onnx/encode.ts';
import { parse } from '../../src/onnx/parse.ts';
import { exportExample } from '../browser/support/models.ts';
import { cli, temporary } from './support/cli.ts';

// Engines of Python, and more models, are in test/long/engine-table.test.ts.

const root = temporary();
let folder = '';
beforeAll(async () => {
  folder = await exportExample(root, 'digits');
});

test('verify --check runs the files in other engines, and says how far they are from the reference', async () => {
  const { code, out, err } = await cli('verify', folder, '--check', 'onnxruntime,wasm,module', '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { ok, engines } = JSON.parse(out);
  expect(ok).toBe(true);
  expect(engines.map(({ engine }: { engine: string }) => engine)).toEqual(['onnxruntime', 'wasm', 'module']);
  for (const { files } of engines) expect(files.decoder.difference).toBeLessThan(1e-5);
});

test('an engine that is not there, or not known, is reported in a sentence', async () => {
  expect(await cli('verify', folder, '--check', 'wasm,abacus')).toMatchObject({
    code: 1,
    err: 'error: --check: expected some of onnxruntime, wasm, webgpu, module, jax-js, openvino, opencv, tract, c, got "abacus"; correct it\n',
  });
  const before = process.env['CVAE_PYTHON'];
  process.env['CVAE_PYTHON'] = 'no-python-of-this-name';
  const { code, err } = await cli('verify', folder, '--check', 'tract');
  if (before === undefined) delete process.env['CVAE_PYTHON'];
  else process.env['CVAE_PYTHON'] = before;
  expect(code).toBe(1);
  expect(err).toMatch(
    /^error: tract: expected tract in no-python-of-this-name, got ".*ENOENT"; no-python-of-this-name -m pip install tract numpy\n$/,
  );
});

test('the module says which operators it lacks, and no word of an export', async () => {
  const text = `<ir_version: 8, opset_import: ["": 18]> g (float[N, 2] x) => (float[N, 2, 2] y) {
    y = Einsum <equation = "bi,bj->bij"> (x, x)
  }`;
  const model = parse(text);
  const engine = await openEngine('module');
  const file = { bytes: encode(model), model, path: 'evaluation.onnx', outputs: { y: [2, 2] } };
  await expect(engine.run(file, { x: { data: new Float32Array(6), shape: [3, 2] } })).rejects.toThrow(
    'expected operators that it has kernels for, got Einsum; run this file in onnxruntime',
  );
});
