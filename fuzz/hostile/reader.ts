import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Answered, Asked } from './child.ts';

/**
 * What reading a file may take: milliseconds of processor time, bytes of memory, and milliseconds altogether, of which a busy
 * machine needs more.
 */
export interface Bounds {
  readonly cpu: number;
  readonly memory: number;
  readonly wall: number;
}
export const BOUNDS: Bounds = { cpu: 20_000, memory: 2 ** 31, wall: 240_000 };
/** Making all the intact files takes a while. */
const PREPARING: Bounds = { cpu: 300_000, memory: 2 ** 32, wall: 900_000 };

const JITI = createRequire(import.meta.url)
  .resolve('jiti/package.json')
  .replace('package.json', 'lib/jiti-cli.mjs');
const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));

/** The process that reads spoiled files; another is started when it has ended or had to be killed. */
export class Reader {
  private child: ChildProcess | undefined;
  private readonly program: string;
  private readonly bounds: Bounds;

  constructor(program = CHILD, bounds = BOUNDS) {
    this.program = program;
    this.bounds = bounds;
  }

  async ask(asked: Asked): Promise<Answered> {
    this.child ??= fork(JITI, [this.program], {
      // What is read is reported; what libraries print of it is not.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: ['--max-old-space-size=3000'],
      env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', JITI_FS_CACHE: 'false' },
    });
    const { child } = this;
    const bounds = 'prepare' in asked ? PREPARING : this.bounds;
    const { cpu: before } = usageOf(child.pid);
    try {
      return await new Promise<Answered>((done) => {
        const late = (kind: string, message: string): void => {
          this.end();
          done({ wrong: { kind, message } });
        };
        const watch = setInterval(() => {
          const { cpu, memory } = usageOf(child.pid);
          if (memory > bounds.memory) late('memory', `more than ${bounds.memory / 2 ** 30} GiB`);
          if (cpu - before > bounds.cpu) late('a hang', `not over after ${bounds.cpu / 1000} s of the processor`);
        }, 100);
        const timer = setTimeout(() => late('a hang', `not over after ${bounds.wall / 1000} s`), bounds.wall);
        const over = (answered: Answered): void => {
          clearInterval(watch);
          clearTimeout(timer);
          child.removeAllListeners();
          done(answered);
        };
        child.once('message', (answered: Answered) => over(answered));
        child.once('exit', (code, signal) => {
          if (this.child === child) this.child = undefined;
          // Only the system sends this signal, when memory runs out: on a busy machine it is quicker than `watch`.
          const kind = signal === 'SIGKILL' ? 'memory' : `the process ended (${signal ?? code})`;
          over({ wrong: { kind, message: 'while it read the file' } });
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

/** What a process has used of the processor, in milliseconds, and the memory it holds, in bytes; 0 where the system does not say. */
const usageOf = (pid: number | undefined): Pick<Bounds, 'cpu' | 'memory'> => {
  try {
    // After the name, which may hold spaces: user and system time in hundredths of a second, and pages of memory.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    return { cpu: ((fields[11] ?? 0) + (fields[12] ?? 0)) * 10, memory: (fields[21] ?? 0) * 4096 };
  } catch {
    return { cpu: 0, memory: 0 };
  }
};
