import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkpointsIn } from '../../src/run/checkpoint.ts';
import { loadWeights } from '../../src/weights/file.ts';
import { cli, SMALL, temporary } from '../cli/support/cli.ts';
import { BIN } from '../kill/support/killing.ts';
import { treeOf } from '../kill/support/tree.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

const folder = temporary();
const at = (...names: readonly string[]) => join(folder, ...names);
const define = (name: string, text: string): string => {
  writeFileSync(at(`${name}.ts`), text);
  return at(`${name}.ts`);
};
const model = define('model', SMALL);
const linesOf = (run: string): readonly Record<string, unknown>[] =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const weightsOf = (run: string) => treeOf(run)['weights.safetensors'];
const hidden = (path: string): readonly string[] => readdirSync(path).filter((name) => name.startsWith('.'));

/** SMALL with onnxruntime as its engine, some parts of which are replaced. */
const withEngine = (parts: string, before = ''): string => `${SMALL}
  import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
  import { engineOf } from 'cvae-compile/train';
  const engine = await engineOf('onnx');
  let count = 0;
  ${before}
  export const training = { epochs: 4, batch: 16, engine: { ...engine, ${parts} } };`;

describe('what a run can do without', () => {
  test.runIf(IS_LONG)('a target with a distribution of its own, of which no draws can be shown', async () => {
    const path = define(
      'laplace',
      `import { add, concat, continuous, cvae, dense, distribution, div, exp, gaussian, mul, relu, sub } from 'cvae-compile';
       const abs = (x) => add(relu(x), relu(mul(x, -1)));
       const laplace = (...shape) => distribution('laplace', shape, {
         parameters: { mean: shape, logScale: shape },
         mean: ({ mean }) => mean,
         nll: ({ mean, logScale }, y) => add(add(div(abs(sub(y, mean)), exp(logScale)), logScale), Math.log(2)),
       });
       export default cvae({
         condition: { x: continuous(1) }, target: laplace(3), latent: 1,
         recognition: ({ x, y }) => concat(x, y).pipe(gaussian(1)),
         decoder: ({ x, z }) => { const h = concat(x, z); return { mean: h.pipe(dense(3)), logScale: h.pipe(dense(3)) }; },
       });
       const x = Array.from({ length: 64 }, (_, i) => i / 64);
       export const data = { x, y: x.map((v) => [v, -v, 0.5]) };`,
    );
    const { code, err } = await cli('train', path, '--out', at('laplace'), '--epochs', '2');
    expect(code, err).toBe(0);
    expect(err).not.toContain('warning');
    expect(readFileSync(at('laplace', 'report.html'), 'utf8')).toContain('the mean of p(y|x,z), with one draw of z');
  });

  test.runIf(IS_LONG)('pictures and what the latent is used for: a line each, and the run continues', async () => {
    const path = define('blind', withEngine(`compute: async () => { throw new TypeError('no pictures today'); }`));
    const out = at('blind');
    const { code, err, out: text } = await cli('train', path, '--out', out, '--json');
    expect(code, err).toBe(0);
    const warning =
      'warning: what the model draws after epoch 1 could not be made (TypeError: no pictures today); the run continues without';
    const lines = err.split('\n').filter((line) => line.includes('no pictures'));
    expect(lines).toEqual([
      'latent: its use cannot be measured (no pictures today); training continues without',
      warning,
    ]);
    expect(linesOf(out).filter((line) => 'warning' in line)).toEqual([{ warning }]);
    expect(JSON.parse(text).warnings).toEqual([warning]);
    expect(linesOf(out).filter((line) => 'phase' in line)).toHaveLength(4);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('no pictures today');
    // What was reported stays with the run.
    expect(await cli('train', path, '--out', out, '--resume', '--epochs', '5')).toMatchObject({ code: 0 });
    expect(linesOf(out).filter((line) => 'warning' in line)).toContainEqual({ warning });
  });

  test('the page, the looks, the event files, the metrics and the checkpoints', async () => {
    const out = at('blocked');
    // After the first step, each of them is replaced by something that blocks it.
    const block = `evaluate: async (...given) => {
      for (const name of count++ === 0 ? ['report.html', 'metrics.jsonl', 'looks', 'checkpoints'] : []) {
        rmSync(${JSON.stringify(out)} + '/' + name, { recursive: true, force: true });
        if (name.includes('.')) mkdirSync(${JSON.stringify(out)} + '/' + name + '/full', { recursive: true });
        else writeFileSync(${JSON.stringify(out)} + '/' + name, '');
      }
      return engine.evaluate(...given);
    }`;
    const { code, err, out: text } = await cli('train', define('blocked', withEngine(block)), '--out', out, '--json');
    expect(code, err).toBe(0);
    for (const what of ['report.html', 'a line of metrics.jsonl', 'what the model draws after epoch 1', 'a checkpoint'])
      expect(err.split('\n').filter((line) => line.startsWith(`warning: ${what} could not be made (`))).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({ stopped: 'finished', epochs: 4 });
    expect((await loadWeights(out)).weights.size).toBeGreaterThan(4);
  });

  test('a metrics file that cannot be written for a while has all lines in the end', async () => {
    const out = at('behind');
    const file = JSON.stringify(join(out, 'metrics.jsonl'));
    const block = `evaluate: async (...given) => {
      count++;
      if (count === 2) { rmSync(${file}); mkdirSync(${file}); }
      if (count === 4) rmSync(${file}, { recursive: true });
      return engine.evaluate(...given);
    }`;
    const { code, err } = await cli('train', define('behind', withEngine(block)), '--out', out);
    expect(code, err).toBe(0);
    expect(linesOf(out).flatMap(({ epoch }) => epoch ?? [])).toEqual([1, 2, 3, 4]);
    expect(linesOf(out).at(-1)).toMatchObject({ stopped: 'finished' });
  });
});

describe('a run that fails', () => {
  const step = `load: async (...given) => {
    const session = await engine.load(...given);
    return { ...session, atOnce: 1, step: async (...batches) => {
      if (++count === Number(process.env.FAIL_AT)) throw new Error('the power is weak');
      return session.step(...batches);
    } };
  }`;
  const fails = define('fails', withEngine(step));
  const run = (out: string, failAt: string, ...more: readonly string[]) => {
    vi.stubEnv('FAIL_AT', failAt);
    return cli('train', fails, '--out', out, '--seed', '3', ...more);
  };
  afterEach(() => vi.unstubAllEnvs());

  const FAILURES = [
    ['in its first epoch', '3', 1],
    ['later', '15', 3],
  ] as const;
  test.each(chosen('failures of a run', FAILURES, 1))(
    '%s keeps what it has reached, and resumes to the same weights',
    async (name, failAt, epoch) => {
      const [out, whole] = [at(`failed ${name}`), at('whole')];
      if (!existsSync(whole)) expect(await run(whole, '0', '--no-report')).toMatchObject({ code: 0 });
      const { code, err } = await run(out, failAt);
      expect(code).toBe(1);
      expect(err).toContain('Error: the power is weak');
      expect(err).toContain(
        `the weights that it has reached are in ${join(out, 'weights.safetensors')}; --resume continues from its last checkpoint`,
      );
      expect(linesOf(out).at(-1)).toEqual({ stopped: 'failed', reason: 'the power is weak' });
      expect((await checkpointsIn(out).latest())?.epoch).toBe(epoch);
      expect((await loadWeights(out)).weights.size).toBeGreaterThan(4);
      const page = readFileSync(join(out, 'report.html'), 'utf8');
      expect(page).toContain('>failed</span>');
      expect(page).toContain('the power is weak');
      expect(hidden(out)).toEqual([]);
      expect(await run(out, '0', '--resume', '--no-report')).toMatchObject({ code: 0 });
      expect(weightsOf(out)).toBe(weightsOf(whole));
    },
  );

  test.runIf(IS_LONG)('during validation or test keeps what it has reached', async () => {
    for (const [call, epochs] of [
      ['3', 3],
      ['6', 4],
    ] as const) {
      const evaluate = `evaluate: async (...given) => {
        if (++count === ${call}) throw new RangeError('no test today');
        return engine.evaluate(...given);
      }`;
      const out = at(`untested ${call}`);
      const { code, err } = await cli('train', define(`untested-${call}`, withEngine(evaluate)), '--out', out);
      expect(code, err).toBe(1);
      expect(err).toContain('RangeError: no test today');
      expect(await checkpointsIn(out).latest()).toMatchObject({ history: { length: epochs - (epochs < 4 ? 1 : 0) } });
      expect((await loadWeights(out)).weights.size).toBeGreaterThan(4);
    }
  });

  test.runIf(IS_LONG)('before its first step leaves the folder as it was', async () => {
    const out = at('none');
    expect(await run(out, '1')).toMatchObject({ code: 1 });
    expect(existsSync(out)).toBe(false);
    expect(await cli('train', model, '--out', out, '--epochs', '1')).toMatchObject({ code: 0 });
    const before = treeOf(out);
    expect(await run(out, '1')).toMatchObject({ code: 1 });
    expect(treeOf(out)).toEqual(before);
  });

  test('because it was to resume with something else leaves the run as it was', async () => {
    const out = at('other');
    expect(await cli('train', model, '--out', out, '--epochs', '2', '--engine', 'onnx')).toMatchObject({ code: 0 });
    const before = treeOf(out);
    const { code, err } = await cli('train', model, '--out', out, '--resume', '--seed', '9');
    expect(code).toBe(1);
    expect(err).toMatch(/^error: resume: expected the seed that the run was started with, 1, got 9; /m);
    // But for the event files, which are written anew whenever a run resumes.
    const without = (tree: object) => Object.entries(tree).filter(([name]) => !name.startsWith('events/'));
    expect(without(treeOf(out))).toEqual(without(before));
  });
});

describe('a folder in which a run is under way', () => {
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  test('is refused to others until that has ended, and read meanwhile', async () => {
    const out = at('busy');
    const words = ['train', model, '--out', out, '--epochs', '1000000', '--engine', 'onnx', '--checkpoint-steps', '5'];
    const child = spawn(process.execPath, [BIN, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    started.push(child);
    let said = '';
    child.stderr.on('data', (text) => (said += String(text)));
    await expect.poll(() => said).toContain('epoch 3/');
    // Weights come with a checkpoint, which may be a moment later.
    await expect.poll(() => existsSync(join(out, 'weights.safetensors'))).toBe(true);
    const refused = new RegExp(
      `(?:^|\\n)error: ${out}: expected a folder that no other process writes to, got one in use by process ${child.pid} \\(training, since [^)]*\\); wait until it has ended, or choose another folder\\n$`,
    );
    for (const more of [[], ['--resume'], ['--seed', '2']]) {
      const { code, err } = await cli('train', model, '--out', out, '--epochs', '1', ...more);
      expect(code).toBe(1);
      expect(err).toMatch(refused);
    }
    expect((await cli('export', model, '--weights', out, '--out', out)).err).toMatch(refused);
    expect(await cli('export', model, '--weights', out, '--out', join(out, 'onnx'))).toMatchObject({ code: 0 });
    expect(await cli('report', out)).toMatchObject({ code: 0 });
    expect(await cli('evaluate', model, '--weights', out, '--samples', '2')).toMatchObject({ code: 0 });
    // The folder is free again however the run ends.
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(hidden(out)).toContain('.cvae-compile.lock');
    const { code, err } = await cli('train', model, '--out', out, '--resume', '--epochs', '1');
    expect(code, err).toBe(0);
    expect(hidden(out)).toEqual([]);
    const epochs = linesOf(out).flatMap(({ epoch }) => epoch ?? []);
    expect(epochs).toEqual(epochs.map((_, i) => i + 1));
  });

  test.runIf(IS_LONG)('goes to one of two that start at once', async () => {
    const out = at('twins');
    const both = await Promise.all(
      ['1', '2'].map(async (seed) => {
        const words = ['train', model, '--out', out, '--epochs', '3', '--engine', 'onnx', '--seed', seed];
        const child = spawn(process.execPath, [BIN, ...words], { stdio: 'ignore' });
        const [code] = await once(child, 'exit');
        return { seed, code };
      }),
    );
    const winners = both.filter(({ code }) => code === 0);
    // The later one may also come after the first has ended, and move it aside.
    expect(winners.length).toBeGreaterThan(0);
    const { seed } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    expect(winners.map((winner) => winner.seed)).toContain(`${seed}`);
    expect((await loadWeights(out)).metadata['seed']).toBe(`${seed}`);
    expect(linesOf(out)).toHaveLength(4);
    expect(linesOf(out).at(-1)).toMatchObject({ seed });
  });
});

describe('a damaged checkpoint', () => {
  const trained = async (name: string): Promise<string> => {
    if (!existsSync(at('checkpoints'))) {
      const options = ['--epochs', '4', '--engine', 'onnx', '--checkpoint-steps', '2', '--batch', '16'];
      expect(await cli('train', model, '--out', at('checkpoints'), ...options)).toMatchObject({ code: 0 });
    }
    cpSync(at('checkpoints'), at(name), { recursive: true });
    return at(name);
  };
  const files = (run: string) => readdirSync(join(run, 'checkpoints')).sort();
  const damage = (run: string, name: string, change: (bytes: Buffer) => Uint8Array): void => {
    const path = join(run, 'checkpoints', name);
    writeFileSync(path, change(readFileSync(path)));
  };

  const damages: readonly (readonly [string, (bytes: Buffer) => Uint8Array, string])[] = [
    ['cut off', (bytes) => bytes.subarray(0, -9), 'is truncated'],
    ['empty', () => new Uint8Array(), 'got 0 bytes'],
    ['flipped', (bytes) => bytes.fill((bytes.at(-5) ?? 0) ^ 64, bytes.length - 5, bytes.length - 4), 'changed'],
  ];
  test.each(chosen('damages of a checkpoint', damages, 1))(
    '%s: the run resumes from the one before, says so, and comes to the same weights',
    async (name, change, why) => {
      const run = await trained(`damaged ${name}`);
      const [before = '', last = ''] = files(run);
      damage(run, last, change);
      const { code, err } = await cli('train', model, '--out', run, '--resume');
      expect(code, err).toBe(0);
      const line = err.split('\n').find((each) => each.startsWith('warning: '));
      expect(line).toContain(`${join(run, 'checkpoints', last)} is damaged (`);
      expect(line).toContain(why);
      expect(line).toMatch(/; the run continues from the checkpoint before it, and the next one takes its place$/);
      expect(linesOf(run)).toContainEqual({ warning: line });
      expect(weightsOf(run)).toBe(weightsOf(at('checkpoints')));
      expect(files(run)).not.toContain(last);
      expect(files(run)).toEqual([before, expect.stringMatching(/^0{4}\d{2}-model-epoch-5-step-0/)]);
    },
  );

  test('of which none is whole: what to do is reported, and nothing is changed', async () => {
    const run = await trained('all damaged');
    for (const name of files(run)) damage(run, name, (bytes) => bytes.subarray(0, 50));
    const before = treeOf(run);
    const { code, err } = await cli('train', model, '--out', run, '--resume');
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error: .*checkpoints: expected a checkpoint that is whole, got none \(0\d+.*\.safetensors: .*; 0\d+.*: .*\); start a new run, or copy the folder again$/m,
    );
    expect(treeOf(run)).toEqual(before);
    rmSync(at('all damaged'), { recursive: true });
    mkdirSync(at('all damaged'));
  });
});
