import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '../errors.ts';
import type { Owner } from '../formats/lock.ts';

/** This process. */
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

/** Whether a process still runs; `unknown` for one of another machine or container, which cannot be asked. */
export const stateOf = ({ pid, host, machine, system, started }: Owner): 'running' | 'ended' | 'unknown' => {
  const me = self();
  if (machine !== me.machine) return 'unknown';
  if (system !== me.system) {
    const [boot] = system.split(' ');
    const [mine] = me.system.split(' ');
    // This very machine, started again since. Without a name of its own it may also be another that is called the same.
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
    // Another user's may not be asked, but it is there.
    return errorCode(error) === 'EPERM';
  }
};

/** When a process was started, and whether it has ended and only its parent has not noticed. */
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
