import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../../src/weights/safetensors.ts';
import { cli } from '../cli/support/cli.ts';
import { example, pythonOf, runProgram } from './support/python.ts';

const root = mkdtempSync(join(tmpdir(), 'distributed-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: readonly string[]) => join(root, ...names);
const TRAIN = join(example('distributed'), 'train.py');

// 927 examples to train on: 15 steps of 64 in an epoch, the last of which has 31 rows, and each shard its share of them.
const MODEL = `
import { categorical, concat, cvae, dense, gaussian, normal, relu } from 'cvae-compile';

export default cvae({
  condition: { kind: categorical('a', 'b', 'c') },
  target: normal(2, { sigma: 'learned' }),
  latent: 2,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(32), relu, gaussian(2)),
  decoder: ({ z, kind }) => {
    const hidden = concat(z, kind).pipe(dense(32), relu);
    return { mean: hidden.pipe(dense(2)), logVar: hidden.pipe(dense(2)) };
  },
});
export const data = Array.from({ length: 1030 }, (_, i) => ({ kind: i % 3, y: [10 * Math.sin(i) + (i % 3), Math.cos(i * i)] }));
export const training = { epochs: 20, batch: 64, learningRate: 3e-3, engine: 'onnx' };
`;

let torch: ReturnType<typeof pythonOf>;
beforeAll(async () => {
  torch = pythonOf('numpy', 'onnxruntime', 'safetensors', 'torch', 'ray[train]');
  writeFileSync(at('model.ts'), MODEL);
  const quiet = ['--no-report', '--no-tensorboard'];
  for (const words of [
    ['train', at('model.ts'), '--out', at('begun'), '--steps', '1', ...quiet],
    ['export', at('model.ts'), '--weights', at('begun'), '--training', '--out', at('job')],
    ['data', at('model.ts'), '--arrays', at('one')],
    ['data', at('model.ts'), '--arrays', at('two'), '--shards', '2'],
  ]) {
    const { code, err } = await cli(...words);
    expect(code, err).toBe(0);
  }
}, 2_400_000);

/** Returns a run that has just begun, under a name of its own. */
const begun = (name: string): string => {
  cpSync(at('begun'), at(name), { recursive: true });
  return at(name);
};

const words = (data: string, run: string, ...more: readonly string[]) =>
  [TRAIN, '--job', at('job'), '--data', at(data), '--folder', run, '--steps', '100', ...more] as const;
const torchrun = (workers: number, ...given: readonly string[]) => [
  '-m',
  'torch.distributed.run',
  '--standalone',
  '--nproc-per-node',
  `${workers}`,
  '--max-restarts',
  '3',
  ...given,
];

/** The arrays of a run's last checkpoint: weights and the optimiser's states. */
const reached = (run: string) => {
  const name = readdirSync(join(run, 'checkpoints')).sort().at(-1) ?? '';
  const { weights, metadata } = decodeSafetensors(readFileSync(join(run, 'checkpoints', name)), name);
  const { epoch, step } = JSON.parse(metadata['checkpoint'] ?? '{}');
  return { weights, place: { epoch, step } };
};

/** The largest difference of weights between runs, and how far they have moved from where both began. */
const apart = (run: string, other: string) => {
  const [a, b, first] = [reached(run), reached(other), reached(at('begun'))];
  expect(a.place).toEqual(b.place);
  expect([...a.weights.keys()].sort()).toEqual([...b.weights.keys()].sort());
  let [difference, moved] = [0, 0];
  for (const [name, { data }] of a.weights) {
    if (!name.startsWith('weights/')) continue;
    for (const [i, value] of data.entries()) {
      difference = Math.max(difference, Math.abs(value - (b.weights.get(name)?.data[i] ?? NaN)));
      moved = Math.max(moved, Math.abs(value - (first.weights.get(name)?.data[i] ?? NaN)));
    }
  }
  return { difference, moved };
};

describe('training by torchrun', { timeout: 900_000 }, () => {
  it('is, after 100 steps of two processes, what one process with the whole batch is; and one is what train is', async ({
    skip,
  }) => {
    if (torch.missing !== undefined) skip(torch.missing);
    const runs = { train: begun('train'), single: begun('single'), one: begun('one-run'), two: begun('two-run') };
    const resumed = await cli(
      'train',
      at('model.ts'),
      '--out',
      runs.train,
      '--resume',
      '--steps',
      '100',
      '--no-report',
    );
    expect(resumed.code, resumed.err).toBe(0);
    for (const [workers, data, run] of [
      [1, 'one', runs.single],
      [1, 'two', runs.one],
      [2, 'two', runs.two],
    ] as const) {
      const { code, text } = await runProgram(torch.python, torchrun(workers, ...words(data, run)));
      expect(code, text).toBe(0);
    }
    const both = { two: apart(runs.one, runs.two), train: apart(runs.train, runs.single) };
    console.log(`after 100 steps, two processes and one: ${JSON.stringify(both)}`);
    for (const { difference, moved } of Object.values(both)) {
      expect(difference).toBeLessThan(1e-4);
      expect(moved).toBeGreaterThan(0.05);
    }
  });

  it('resumes from the last checkpoint when a worker is killed, to the same bits', async ({ skip }) => {
    if (torch.missing !== undefined) skip(torch.missing);
    const [run, whole] = [begun('killed'), at('two-run')];
    const child = spawn(torch.python, torchrun(2, ...words('two', run, '--checkpoint-steps', '10', '--timeout', '30')));
    let text = '';
    child.stderr.on('data', (piece: Buffer) => (text += piece.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const step = () => readdirSync(join(run, 'checkpoints')).length > 1;
    await expect.poll(step, { timeout: 300_000, interval: 50 }).toBe(true);
    const workers = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number);
    process.kill(workers.at(-1) ?? NaN, 'SIGKILL');
    expect(await ended, text).toBe(0);
    expect(text).toMatch(/exitcode: -9/);
    expect(apart(run, whole).difference).toBe(0);
  });

  it('leaves a run that train resumes, and export and compare read', async ({ skip }) => {
    if (torch.missing !== undefined) skip(torch.missing);
    const run = at('two-run');
    cpSync(run, at('two-run-copy'), { recursive: true }); // which is compared below
    const exported = await cli('export', at('model.ts'), '--weights', run, '--out', at('exported'));
    expect(exported.code, exported.err).toBe(0);
    const resumed = await cli('train', at('model.ts'), '--out', run, '--resume', '--steps', '120');
    expect(resumed.code, resumed.err).toBe(0);
    expect(resumed.err).toMatch(/resumes at epoch 7, step 11/);
    const compared = await cli('compare', run, at('begun'), '--json');
    expect(JSON.parse(compared.out).runs).toHaveLength(2);
  });

  it('by Ray Train takes the same steps', async ({ skip }) => {
    if (torch.missing !== undefined) skip(torch.missing);
    const run = begun('ray');
    const [, ...rest] = words('two', run);
    const program = join(example('distributed'), 'ray_train.py');
    const { code, text } = await runProgram(torch.python, [program, '--workers', '2', ...rest], { seconds: 800 });
    expect(code, text).toBe(0);
    expect(apart(run, at('two-run-copy')).difference).toBe(0);
  });
});
