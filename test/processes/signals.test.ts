import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { interruption } from '../../src/cli/signals.ts';
import { checkpointsIn } from '../../src/run/checkpoint.ts';
import { loadWeights } from '../../src/weights/file.ts';
import { cli, SMALL, temporary, Terminal } from '../cli/support/cli.ts';
import { BIN } from '../kill/support/killing.ts';
import { ask } from '../site/support/http.ts';
import { chosen } from '../support/chosen.ts';

// The program as users start it, built into dist/: the signals that others send it, and readers that go away.
const folder = temporary();
const at = (...names: readonly string[]) => join(folder, ...names);
const model = at('model.ts');
const started: ChildProcess[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const child of started.splice(0)) child.kill('SIGKILL');
});
beforeAll(async () => {
  writeFileSync(model, SMALL);
  expect(await cli('train', model, '--out', at('run'), '--epochs', '1', '--engine', 'onnx')).toMatchObject({ code: 0 });
  expect(await cli('export', model, '--weights', at('run'), '--out', at('exported'))).toMatchObject({ code: 0 });
});

/** Starts the program; `said` is what it has written on standard error so far. */
const start = (...words: readonly string[]) => {
  const child = spawn(process.execPath, [BIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let err = '';
  child.stderr.on('data', (text) => (err += String(text)));
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  return { child, ended, said: () => err };
};
const ENDINGS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;
const hidden = (path: string): readonly string[] => readdirSync(path).filter((name) => name.startsWith('.'));

describe.each(chosen('signals', ENDINGS, 1))('%s', (signal, code) => {
  test(`ends training with what it has reached, and with ${code}`, async () => {
    const out = at(signal);
    const { child, ended, said } = start('train', model, '--out', out, '--epochs', '1000000', '--engine', 'onnx');
    await expect.poll(said).toContain('epoch 2/');
    child.kill(signal);
    // A terminal and npm both pass on what they get: that is one request.
    child.kill(signal);
    expect(await ended).toEqual({ code, signal: null });
    expect(said()).toMatch(
      /^kept epoch \d+ \(validation [\d.]+ nats\); interrupted (?:in|after) epoch \d+; continue with --resume$/m,
    );
    expect((await loadWeights(out)).weights.size).toBeGreaterThan(4);
    expect((await checkpointsIn(out).latest())?.epoch).toBeGreaterThan(1);
    const last = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trimEnd().split('\n').at(-1);
    expect(JSON.parse(last ?? '')).toMatchObject({ stopped: 'aborted' });
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('interrupted');
    expect(hidden(out)).toEqual([]);
  });

  test('ends an export without a trace of it, and the export that was there stays', async () => {
    const out = at(`export-${signal}`);
    await cli('export', model, '--weights', at('run'), '--out', out);
    const before = readFileSync(join(out, 'model.json'), 'utf8');
    const { child, ended } = start('export', model, '--weights', at('run'), '--out', out, '--recognition');
    // While its files are compared.
    await vi.waitUntil(() => hidden(out).some((name) => existsSync(join(out, name, 'model.json'))), {
      timeout: 30_000,
      interval: 1,
    });
    child.kill(signal);
    expect(await ended).toEqual({ code, signal: null });
    expect(hidden(out)).toEqual([]);
    expect(readFileSync(join(out, 'model.json'), 'utf8')).toBe(before);
    expect(await cli('verify', out)).toMatchObject({ code: 0 });
  });

  test('ends serve: by Ctrl-C, which is how it is meant to end, well', async () => {
    const { child, ended, said } = start('serve', at('exported'));
    await expect.poll(said).toContain('is shown at');
    child.kill(signal);
    expect(await ended).toEqual({ code: signal === 'SIGINT' ? 0 : code, signal: null });
  });

  test.each(chosen(`ended by ${signal}`, ['evaluate', 'verify', 'sample', 'report'], 1))(
    'ends %s as a shell expects it',
    async (command) => {
      const words = {
        evaluate: ['evaluate', model, '--weights', at('run'), '--samples', '100000000'],
        verify: ['verify', at('exported')],
        sample: ['sample', at('exported'), '--set', 'kind=0', '--count', '100000'],
        report: ['report', at('run')],
      }[command];
      const { child, ended } = start(...(words ?? []));
      await new Promise((resolve) => setTimeout(resolve, 150));
      child.kill(signal);
      // They have nothing to keep: the system ends them, and `$?` is the same number.
      expect(await ended).toEqual({ code: null, signal });
    },
  );
});

// A container's first process, as far as the kernel makes one for every user.
const CONTAINER = ['-rpf', '--mount-proc'];
const canContain = spawnSync('unshare', [...CONTAINER, 'true']).status === 0;

const first = [
  ['train', 143, ['train', model, '--out', at('first'), '--epochs', '1000000', '--engine', 'onnx'], 'epoch 2/'],
  ['evaluate', 143, ['evaluate', model, '--weights', at('run'), '--samples', '100000', '--part', 'train'], ''],
] as const;
test.runIf(canContain).each(chosen('first processes', first, 1))(
  'the first process of a container ends too: %s',
  async (_, code, words, sign) => {
    const child = spawn('unshare', [...CONTAINER, process.execPath, BIN, ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    started.push(child);
    let said = '';
    child.stderr.on('data', (text) => (said += String(text)));
    const ended = once(child, 'exit').then(([exit]) => exit);
    const children = `/proc/${child.pid}/task/${child.pid}/children`;
    const pid = () => (existsSync(children) ? readFileSync(children, 'utf8').trim() : '');
    await expect.poll(pid).not.toBe('');
    await expect.poll(() => said).toContain(sign);
    // A signal before it listens is ignored, so it is sent again.
    const asking = setInterval(() => pid() !== '' && process.kill(Number(pid()), 'SIGTERM'), 1000);
    expect(await ended.finally(() => clearInterval(asking))).toBe(code);
  },
);

test('a second signal, half a second later, ends the process at once; a closed terminal does not', () => {
  vi.useFakeTimers();
  const io = Object.assign(new EventEmitter(), new Terminal());
  const counts = () => ENDINGS.map(([name]) => io.listenerCount(name));
  const interrupted = interruption(io);
  expect(counts()).toEqual([1, 1, 1]);
  io.emit('SIGTERM');
  expect(interrupted.signal.aborted).toBe(true);
  io.emit('SIGINT');
  vi.advanceTimersByTime(400);
  expect(counts()).toEqual([1, 1, 1]);
  vi.advanceTimersByTime(200);
  expect(counts()).toEqual([0, 0, 1]);
  expect(interrupted.code(1)).toBe(143);
  interrupted.done();
  expect(counts()).toEqual([0, 0, 0]);
});

describe('a reader that goes away', () => {
  test('of standard error, after the first line, ends the output and not the run', async () => {
    const out = at('unread');
    const { child, ended } = start('train', model, '--out', out, '--epochs', '20', '--engine', 'onnx');
    child.stderr.once('data', () => child.stderr.destroy());
    expect(await ended).toEqual({ code: 0, signal: null });
    const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    expect((await loadWeights(out)).weights.size).toBeGreaterThan(4);
  });

  const commands: readonly (readonly [string, (out: string) => readonly string[], string])[] = [
    ['train', (out) => ['train', model, '--out', out, '--epochs', '2', '--json'], 'weights.safetensors'],
    ['export', (out) => ['export', model, '--weights', at('run'), '--out', out, '--json'], 'model.json'],
    ['evaluate', (out) => ['evaluate', model, '--weights', at('run'), '--per-example', join(out, 'x'), '--json'], 'x'],
    ['sample', (out) => ['sample', at('exported'), '--set', 'kind=0', '--out', join(out, 'x.csv')], 'x.csv'],
    ['serve --build', (out) => ['serve', at('exported'), '--build', join(out, 'x'), '--json'], 'x'],
    ['verify', () => ['verify', at('exported')], ''],
    ['sample to standard output', () => ['sample', at('exported'), '--set', 'kind=all', '--count', '20000'], ''],
    ['inspect', () => ['inspect', at('exported'), '--json'], ''],
    ['report', () => ['report', at('run')], ''],
    ['doctor', () => ['doctor'], ''],
  ];
  test.each(chosen('unread commands', commands, 1))(
    'of all that %s writes, before the first line, changes nothing else',
    async (name, words, file) => {
      const out = at(`gone-${name.replaceAll(/\W/g, '-')}`);
      const { child, ended } = start(...words(out));
      child.stdout.destroy();
      child.stderr.destroy();
      expect(await ended).toEqual({ code: 0, signal: null });
      if (file !== '') expect(existsSync(join(out, file))).toBe(true);
    },
  );

  test('of serve leaves it serving', async () => {
    const { child, ended } = start('serve', at('exported'), '--json');
    const [line] = await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stderr.destroy();
    const { urls }: { readonly urls: readonly string[] } = JSON.parse(String(line));
    expect((await ask(urls[0] ?? '', '/model/model.json')).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 143, signal: null });
  });
});
