import { spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Unavailable } from '../../errors.ts';
import { unreached, withoutTelemetry, type Device } from '../../onnxruntime.ts';

/** Where a file's operators run on a device: how many of it there, and those that fall back to the processor, by name. */
export interface Placement {
  readonly file: string;
  readonly onDevice: number;
  readonly onProcessor: Readonly<Record<string, number>>;
}

/** What a line begins with that names the file whose placements follow. */
export const MARK = 'placements of ';

/**
 * Asks onnxruntime where it places the nodes of files on a device; it says so only when it opens them. Copies between the device and
 * the processor, which it adds, are not counted.
 *
 * @throws Unavailable if the device is not there
 */
export async function placementsOf(device: Device, files: readonly string[]): Promise<readonly Placement[]> {
  const script = fileURLToPath(new URL('./open-verbosely.js', import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), 'cvae-placements-'));
  // A file: of what onnxruntime writes to a pipe that is read too slowly, lines are lost, since Node makes pipes non-blocking.
  const log = await open(join(folder, 'log'), 'w+');
  try {
    const child = spawn(process.execPath, [script, device, ...files], {
      stdio: ['ignore', 'pipe', log.fd],
      env: withoutTelemetry(process.env),
    });
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
    const code = await new Promise((done, fail) => child.on('error', fail).on('close', done));
    if (code !== 0)
      throw new Unavailable(unreached('doctor', device, said || 'no answer', 'docs/gpu.md says what it needs'));
    return placed(await readFile(join(folder, 'log'), 'utf8'));
  } finally {
    await log.close();
    await rm(folder, { recursive: true });
  }
}

/** Reads placements from onnxruntime's log. */
export const placed = (log: string): readonly Placement[] =>
  log
    .split(`\n${MARK}`)
    .slice(1)
    .map((part) => {
      // The graph of the file comes last: those in its loops are placed before it.
      const [file = '', ...lines] = part.split('\n');
      let [onDevice, isProcessor]: [number, boolean] = [0, false];
      const onProcessor: Record<string, number> = {};
      for (const line of lines) {
        const [, provider, count] = /odes?(?:\(s\))? placed on \[(\w+)\]\. Number of nodes: (\d+)/.exec(line) ?? [];
        if (provider) {
          isProcessor = provider === 'CPUExecutionProvider';
          if (!isProcessor) onDevice += Number(count);
        }
        const [, op] = /VerifyEachNodeIsAssignedToAnEp\]\s+(\w+) \(/.exec(line) ?? [];
        if (!op) continue;
        if (op.startsWith('Memcpy')) onDevice -= isProcessor ? 0 : 1;
        else if (isProcessor) onProcessor[op] = (onProcessor[op] ?? 0) + 1;
      }
      return { file, onDevice, onProcessor };
    });
