import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { example, pythonOf, runProgram } from './support/python.ts';

const root = mkdtempSync(join(tmpdir(), 'sweeps-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: readonly string[]) => join(root, ...names);
const bin = fileURLToPath(new URL('../../bin/cvae-compile.mjs', import.meta.url));
const env = { CVAE_COMPILE: `${process.execPath} ${bin}` };

const MODEL = `
import { categorical, concat, cvae, dense, gaussian, normal, relu } from 'cvae-compile';

const units = Number(process.env['UNITS']);
export default cvae({
  condition: { kind: categorical(3) },
  target: normal(2),
  latent: 2,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(units), relu, gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(units), relu, dense(2)),
});
export const data = Array.from({ length: 600 }, (_, i) => ({ kind: i % 3, y: [Math.sin(i) + (i % 3), Math.cos(i * i)] }));
export const training = { engine: 'onnx' };
`;

let installed: ReturnType<typeof pythonOf>;
beforeAll(async () => {
  installed = pythonOf('optuna', 'ray[tune]');
  writeFileSync(at('model.ts'), MODEL);
}, 2_400_000);

const words = (program: string, out: string, trials: number) =>
  [
    join(example('sweeps'), program),
    at('model.ts'),
    '--out',
    at(out),
    '--trials',
    `${trials}`,
    '--epochs',
    '2',
  ] as const;
const runsIn = (out: string) => readdirSync(at(out)).filter((name) => name.startsWith('run-'));

describe('a sweep', { timeout: 1_800_000 }, () => {
  it('by Optuna resumes where it stopped, and tries the settings again that were ended with it', async ({ skip }) => {
    if (installed.missing !== undefined) skip(installed.missing);
    const first = await runProgram(installed.python, words('optuna_sweep.py', 'optuna', 1), { env });
    expect(first.code, first.text).toBe(0);
    const [done = ''] = runsIn('optuna');
    const kept = statSync(at('optuna', done, 'metrics.jsonl')).mtimeMs;
    const child = spawn(installed.python, words('optuna_sweep.py', 'optuna', 2), { env: { ...process.env, ...env } });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const begun = () => runsIn('optuna').some((name) => name !== done && existsSync(at('optuna', name, 'run.json')));
    await expect.poll(begun, { timeout: 300_000, interval: 50 }).toBe(true);
    child.kill('SIGINT');
    await ended;
    const second = await runProgram(installed.python, words('optuna_sweep.py', 'optuna', 2), { env });
    expect(second.code, second.text).toBe(0);
    expect(second.text).toMatch(/best of 2: -?[\d.]+ nats/);
    expect(runsIn('optuna')).toHaveLength(2);
    expect(statSync(at('optuna', done, 'metrics.jsonl')).mtimeMs).toBe(kept);
    const page = readFileSync(at('optuna', 'compare.html'), 'utf8');
    for (const name of runsIn('optuna')) expect(page).toContain(name);
  });

  it('by Ray Tune tries as many settings, and knows them when it is called again', async ({ skip }) => {
    if (installed.missing !== undefined) skip(installed.missing);
    for (const _ of ['once', 'again']) {
      const { code, text } = await runProgram(installed.python, words('ray_sweep.py', 'tune', 2), {
        env,
        seconds: 800,
      });
      expect(code, text).toBe(0);
      expect(text).toMatch(/best of 2: -?[\d.]+ nats/);
    }
    expect(runsIn('tune')).toHaveLength(2);
  });
});
