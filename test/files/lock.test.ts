import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { LOCK_FILE, lock } from '../../src/files/lock.ts';
import { self } from '../../src/files/owner.ts';
import { chosen } from '../support/chosen.ts';

const place = mkdtempSync(join(tmpdir(), 'cvae-lock-'));
const children: ChildProcess[] = [];
afterAll(() => rmSync(place, { recursive: true, force: true }));
afterEach(() => {
  vi.useRealTimers();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const folder = (): { readonly path: string; readonly file: string } => {
  const path = mkdtempSync(join(place, 'folder-'));
  return { path, file: join(path, LOCK_FILE) };
};
const locked = ({ path, file }: ReturnType<typeof folder>) => lock(file, path, 'training');
/** A lock's file as another process has left it. */
const left = (file: string, change: object, secondsAgo = 0): void => {
  const holder = { ...self(), token: 'theirs', since: '2026-01-02T03:04:05.678Z', doing: 'training', ...change };
  writeFileSync(file, JSON.stringify(holder));
  const then = Date.now() / 1000 - secondsAgo;
  utimesSync(file, then, then);
};

const MODULE = JSON.stringify(new URL('../../dist/files/lock.js', import.meta.url).href);
const program = (path: string, after: string): string =>
  `import { lock, LOCK_FILE } from ${MODULE};
   try {
     await lock(${JSON.stringify(path)} + '/' + LOCK_FILE, ${JSON.stringify(path)}, 'training');
     console.log('locked');
   } catch (error) { console.log(error.message); process.exit(3); }
   ${after}`;
const FOR_EVER = 'setInterval(() => undefined, 1000);';
/** Starts a process that locks a folder; gives its first line. */
const start = async (path: string, after = FOR_EVER) => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(path, after)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const line = await new Promise<string>((resolve) =>
    child.stdout.once('data', (text) => resolve(String(text).trim())),
  );
  return { child, line, ended };
};

describe('a folder that is locked', () => {
  test('is refused to others of this process until it is released', async () => {
    const one = folder();
    const held = await locked(one);
    await expect(locked(one)).rejects.toThrow(
      new RegExp(
        `^${one.path}: expected a folder that no other process writes to, got one in use by process ${process.pid} ` +
          String.raw`\(training, since \d{4}-\d\d-\d\d \d\d:\d\d UTC\); wait until it has ended, or choose another folder$`,
      ),
    );
    held.release();
    held.release();
    expect(readdirSync(one.path)).toEqual([]);
    (await locked(one)).release();
  });

  test('is refused to another process, and free when that has ended, in whatever way', async () => {
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const one = folder();
      const { child, line, ended } = await start(one.path);
      expect(line).toBe('locked');
      await expect(locked(one)).rejects.toThrow(`in use by process ${child.pid} (training, since `);
      child.kill(signal);
      await ended;
      expect(existsSync(one.file)).toBe(true);
      (await locked(one)).release();
      expect(readdirSync(one.path)).toEqual([]);
    }
  });

  test('is released where the process ends by itself', async () => {
    const one = folder();
    await (
      await start(one.path, 'process.exit(0);')
    ).ended;
    expect(readdirSync(one.path)).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('is free when its process has ended and nobody has asked how', async () => {
    const one = folder();
    const script = join(one.path, 'hold.mjs');
    writeFileSync(script, program(one.path, FOR_EVER));
    // The shell becomes a program that never asks after its child.
    const child = spawn('sh', ['-c', '"$0" "$1" & echo $!; exec sleep 60', process.execPath, script]);
    children.push(child);
    let out = '';
    child.stdout.on('data', (text) => (out += String(text)));
    await expect.poll(() => out).toContain('locked');
    const [pid = ''] = out.split('\n');
    process.kill(Number(pid), 'SIGKILL');
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /);
    (await locked(one)).release();
  });

  test('goes to one of many that find it left behind', async () => {
    const one = folder();
    for (let round = 0; round < 3; round++) {
      left(one.file, { pid: 2 ** 22 + 1 });
      const all = await Promise.all(Array.from({ length: 6 }, () => start(one.path)));
      const lines = all.map(({ line }) => line).sort();
      expect(lines.filter((line) => line === 'locked')).toHaveLength(1);
      expect(lines.filter((line) => line.includes('in use by process'))).toHaveLength(5);
      for (const { child, ended } of all) {
        child.kill('SIGKILL');
        await ended;
      }
    }
    expect(readdirSync(one.path)).toEqual([LOCK_FILE]);
  });
});

describe('a lock that was left behind', () => {
  const takes = async (change: object, secondsAgo?: number): Promise<string> => {
    const one = folder();
    left(one.file, change, secondsAgo);
    try {
      (await locked(one)).release();
      return 'taken over';
    } catch (error) {
      return String(error);
    }
  };
  const linux = test.runIf(process.platform === 'linux');

  test('by a process that is no more', async () => {
    expect(await takes({ pid: 2 ** 22 + 1 })).toBe('taken over');
  });

  linux('by a process whose number another one has now, be it this one', async () => {
    for (const pid of [process.ppid, process.pid]) expect(await takes({ pid, started: '1' })).toBe('taken over');
    expect(await takes({ pid: process.pid })).toContain('in use by');
  });

  test('on a machine that cannot be asked is refused while it shows signs of life', async () => {
    const other = { host: 'elsewhere', machine: 'another', system: 'other' };
    expect(await takes({ ...other, pid: 7 }, 60)).toMatch(
      /in use by process 7 on elsewhere \(training, since 2026-01-02 03:04 UTC; last sign of life (59|60|61) s ago\); choose another folder, or remove .*\.cvae-compile\.lock if that process has ended$/,
    );
    expect(await takes({ ...other, pid: process.pid }, 60)).toContain('on elsewhere');
    expect(await takes({ ...other, pid: 7 }, 400)).toBe('taken over');
  });

  linux('in another container of this machine likewise', async () => {
    const [boot] = self().system.split(' ');
    expect(await takes({ pid: 1, system: `${boot} pid:[1]` }, 60)).toContain('in use by process 1 on ');
    expect(await takes({ pid: 1, system: `${boot} pid:[1]` }, 400)).toBe('taken over');
  });

  linux('before this machine was started again', async () => {
    const [, container] = self().system.split(' ');
    const expected = self().machine === '' ? 'in use by' : 'taken over';
    expect(await takes({ pid: process.pid, system: `0 ${container}` })).toContain(expected);
  });

  test.each(chosen('locks half-written', ['', '{ "pid": 1', 'another program’s'], 1))(
    'half-written: %j',
    async (text) => {
      const one = folder();
      writeFileSync(one.file, text);
      const fresh = locked(one);
      // Whoever is writing it would be done by now: nobody has touched it for two seconds.
      (await fresh.catch(() => locked(one))).release();
      expect(readdirSync(one.path)).toEqual([]);
    },
  );
});

test('a lock shows a sign of life, and never over another', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const one = folder();
  const held = await locked(one);
  utimesSync(one.file, 1, 1);
  vi.advanceTimersByTime(21_000);
  expect(Date.now() - statSync(one.file).mtimeMs).toBeLessThan(60_000);
  left(one.file, { pid: 7 }, 1000);
  const text = readFileSync(one.file, 'utf8');
  vi.advanceTimersByTime(61_000);
  expect(Date.now() - statSync(one.file).mtimeMs).toBeGreaterThan(900_000);
  held.release();
  expect(readFileSync(one.file, 'utf8')).toBe(text);
});

test('a place that cannot be locked says why', async () => {
  await expect(lock(join(place, 'none', LOCK_FILE), 'none', 'training')).rejects.toMatchObject({ code: 'ENOENT' });
});
