import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { self, stateOf } from './owner.ts';

/**
 * Returns a name next to a path, `.NAME.SYSTEM-PROCESS-START-COUNT.part`, which identifies its owner: a killed process does not
 * clean up.
 */
export const temporaryFor = (path: string): string => {
  const { pid, started } = self();
  return join(dirname(path), `.${basename(path)}.${system()}-${pid}-${started}-${(count++).toString(36)}.part`);
};
let count = 0;

/** Removes the partly written files of killed processes in a folder: those of one file if `name` is given, else all. */
export const removeStale = async (folder: string, name?: string): Promise<void> => {
  for (const entry of await readdir(folder).catch(() => [])) {
    const [, of, place, pid, started = ''] = OURS.exec(entry) ?? EARLIER.exec(entry) ?? [];
    if (of === undefined || (name !== undefined && of !== name)) continue;
    const path = join(folder, entry);
    const ours = place === system();
    const stale = ours ? stateOf({ ...self(), pid: Number(pid), started }) === 'ended' : await isOld(path);
    if (stale) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
};

/** Whether an entry of a folder is one that `temporaryFor`, or an earlier version, has named for `name` next to it. */
export const isTemporary = (entry: string, name: string): boolean =>
  (OURS.exec(entry) ?? EARLIER.exec(entry))?.[1] === name;

const OURS = /^\.(.+)\.([0-9a-f]{8})-(\d+)-(\w*)-[0-9a-z]+\.part$/;
/** The names in earlier versions, with a UUID that does not identify a process. */
const EARLIER = /^\.(.+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/;

/** For files of another machine, or of one that has been restarted: no writer leaves its file untouched for an hour. */
const isOld = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > HOUR;
};
const HOUR = 3_600_000;

/** Returns eight digits for the machine and the container that process numbers belong to. */
const system = (): string => {
  const { machine, system: running, host } = self();
  return (digits ??= createHash('sha256').update(`${machine} ${running} ${host}`).digest('hex').slice(0, 8));
};
let digits: string | undefined;
