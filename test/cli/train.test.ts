import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadWeights } from '../../src/weights/file.ts';
import { cli, SMALL, temporary, Terminal, type Result } from './support/cli.ts';

const folder = temporary();
const model = join(folder, 'model.ts');
writeFileSync(model, `${SMALL}\nexport const training = { epochs: 3, batch: 16 };\n`);
const linesOf = (file: string): readonly Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a run', () => {
  const out = join(folder, 'made', 'run');
  let result: Result;
  beforeAll(async () => {
    result = await cli('train', model, '--out', out, '--epochs', '2', '--seed', '5', '--json');
  });

  test('ends in one line of JSON on standard output', () => {
    expect(result.code).toBe(0);
    expect(result.out.endsWith('}\n')).toBe(true);
    const summary = JSON.parse(result.out);
    expect(summary).toMatchObject({ stopped: 'finished', epochs: 2, seed: 5, unit: 'nats' });
    const { negativeElbo, reconstruction, kl } = summary.test;
    expect(negativeElbo).toBeCloseTo(reconstruction + kl, 3);
    expect(reconstruction).toBeGreaterThan(0);
    expect(kl).toBeGreaterThanOrEqual(0);
  });

  test('leaves weights that other programs read, with the model’s fingerprint', async () => {
    const { weights, metadata } = await loadWeights(out);
    expect(weights.get('decoder/dense_2/kernel')?.shape).toEqual([8, 16]);
    expect(metadata).toMatchObject({ fingerprint: JSON.parse(result.out).fingerprint, seed: '5' });
  });

  test('leaves a line of metrics an epoch, then the result', () => {
    const lines = linesOf(join(out, 'metrics.jsonl'));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatchObject({ phase: 'model', epoch: 1 });
    expect(lines[1]?.['train']).toMatchObject({ loss: expect.any(Number), kl: expect.any(Number) });
    expect(lines[2]).toEqual(JSON.parse(result.out));
  });

  test('leaves nothing else', () => {
    const always = [
      'checkpoints',
      'definition.ts',
      'events',
      'examples.json',
      'looks',
      'metrics.jsonl',
      'report.html',
      'run.json',
    ];
    expect(readdirSync(out).sort()).toEqual([...always, 'weights.safetensors'].sort());
  });

  test('makes way for another run, and is put back where that fails', async () => {
    const entries = (of: string) => readdirSync(of).sort();
    const weights = (of: string) => readFileSync(join(of, 'weights.safetensors'));
    const twice = join(folder, 'twice');
    const train = (...more: readonly string[]) => cli('train', model, '--out', twice, '--epochs', '1', ...more);
    await train('--seed', '1');
    const [first, names] = [weights(twice), entries(twice)];
    const { err } = await train('--seed', '2');
    expect(err).toContain(`the run that was in ${twice} is in ${join(twice, 'previous')} now`);
    expect(weights(join(twice, 'previous'))).toEqual(first);
    expect(entries(join(twice, 'previous'))).toEqual(names);
    expect(entries(twice)).toEqual([...names, 'previous'].sort());
    const second = weights(twice);
    expect(second).not.toEqual(first);
    const wrong = join(folder, 'wrong.ts');
    // It fails once the older run has made way.
    const odd = "() => { throw new TypeError('no memory for it'); }";
    const engine = `{ name: 'odd', version: '0', load: ${odd}, compute: ${odd}, evaluate: ${odd} }`;
    writeFileSync(wrong, `${SMALL}\nexport const training = { epochs: 1, engine: ${engine} };\n`);
    const failed = await cli('train', wrong, '--out', twice);
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('no memory for it')]);
    expect(entries(twice)).toEqual([...names, 'previous'].sort());
    expect(weights(twice)).toEqual(second);
    // So is the one before it.
    expect(weights(join(twice, 'previous'))).toEqual(first);
  });

  test('reports each epoch on standard error, in plain lines where that is no terminal', () => {
    expect(result.err).toMatch(
      /^epoch 1\/2 {2}loss \d+\.\d\d {2}KL \d+\.\d\d {2}validation \d+\.\d\d best {2}.* images\/s$/m,
    );
    expect(result.err).toMatch(/^epoch 2\/2 /m);
    expect(result.err).toMatch(/^test: −ELBO \d+\.\d\d nats, of which reconstruction \d+\.\d\d and KL \d+\.\d\d$/m);
    expect(result.err).toContain(`weights: ${join(out, 'weights.safetensors')}`);
    expect(result.err).not.toContain('\u001B');
  });

  test('the same seed gives the same weights, another seed others', async () => {
    const again = async (seed: string) => {
      const path = join(folder, `again-${seed}`);
      await cli('train', model, '--out', path, '--epochs', '2', '--seed', seed);
      return readFileSync(join(path, 'weights.safetensors'));
    };
    const before = readFileSync(join(out, 'weights.safetensors'));
    expect(before.equals(await again('5'))).toBe(true);
    expect(before.equals(await again('6'))).toBe(false);
  });
});

test('without --json nothing is on standard output; options are the definition’s where none are given', async () => {
  const out = join(folder, 'plain');
  const { code, out: text, err } = await cli('train', model, '--out', out);
  expect({ code, text }).toEqual({ code: 0, text: '' });
  expect(err).toContain('epoch 3/3');
});

test('a run is replaced by the next in the same folder', async () => {
  const out = join(folder, 'plain');
  await cli('train', model, '--out', out, '--epochs', '1');
  expect(linesOf(join(out, 'metrics.jsonl'))).toHaveLength(2);
});

test('--limit takes this number of examples of each part', async () => {
  const { out } = await cli('train', model, '--out', join(folder, 'limit'), '--epochs', '1', '--limit', '40', '--json');
  expect(JSON.parse(out).data.examples).toBe(36);
});

test('a terminal sees a bar with loss, KL, images/s and the time left, and colours unless NO_COLOR is set', async () => {
  const on = await new Terminal({ tty: true }).run('train', model, '--out', join(folder, 'tty'), '--epochs', '1');
  expect(on.err).toMatch(/epoch 1\/1 [█░]+ \d+% {2}loss .* KL .* images\/s {2}.* left/);
  expect(on.err).toContain('\u001B[1m');
  const env = { NO_COLOR: '1' };
  const off = await new Terminal({ tty: true, env }).run('train', model, '--out', join(folder, 'tty'), '--epochs', '1');
  expect(off.err).toContain('█');
  expect(off.err).not.toContain('\u001B[1m');
});

test('a model with a baseline reports it separately', async () => {
  const path = join(folder, 'baseline.ts');
  writeFileSync(
    path,
    `import { add, bernoulli, concat, continuous, cvae, dense, gaussian, network } from 'cvae-compile';
     const condition = { x: continuous(2) };
     const baseline = network('baseline', condition, ({ x }) => x.pipe(dense(3)));
     export default cvae({
       condition, target: bernoulli(3), latent: 1, baseline,
       recognition: ({ x, y }) => concat(x, y).pipe(gaussian(1)),
       decoder: ({ x, z }) => add(baseline({ x }), z.pipe(dense(3))),
     });
     const x = Array.from({ length: 32 }, (_, i) => [i / 32, 1 - i / 32]);
     export const data = { x, y: x.map(([a = 0, b = 0]) => [a, b, 0.5]) };`,
  );
  const out = join(folder, 'baseline');
  const { code, err, out: text } = await cli('train', path, '--out', out, '--epochs', '2', '--json');
  expect(code).toBe(0);
  expect(err).toMatch(/^baseline 2\/2 {2}loss .* examples\/s$/m);
  expect(err).toMatch(/^epoch 2\/2 /m);
  expect(JSON.parse(text).test).toBeNull();
  expect(linesOf(join(out, 'metrics.jsonl')).map(({ phase }) => phase)).toEqual([
    'baseline',
    'baseline',
    'model',
    'model',
    undefined,
  ]);
});

describe('Ctrl-C', () => {
  test('ends training cleanly: the weights so far are saved, the exit code is 130', async () => {
    const out = join(folder, 'interrupted');
    const terminal = new Terminal();
    const write = terminal.stderr.write.bind(terminal.stderr);
    // As soon as the first epoch is reported.
    terminal.stderr.write = (chunk: string) => {
      if (chunk.startsWith('epoch 1/')) terminal.emit('SIGINT');
      return write(chunk);
    };
    const { code, err, out: text } = await terminal.run('train', model, '--out', out, '--epochs', '100000', '--json');
    expect(code).toBe(130);
    expect(err).toContain('interrupted');
    expect(err).toContain(join(out, 'weights.safetensors'));
    expect(JSON.parse(text)).toMatchObject({ stopped: 'aborted' });
    expect((await loadWeights(out)).weights.size).toBeGreaterThan(4);
    expect(linesOf(join(out, 'metrics.jsonl'))[0]).toMatchObject({ epoch: 1 });
    expect(terminal.listenerCount('SIGINT')).toBe(0);
  });
});

test('a loss that is not a number keeps the last good weights, and says at which step', async () => {
  const path = join(folder, 'diverges.ts');
  writeFileSync(
    path,
    `import { add, continuous, exp, normal, predictor, dense } from 'cvae-compile';
     export default predictor({
       condition: { x: continuous(1) }, target: normal(1), network: ({ x }) => x.pipe(dense(1), exp, exp, exp),
     });
     const x = Array.from({ length: 64 }, (_, i) => i / 6.4);
     export const data = { x, y: x };
     export const training = { learningRate: 5, batch: 8 };`,
  );
  const out = join(folder, 'diverged');
  const { code, err, out: text } = await cli('train', path, '--out', out, '--json');
  expect({ code, text }).toEqual({ code: 1, text: '' });
  expect(err).toMatch(/^error: train: expected a finite loss, got \S+ at step \d+ .*; .*$/m);
  expect(err).toContain(`the last good weights are in ${join(out, 'weights.safetensors')}`);
  const { weights } = await loadWeights(out);
  for (const { data } of weights.values()) expect(data.every(Number.isFinite)).toBe(true);
});

test('where training fails before it begins, the folder is as it was', async () => {
  const path = join(folder, 'nothing.ts');
  writeFileSync(path, SMALL.replace('export const data', 'const data'));
  const out = join(folder, 'untouched');
  const { code, err } = await cli('train', path, '--out', out);
  expect(code).toBe(1);
  expect(err).toMatch(/^error: .*nothing\.ts: expected data to train on, got no export of that name; .*\n$/);
  expect(existsSync(out)).toBe(false);
  mkdirSync(out);
  writeFileSync(join(out, 'mine.txt'), 'mine');
  await cli('train', path, '--out', out);
  expect(readdirSync(out)).toEqual(['mine.txt']);
});

test('what is remarkable about the data is reported once, and numbers can be left as they are', async () => {
  const path = join(folder, 'table.ts');
  const lines = Array.from({ length: 200 }, (_, i) => `${i % 50 === 3 ? 'NA' : 1000 + i},${i % 7}`);
  writeFileSync(join(folder, 'table.csv'), `a,b\n${lines.join('\n')}\n`);
  const definition = (training: string) =>
    `import { continuous, dense, normal, predictor } from 'cvae-compile';
     import { csv } from 'cvae-compile/data';
     export default predictor({ condition: { a: continuous(1) }, target: normal(1), network: ({ a }) => a.pipe(dense(1)) });
     export const data = () => csv(${JSON.stringify(join(folder, 'table.csv'))}, {
       condition: { a: 'continuous' }, target: 'b', missing: 'skip',
     });
     export const training = ${training};`;
  writeFileSync(path, definition('{ epochs: 2 }'));
  const out = join(folder, 'table');
  const { code, err } = await cli('train', path, '--out', out);
  expect(code).toBe(0);
  expect(err.match(/4 of 200 lines lack a value and are left out; the first is line 5, which lacks a$/gm)).toHaveLength(
    1,
  );
  const again = await cli('train', path, '--out', out, '--resume', '--epochs', '3');
  expect(again.err).not.toContain('lack a value');
  expect(again.err).toContain('resumes at epoch 3, step 1\n');
  const spent = await cli('train', path, '--out', out, '--resume', '--epochs', '2');
  expect(spent.code).toBe(0);
  expect(spent.err).toContain(
    'nothing is left to train: 3 epochs are done and 2 were asked for; give more, such as --epochs 5\n',
  );
  expect(spent.err).not.toContain('resumes');
  const scaled = (await loadWeights(out)).weights.get('scaling/a/mean')?.data[0] ?? NaN;
  expect(scaled).toBeGreaterThan(1000);
  writeFileSync(path, definition('{ epochs: 1, learningRate: 1e-9, scaling: false }'));
  expect(await cli('train', path, '--out', join(folder, 'raw'))).toMatchObject({ code: 0 });
  expect((await loadWeights(join(folder, 'raw'))).weights.get('scaling/a/mean')?.data).toEqual(Float32Array.of(0));
  expect(readFileSync(join(folder, 'raw', 'run.json'), 'utf8')).toContain(
    'off: networks see numbers as the data have them',
  );
  // Nor do these say that networks see them otherwise.
  for (const args of [
    ['data', path],
    ['train', path, '--dry-run', '--out', join(folder, 'none')],
  ]) {
    const { out: shown } = await cli(...args);
    expect(shown).toContain('conditions');
    expect(shown).not.toContain('mean 0, sd 1');
  }
});
