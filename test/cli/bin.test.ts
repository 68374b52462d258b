import { spawn, spawnSync } from 'node:child_process';
import { openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { loadWeights } from '../../src/weights/file.ts';
import { cli, SMALL, temporary } from './support/cli.ts';
import { chosen, IS_LONG } from '../support/chosen.ts';

// These start the program as users do, built into dist/.
const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporary();
const program = (...argv: readonly string[]) => spawnSync(process.execPath, [bin, ...argv], { encoding: 'utf8' });

test('results go to standard output, and the exit code is the command’s', () => {
  const path = join(folder, 'model.ts');
  writeFileSync(path, SMALL);
  const done = program('inspect', path, '--json');
  expect(done).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(done.stdout).parameters).toBe(404);
  expect(program('inspect', join(folder, 'none.ts'))).toMatchObject({ status: 1, stdout: '' });
  expect(program('inspect')).toMatchObject({ status: 2, stdout: '' });
});

const COMMANDS = ['init', 'train', 'export', 'verify', 'evaluate', 'report', 'compare', 'sample', 'inspect', 'doctor'];

/** What the program loads: packages, and folders of our own. */
const loads = (...argv: readonly string[]) => {
  const trace = join(folder, 'trace');
  rmSync(trace, { force: true });
  const hook = pathToFileURL(fileURLToPath(new URL('support/trace.mjs', import.meta.url))).href;
  const { status, stderr } = spawnSync(process.execPath, ['--import', hook, bin, ...argv], {
    env: { ...process.env, TRACE: trace },
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  const files = readFileSync(trace, 'utf8').split('\n');
  const all = (pattern: RegExp) => [...new Set(files.flatMap((file) => pattern.exec(file)?.[1] ?? []))].sort();
  return { packages: all(/node_modules\/((?:@[^/]+\/)?[^/]+)/), own: all(/\/dist\/(\w+)\//) };
};

test.each(chosen('commands with --help', ['', ...COMMANDS], 3))('%s --help loads no heavy module', (command) => {
  const words = command === '' ? [] : [command];
  expect(loads(...words, '--help')).toEqual({ packages: ['commander', 'picocolors'], own: ['cli', 'files', 'shape'] });
});

test('reading a definition, with its data, loads neither TensorFlow nor onnxruntime nor protobufjs', () => {
  const { packages, own } = loads('inspect', join(root, 'examples/digits/model.ts'));
  expect(packages).toContain('jiti');
  expect(packages.filter((name) => /tensorflow|onnxruntime|protobufjs/.test(name))).toEqual([]);
  // Of training, only the options and the rule for loggers, which are checked when they are read.
  expect(own.filter((name) => ['compiler', 'export', 'run', 'runtime'].includes(name))).toEqual([]);
});

test('sampling loads nothing of training or compiling', async () => {
  const path = join(folder, 'served.ts');
  writeFileSync(path, SMALL);
  const out = join(folder, 'served');
  expect(await cli('train', path, '--out', out, '--epochs', '1', '--engine', 'onnx')).toMatchObject({ code: 0 });
  expect(await cli('export', path, '--weights', out, '--out', join(out, 'onnx'))).toMatchObject({ code: 0 });
  const { packages, own } = loads('sample', join(out, 'onnx'), '--set', 'kind=all', '--out', join(out, 'all.png'));
  expect(packages).toContain('onnxruntime-node');
  expect(packages.filter((name) => /tensorflow|protobufjs|jiti/.test(name))).toEqual([]);
  expect(own.filter((name) => ['train', 'compiler', 'dsl', 'layers'].includes(name))).toEqual([]);
});

// test/processes/signals.test.ts always tests one way of each kind to end, and one reader that goes away.
test.runIf(IS_LONG)('Ctrl-C while training: the weights so far, exit code 130', async () => {
  const path = join(folder, 'long.ts');
  writeFileSync(path, SMALL);
  const out = join(folder, 'run');
  const child = spawn(process.execPath, [bin, 'train', path, '--out', out, '--epochs', '1000000']);
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (err === '') child.kill('SIGINT');
    err += text;
  });
  const code = await new Promise((done) => child.on('close', done));
  expect(err).toContain('interrupted');
  expect(code).toBe(130);
  expect((await loadWeights(out)).weights.size).toBeGreaterThan(4);
});

test.runIf(process.platform === 'linux')('standard output that cannot be written is reported', () => {
  const path = join(folder, 'model.ts');
  writeFileSync(path, SMALL);
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [bin, 'inspect', path], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: standard output: .*no space.*\n$/);
});

test.runIf(IS_LONG)('a reader that stops early is not an error', async () => {
  const path = fileURLToPath(new URL('../../examples/completion/model.ts', import.meta.url));
  const child = spawn(process.execPath, [bin, 'inspect', path], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise((done) => child.on('close', done));
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
