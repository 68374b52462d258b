import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '../errors.ts';
import type { Owner } from '../formats/lock.ts';

/** Returns a description of this process. */
export const self = (): Owner => (known ??= describe());
let known: Owner | undefined;

const describe = (): Owner => ({
  pid: process.pid,
  host: hostname(),
  machine: attempt(() => readFileSync('/etc/machine-id', 'utf8').trim()),
  system: attempt(() => {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  }),
  started: startOf(process.pid).started,
});

/** Returns whether a process still runs; `unknown` for one of another machine or container, which cannot be queried. */
export const stateOf = ({ pid, host, machine, system, started }: Owner): 'running' | 'ended' | 'unknown' => {
  const me = self();
  if (machine !== me.machine) return 'unknown';
  if (system !== me.system) {
    const [boot] = system.split(' ');
    const [mine] = me.system.split(' ');
    // The same machine, restarted since. Without a machine identifier it may also be another one with the same host name.
    return machine !== '' && boot !== mine ? 'ended' : 'unknown';
  }
  if (machine === '' && host !== me.host) return 'unknown';
  if (!isAlive(pid)) return 'ended';
  const now = startOf(pid);
  return now.zombie || (started !== '' && now.started !== '' && now.started !== started) ? 'ended' : 'running';
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user may not be signalled, but it exists.
    return errorCode(error) === 'EPERM';
  }
};

/** Returns when a process was started, and whether it is a zombie: ended, but not yet reaped by its parent. */
const startOf = (pid: number): { readonly started: string; readonly zombie: boolean } => {
  // The name, in parentheses, may hold anything; the state is the first field after it, and the start the 22nd of all.
  const [state = '', ...fields] = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
    .replace(/^.*\) /s, '')
    .split(' ');
  if (state !== '') return { started: fields[18] ?? '', zombie: /^[ZX]/.test(state) };
  if (process.platform === 'linux' || process.platform === 'win32') return { started: '', zombie: false };
  const line = attempt(() => execFileSync('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], { encoding: 'utf8' }).trim());
  return { started: line.replace(/^\S+\s+/, '').replaceAll(/\W/g, ''), zombie: line.startsWith('Z') };
};

const attempt = (read: () => string): string => {
  try {
    return read();
  } catch {
    return '';
  }
};
