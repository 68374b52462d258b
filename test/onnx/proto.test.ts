import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('the generated module is what its schema file gives', () => {
  const folder = mkdtempSync(join(tmpdir(), 'proto-'));
  try {
    execFileSync(process.execPath, [join(root, 'scripts/proto.mjs'), folder]);
    for (const file of ['onnx.js', 'onnx.d.ts'])
      expect(readFileSync(join(folder, file), 'utf8')).toBe(readFileSync(join(root, 'src/onnx/proto', file), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('the generated module needs no eval, which pages forbid', () => {
  const script = `const { encode, decode } = await import('./dist/onnx/index.js');
    const graph = { name: 'g', inputs: [], outputs: [], nodes: [], initializers: new Map() };
    const model = { graph, opset: 18, irVersion: 8, metadata: {}, producer: { name: '', version: '' } };
    console.log(decode(encode(model)).graph.name);`;
  const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '-e', script];
  expect(execFileSync(process.execPath, flags, { cwd: root, encoding: 'utf8' })).toBe('g\n');
});
