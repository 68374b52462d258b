import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Answered, Asked } from './child.ts';

/** How long a file may be read, in milliseconds, and how much memory the process may hold, in bytes. */
export const MOST = { wall: 60_000, cpu: 20_000, memory: 2 ** 31 } as const;

const JITI = createRequire(import.meta.url)
  .resolve('jiti/package.json')
  .replace('package.json', 'lib/jiti-cli.mjs');
const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));

/** The process that reads spoiled files; another is started where it has ended, or had to be. */
export class Reader {
  private child: ChildProcess | undefined;

  async ask(asked: Asked): Promise<Answered> {
    this.child ??= fork(JITI, [CHILD], {
      // What is read is told; what libraries print of it is not.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: ['--max-old-space-size=3000'],
      env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', JITI_FS_CACHE: 'false' },
    });
    const { child } = this;
    try {
      return await new Promise<Answered>((done) => {
        const late = (kind: string, message: string): void => {
          this.end();
          done({ wrong: { kind, message } });
        };
        const watch = setInterval(() => {
          if (residentOf(child.pid) > MOST.memory) late('memory', `more than ${MOST.memory / 2 ** 30} GiB`);
        }, 100);
        const timer = setTimeout(() => late('a hang', `not over after ${MOST.wall / 1000} s`), MOST.wall);
        const over = (answered: Answered): void => {
          clearInterval(watch);
          clearTimeout(timer);
          child.removeAllListeners();
          done(answered);
        };
        child.once('message', (answered: Answered) => over(answered));
        child.once('exit', (code, signal) => {
          if (this.child === child) this.child = undefined;
          over({ wrong: { kind: `the process ended (${signal ?? code})`, message: 'while it read the file' } });
        });
        child.send(asked);
      });
    } finally {
      child.removeAllListeners();
    }
  }

  end(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}

/** The memory that a process holds, in bytes; 0 where the system does not say. */
const residentOf = (pid: number | undefined): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1] ?? 0) * 4096;
  } catch {
    return 0;
  }
};
