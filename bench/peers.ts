import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a library of Python is to do: a number of steps of a network of its program. */
export interface Request {
  readonly model: string;
  readonly batch: number;
  /** Adam in one kernel, which is an option; without it PyTorch's own default. */
  readonly fused: boolean;
  /** By torch.compile. */
  readonly compiled: boolean;
  readonly threads: number;
  readonly steps: number;
}

/** How long a step took, in milliseconds, and how large the network is. */
export interface Answer {
  readonly ms: number;
  readonly parameters: number;
  readonly loss: number;
}

/** A library of Python in a process of its own, which takes steps when it is asked to and otherwise does nothing. */
export interface Peer {
  readonly version: string;
  /** Whether it can compile a network, for which it needs a compiler of C++. */
  readonly compiles: boolean;
  /** The networks that its program has. */
  readonly models: readonly string[];
  run(request: Request): Promise<Answer>;
  close(): void;
}

/** Starts a library's program; if there is no Python with it (PYTHON names one), says so in a line and returns undefined. */
export async function startPeer(name: 'PyTorch' | 'JAX'): Promise<Peer | undefined> {
  const python = process.env['PYTHON'] ?? 'python3';
  const file = fileURLToPath(new URL(`${name.toLowerCase()}/train.py`, import.meta.url));
  const child = spawn(python, [file], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (bytes) => (complaint += String(bytes)));
  child.on('error', (error) => (complaint = error.message));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T | undefined> => {
    const { value, done } = await lines.next();
    // The lines of our own script.
    return done === true ? undefined : (JSON.parse(String(value)) as T);
  };
  const first = await answer<Omit<Peer, 'run' | 'close'>>();
  if (!first) {
    console.error(`${name} is left out: ${complaint.trim().split('\n').at(-1) ?? 'it did not start'}`);
    return undefined;
  }
  return {
    ...first,
    run: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const given = await answer<Answer>();
      if (!given) throw new Error(`${name}: ${complaint}`);
      return given;
    },
    close: () => child.stdin.end(),
  };
}
