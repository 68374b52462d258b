import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { EVENTS } from '../run/previous-run.ts';
import type { Epoch } from '../train/epoch.ts';

/** The event files of a run: each metric of each epoch. */
export interface Events {
  add(epoch: Epoch): void;
  close(): void;
}

/** The part of tfjs-node's summary writer that is used; its types do not declare that it can be closed. */
interface Writer {
  scalar(name: string, value: number, step: number): void;
  flush(): void;
}

/**
 * Opens event files in a run's folder, through tfjs-node's summary writer, with the epochs so far: those of an earlier process
 * are replaced, so that none appears twice. Returns the reason, in one line, if tfjs-node cannot be loaded.
 */
export async function openEvents(run: string, epochs: readonly Epoch[]): Promise<Events | string> {
  const folder = join(run, EVENTS);
  await rm(folder, { recursive: true, force: true });
  const { loadBackend } = await import('../train/backend.ts');
  try {
    const { tf } = await loadBackend('tfjs-node');
    // The type of the backend is that of tfjs-core, which lacks what tfjs-node adds.
    const { node } = tf as typeof tf & { readonly node: { summaryFileWriter(folder: string): Writer } };
    const writer = node.summaryFileWriter(folder);
    const add = ({ phase, epoch, train, validation, latent }: Epoch): void => {
      const prefix = phase === 'baseline' ? 'baseline/' : '';
      const tell = (name: string, value: number | undefined): void => {
        if (value !== undefined && Number.isFinite(value)) writer.scalar(`${prefix}${name}`, value, epoch);
      };
      for (const [name, value] of Object.entries(train)) tell(`${name}/train`, value);
      for (const [name, value] of Object.entries(validation ?? {})) tell(`${name}/validation`, value);
      tell('latent/active units', latent?.activeUnits);
      tell('latent/share of variance', latent?.share);
      writer.flush();
    };
    for (const epoch of epochs) add(epoch);
    return { add, close: () => writer.flush() };
  } catch (error) {
    return `no events for TensorBoard: ${messageOf(error)}`;
  }
}
