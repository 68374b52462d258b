import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { InvalidFile } from '../errors.ts';
import { holder, type Holder } from '../formats/lock.ts';
import { attempt } from '../formats/read.ts';
import { self, stateOf } from './owner.ts';
import { removeStale, temporaryFor } from './temporary.ts';
import { codeOf } from './whole.ts';

/** The name of a lock in the folder that it locks. */
export const LOCK_FILE = '.cvae-compile.lock';

/** A place that only this process writes to, until it releases the lock or ends. */
export interface Lock {
  release(): void;
}

/**
 * Locks `folder` with a file at `path`, for `doing`, such as `training`. A lock whose process has ended is taken over: one of
 * this machine immediately, one of a machine or container that cannot be queried after two minutes without a sign of life.
 *
 * @throws InvalidFile if another process, or another call in this one, holds it.
 */
export const lock = async (path: string, folder: string, doing: string): Promise<Lock> => {
  await removeStale(dirname(path));
  const mine: Holder = { ...self(), token: randomUUID(), since: new Date().toISOString(), doing };
  const text = `${JSON.stringify(mine)}\n`;
  for (const deadline = Date.now() + WRITTEN; ; await setTimeout(50)) {
    const held = take(path, text);
    if (held === undefined) break;
    // A file that names no holder is just being written by another process.
    if (held !== 'unwritten' || Date.now() > deadline) throw new InvalidFile(refusal(path, folder, held));
  }
  const beat = setInterval(() => renew(path, mine, text), BEAT);
  beat.unref();
  const release = (): void => {
    clearInterval(beat);
    open.delete(release);
    if (open.size === 0) process.off('exit', releaseAll);
    if (tokenIn(path) === mine.token) rmSync(path, { force: true });
  };
  if (open.size === 0) process.on('exit', releaseAll);
  open.add(release);
  return { release };
};

/** The interval between signs of life, in milliseconds; … */
const BEAT = 20_000;
/** … the silence after which a process counts as ended; … */
const SILENT = 120_000;
/** … and the longest time that writing a lock takes. */
const WRITTEN = 2_000;

const open = new Set<() => void>();
const releaseAll = (): void => {
  for (const release of open) release();
};

/**
 * Creates the lock's file; returns its holder if there is one already. Synchronous: nothing else in this process happens
 * meanwhile.
 */
const take = (path: string, text: string): Holder | 'unwritten' | undefined => {
  for (;;) {
    if (make(path, text)) return undefined;
    const found = read(path);
    if (found === undefined) continue;
    if (!hasEnded(path, found)) return found.holder ?? 'unwritten';
    takeAway(path, found.text);
  }
};

/** Creates a new file and returns whether it did not exist before. */
const make = (path: string, text: string): boolean => {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, text);
    fsyncSync(file);
    return true;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
};

/** Removes a lock with this text; a different one that has replaced it meanwhile is put back. */
const takeAway = (path: string, text: string): void => {
  const away = temporaryFor(path);
  try {
    renameSync(path, away);
    if (readFileSync(away, 'utf8') !== text) linkSync(away, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(codeOf(error))) throw error;
  } finally {
    rmSync(away, { force: true });
  }
};

interface Found {
  readonly text: string;
  readonly holder: Holder | undefined;
}

/** Reads the file at the path; undefined if it is gone. */
const read = (path: string): Found | undefined => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  return { text, holder: attempt(holder, text) };
};

const tokenIn = (path: string): string | undefined => {
  try {
    return attempt(holder, readFileSync(path, 'utf8'))?.token;
  } catch {
    return undefined;
  }
};

const hasEnded = (path: string, { holder }: Found): boolean => {
  const state = holder === undefined ? 'unknown' : stateOf(holder);
  if (state !== 'unknown') return state === 'ended';
  return silence(path) > (holder === undefined ? WRITTEN : SILENT);
};

/**
 * Returns for how long a file has not been touched, in milliseconds by the clock of the file system's host, which may be another
 * machine.
 */
const silence = (path: string): number => {
  const probe = temporaryFor(path);
  try {
    make(probe, ' ');
    return statSync(probe).mtimeMs - statSync(path).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  } finally {
    rmSync(probe, { force: true });
  }
};

/** Writes the same again to update the file's modification time, unless it belongs to another process now. */
const renew = (path: string, { token }: Holder, text: string): void => {
  if (tokenIn(path) !== token) return;
  try {
    const file = openSync(path, 'r+');
    writeSync(file, text, 0);
    closeSync(file);
  } catch {
    // The disk does not respond at the moment: try again at the next interval.
  }
};

const refusal = (path: string, folder: string, held: Holder | 'unwritten'): string => {
  const expected = `${folder}: expected a folder that no other process writes to`;
  if (held === 'unwritten') return `${expected}, got one that is being locked; try again, or remove ${path}`;
  const { pid, host, since, doing } = held;
  const about = `${doing}, since ${since.slice(0, 16).replace('T', ' ')} UTC`;
  if (stateOf(held) === 'running')
    return `${expected}, got one in use by process ${pid} (${about}); wait until it has ended, or choose another folder`;
  const seconds = Math.max(0, Math.round(silence(path) / 1000));
  return `${expected}, got one in use by process ${pid} on ${host} (${about}; last sign of life ${seconds} s ago); choose another folder, or remove ${path} if that process has ended`;
};
