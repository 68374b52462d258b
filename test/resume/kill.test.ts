import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { uniform, stream } from '../../src/random.ts';
import { SMALL } from '../cli/support/cli.ts';

// The program as users start it, built into dist/.
const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cvae-resume-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const model = join(folder, 'model.ts');
const at = (name: string) => join(folder, name);
const OPTIONS = ['--epochs', '15', '--batch', '8', '--seed', '7', '--checkpoint-steps', '3'];
const weightsOf = (run: string) => readFileSync(join(run, 'weights.safetensors')).toString('base64');

beforeAll(() => {
  writeFileSync(model, SMALL);
  const done = spawnSync(process.execPath, [bin, 'train', model, '--out', at('whole'), ...OPTIONS], {
    encoding: 'utf8',
  });
  expect(done.status, done.stderr).toBe(0);
});

const checkpoints = () => join(at('killed'), 'checkpoints');
/** The number of the last checkpoint, or of the one that is being written. */
const reached = (): number =>
  Math.max(
    0,
    ...(existsSync(checkpoints()) ? readdirSync(checkpoints()) : []).map((n) => Number(/\d{6}/.exec(n)?.[0])),
  );

/** Starts the program, kills it so long after so many more checkpoints, and says whether it had come to its end. */
const killed = (words: readonly string[], after: number, milliseconds: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, 'train', model, '--out', at('killed'), ...words], { stdio: 'pipe' });
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
  // A run writes some 50 checkpoints: each attempt dies somewhere in the next 12, in the midst of a step or of a file.
  for (let attempt = 0; attempt < 4; attempt++) {
    const [after, pause] = [uniform(stream(attempt, 'kill'), 0), uniform(stream(attempt, 'kill'), 1)];
    const words = attempt === 0 ? OPTIONS : ['--resume'];
    expect(await killed(words, 1 + Math.floor(after * 11), pause * 20), `attempt ${attempt}`).toBe(false);
  }
  expect(await killed(['--resume'], Infinity, 0)).toBe(true);
  expect(weightsOf(at('killed'))).toBe(weightsOf(at('whole')));
  const epochs = (run: string) =>
    readFileSync(join(run, 'metrics.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(0, -1)
      .map((line) => ({ ...JSON.parse(line), seconds: 0 }));
  expect(epochs(at('killed'))).toEqual(epochs(at('whole')));
  // The last two, and nothing half-written.
  expect(readdirSync(checkpoints())).toHaveLength(2);
}, 240_000);

it('says so where there is nothing to go on with', () => {
  const none = spawnSync(process.execPath, [bin, 'train', model, '--out', at('none'), '--resume'], {
    encoding: 'utf8',
  });
  expect(none.status).toBe(1);
  expect(none.stderr).toContain('expected a run to go on with, got no such file; leave out --resume to begin one');
});
