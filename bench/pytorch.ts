import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What PyTorch is to do: so many steps of a network of bench/pytorch/train.py. */
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

/** PyTorch in a process of its own, which takes steps when it is asked to and else does nothing. */
export interface PyTorch {
  readonly version: string;
  /** Whether it can compile a network, for which it needs a compiler of C++. */
  readonly compiles: boolean;
  run(request: Request): Promise<Answer>;
  close(): void;
}

/** Starts PyTorch; where there is no Python with it, says so in a line and gives undefined. */
export async function startPyTorch(python = process.env['PYTHON'] ?? 'python3'): Promise<PyTorch | undefined> {
  const file = fileURLToPath(new URL('pytorch/train.py', import.meta.url));
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
  const first = await answer<{ version: string; compiles: boolean }>();
  if (!first) {
    console.error(`PyTorch is left out: ${complaint.trim().split('\n').at(-1) ?? 'it did not start'}`);
    return undefined;
  }
  return {
    version: first.version,
    compiles: first.compiles,
    run: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const given = await answer<Answer>();
      if (!given) throw new Error(`PyTorch: ${complaint}`);
      return given;
    },
    close: () => child.stdin.end(),
  };
}
