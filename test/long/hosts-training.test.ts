import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runtimesIn } from '../support/js-runtimes.ts';
import { userProject } from '../support/user-project.ts';

// One seed, one run: the command trains to the same bytes on every program of JavaScript that npm carries. Convolutions, dropout and
// augmentation are in it, so that every kind of draw is.

const MODEL = `import { bernoulli, categorical, concat, conv2d, cvae, dense, dropout, flatten, gaussian, relu, reshape } from 'cvae-compile';
import { digits, shift } from 'cvae-compile/data';
export const data = digits;
export const training = { augment: [shift({ pixels: 2 })] };
export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(28, 28, 1),
  latent: 20,
  recognition: ({ y, digit }) =>
    concat(y.pipe(conv2d(8, { kernel: 3, stride: 2 }), relu, flatten), digit).pipe(dense(50), relu, dropout(0.1), gaussian(20)),
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(100), relu, dropout(0.2), dense(784), reshape(28, 28, 1)),
});
`;

const { folder, run } = userProject('hosts-training');
const programs = mkdtempSync(join(tmpdir(), 'cvae-hosts-'));
const hosts = runtimesIn(programs);
afterAll(() => rmSync(programs, { recursive: true, force: true }));
let expected = '';

/** Trains with this program; the checksum of the weights that it leaves. */
const trained = (name: string, ...command: readonly [string, ...string[]]): string => {
  const [program, ...first] = command;
  const bin = join('node_modules', 'cvae-compile', 'bin', 'cvae-compile.mjs');
  const words = 'train model.ts --engine onnx --epochs 2 --limit 1000 --seed 3 --json --out'.split(' ');
  const { status, output } = run(program, [...first, bin, ...words, name]);
  expect(status, output).toBe(0);
  return createHash('sha256')
    .update(readFileSync(join(folder, name, 'weights.safetensors')))
    .digest('hex');
};

beforeAll(() => {
  writeFileSync(join(folder, 'model.ts'), MODEL);
  expected = trained('here', process.execPath);
}, 120_000);

for (const major of [20, 22, 24])
  test(`Node ${major}`, ({ skip }) => {
    const node = hosts.node(major);
    if (node === undefined) return skip(`npm has no Node ${major} for this machine`);
    expect(trained(`node-${major}`, node)).toBe(expected);
  });

test('Bun', ({ skip }) => {
  const bun = hosts.bun();
  if (bun === undefined) return skip('npm has no bun for this machine');
  expect(trained('bun', bun)).toBe(expected);
});

test('Deno', ({ skip }) => {
  const deno = hosts.deno();
  if (deno === undefined) return skip('npm has no deno for this machine');
  expect(trained('deno', deno, 'run', '-A', '--node-modules-dir=manual')).toBe(expected);
});
