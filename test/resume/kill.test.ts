import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uniform, stream } from '../../src/random.ts';
import { cli, SMALL } from '../cli/support/cli.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

// The program as users start it, built into dist/.
const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cvae-resume-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const model = join(folder, 'model.ts');
writeFileSync(model, SMALL);
const weightsOf = (run: string) => readFileSync(join(run, 'weights.safetensors')).toString('base64');
const KEPT = 3;
const ATTEMPTS = IS_LONG ? 8 : 1;
/** What takes longer than these trainings, and is killed in test/kill. */
const QUIET = ['--no-report', '--no-tensorboard'];

/** The epochs in a run's metrics, without their times; a line that a kill has cut off is left out. */
const epochsOf = (run: string): readonly { readonly epoch: number }[] =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
    .filter((line) => 'phase' in line)
    .map((epoch) => ({ ...epoch, seconds: 0 }));

describe.each(chosen('engines that are killed', ['auto', 'onnx'], 1))('training with --engine %s', (engine) => {
  const at = (name: string) => join(folder, `${name}-${engine}`);
  const OPTIONS = ['--epochs', '15', '--batch', '8', '--seed', '7', '--engine', engine];
  OPTIONS.push('--checkpoint-steps', '3', '--checkpoint-keep', `${KEPT}`);

  beforeAll(async () => {
    const { code, err } = await cli('train', model, '--out', at('whole'), ...OPTIONS, ...QUIET);
    expect(code, err).toBe(0);
  });

  const checkpoints = () => join(at('killed'), 'checkpoints');
  /** The number of the last checkpoint, or of the one that is being written. */
  const reached = (): number =>
    Math.max(
      0,
      ...(existsSync(checkpoints()) ? readdirSync(checkpoints()) : []).map((n) => Number(/\d{6}/.exec(n)?.[0])),
    );

  /** Starts the program, kills it some time after a number of further checkpoints, and returns whether it had finished. */
  const killed = (words: readonly string[], after: number, milliseconds: number): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [bin, 'train', model, '--out', at('killed'), ...words, ...QUIET], {
        stdio: 'pipe',
      });
      const until = reached() + after;
      let told = '';
      child.stderr.on('data', (chunk) => (told += String(chunk)));
      const watch = setInterval(() => {
        if (reached() < until) return;
        clearInterval(watch);
        setTimeout(() => child.kill('SIGKILL'), milliseconds);
      }, 1);
      child.on('exit', (code, signal) => {
        clearInterval(watch);
        if (signal === 'SIGKILL') resolve(false);
        else if (code === 0) resolve(true);
        else reject(new Error(told));
      });
    });

  it('ends with the same weights, to the bit, however often it is killed on the way', async () => {
    // A run writes some 50 checkpoints: each attempt dies somewhere in the next 8, and the last before the end, in the midst of a step or of a file.
    let written = 0;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const [after, pause] = [uniform(stream(attempt, 'kill', engine), 0), uniform(stream(attempt, 'kill', engine), 1)];
      const words = attempt === 0 ? OPTIONS : ['--resume'];
      expect(await killed(words, 1 + Math.floor(after * 7), pause * 20), `attempt ${attempt}`).toBe(false);
      // Metrics are written as the run goes, and none twice.
      const epochs = epochsOf(at('killed'));
      expect(epochs.map(({ epoch }) => epoch)).toEqual(epochs.map((_, i) => i + 1));
      written = Math.max(written, epochs.length);
    }
    expect(written).toBeGreaterThan(1);
    // So are the best weights so far.
    expect(existsSync(join(at('killed'), 'weights.safetensors'))).toBe(true);
    expect(await killed(['--resume'], Infinity, 0)).toBe(true);
    expect(weightsOf(at('killed'))).toBe(weightsOf(at('whole')));
    expect(epochsOf(at('killed'))).toEqual(epochsOf(at('whole')));
    // The last three, and nothing half-written.
    expect(readdirSync(checkpoints())).toHaveLength(KEPT);
  }, 240_000);
});

it('says so if there is nothing to resume', async () => {
  const { code, err } = await cli('train', model, '--out', join(folder, 'none'), '--resume');
  expect(code).toBe(1);
  expect(err).toContain('expected a run to resume, got no such file; leave out --resume to begin one');
});
