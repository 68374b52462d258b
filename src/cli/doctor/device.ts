import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { exportTraining } from '../../export/training.ts';
import { filesOf, type Packed } from '../../export/pack.ts';
import { parametersOf } from '../../train/parameters.ts';
import { start } from '../../train/start.ts';
import type { Device } from '../../train/engines.ts';
import { load } from '../load.ts';
import { say, type Io } from '../io.ts';
import { placementsOf, type Placement } from './placements.ts';

/** Says of each file of a definition, and of its training step, which operators a device has no kernel for. */
export async function deviceReport(device: Device, definition: string, json: boolean, io: Io): Promise<void> {
  const { model } = await load(definition);
  const compiled = exportTraining(model, start(model, parametersOf(model), {}, new Map(), 1, undefined));
  const packed = [...Object.values(compiled.files).flatMap(filesOf), ...(compiled.others ?? [])];
  const folder = await mkdtemp(join(tmpdir(), 'cvae-device-'));
  try {
    const paths = await Promise.all(packed.map((one) => written(folder, one)));
    const found = await placementsOf(
      device,
      paths.filter((path) => path.endsWith('.onnx')),
    );
    const named = found.map((one) => ({ ...one, file: basename(one.file) }));
    if (json) return say(io, JSON.stringify({ device, files: named }));
    say(io, `${definition} on ${device}, by onnxruntime-node:`, '', ...named.map(line), '');
  } finally {
    await rm(folder, { recursive: true });
  }
}

const written = async (folder: string, { file, pieces }: Packed): Promise<string> => {
  const path = join(folder, file);
  await writeFile(path, Buffer.concat(pieces));
  return path;
};

const line = ({ file, onDevice, onProcessor }: Placement): string => {
  const others = Object.entries(onProcessor).map(([op, count]) => (count > 1 ? `${op} (${count})` : op));
  const where = others.length === 0 ? 'all of its operators run there' : `on the processor: ${others.join(', ')}`;
  return `${file}: ${onDevice} operators; ${where}`;
};
