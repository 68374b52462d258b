import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, SMALL, temporary } from '../cli/support/cli.ts';

const folder = temporary();
const at = (...names: readonly string[]) => join(folder, ...names);

test('export --training writes a step and its state, verified, and verify checks them again', async () => {
  writeFileSync(at('model.ts'), SMALL);
  expect(await cli('train', at('model.ts'), '--out', at('run'), '--epochs', '1')).toMatchObject({ code: 0 });
  const { code, err } = await cli('export', at('model.ts'), '--weights', at('run'), '--out', at('out'), '--training');
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(err).toContain('train.onnx, gradient.onnx, update.onnx, state.safetensors, examples.json, model.json');
  expect(readdirSync(at('out'))).toEqual(
    expect.arrayContaining(['train.onnx', 'gradient.onnx', 'update.onnx', 'state.safetensors']),
  );
  const { training } = JSON.parse(readFileSync(at('out', 'model.json'), 'utf8'));
  expect(training.optimiser.name).toBe('adam');
  const verified = await cli('verify', at('out'));
  expect(verified).toMatchObject({ code: 0 });
  expect(verified.out).toMatch(/train\.onnx +gradients/);
});
