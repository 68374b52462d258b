// Generates src/onnx/proto/onnx.js and onnx.d.ts from onnx.proto (into another folder, if one is given): a static module,
// since protobufjs's reflection needs `eval`, which a page's Content-Security-Policy forbids.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../src/onnx/proto/onnx.proto', import.meta.url));
const out = process.argv[2] ?? fileURLToPath(new URL('../src/onnx/proto', import.meta.url));
const pbjs = createRequire(import.meta.url).resolve('protobufjs-cli/bin/pbjs');
const leftOut = ['--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-service', '--no-typeurl'];

const generate = (file, ...options) => {
  const form = ['-t', 'static-module', '-w', 'esm', '-r', 'cvae-compile', '--dependency', 'protobufjs/minimal.js'];
  execFileSync(process.execPath, [pbjs, ...form, ...leftOut, ...options, '-o', file, source], { stdio: 'inherit' });
};

const temporary = mkdtempSync(join(tmpdir(), 'proto-'));
try {
  // The types are generated from the comments, which the module itself does not need.
  generate(join(temporary, 'onnx.js'), '--dts');
  const types = readFileSync(join(temporary, 'onnx.d.ts'), 'utf8');
  generate(join(temporary, 'onnx.js'), '--no-comments');
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'onnx.js'), readFileSync(join(temporary, 'onnx.js')));
  // Declared by its shape, as the package `long` is a dependency of protobufjs, not of this package.
  const long = 'interface Long { readonly low: number; readonly high: number; toNumber(): number; toString(): string }';
  writeFileSync(join(out, 'onnx.d.ts'), types.replace('import Long = require("long");', long));
} finally {
  rmSync(temporary, { recursive: true });
}
