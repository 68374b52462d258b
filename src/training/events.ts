import { appendFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EVENTS } from '../run/previous-run.ts';
import type { Epoch } from '../train/epoch.ts';
import { scalarsRecord, versionRecord, type Scalar } from './event-record.ts';

/** The event file of a run: each metric of each epoch. */
export interface Events {
  add(epoch: Epoch): void;
}

/**
 * Opens an event file for TensorBoard in a run's folder, with the epochs so far: those of an earlier process are replaced, so that none
 * appears twice.
 */
export async function openEvents(run: string, epochs: readonly Epoch[]): Promise<Events> {
  const folder = join(run, EVENTS);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const now = (): number => Date.now() / 1000;
  // TensorBoard reads files with `tfevents` in their names, in the order of the second that comes next.
  const file = join(folder, `events.out.tfevents.${Math.floor(now())}.cvae-compile`);
  await writeFile(file, versionRecord(now()));
  const add = (epoch: Epoch): void => appendFileSync(file, scalarsRecord(now(), epoch.epoch, scalarsOf(epoch)));
  for (const epoch of epochs) add(epoch);
  return { add };
}

const scalarsOf = ({ phase, train, validation, latent, rate }: Epoch): readonly Scalar[] => {
  const all: readonly (readonly [string, number | undefined])[] = [
    ...Object.entries(train).map(([name, value]) => [`${name}/train`, value] as const),
    ...Object.entries(validation ?? {}).map(([name, value]) => [`${name}/validation`, value] as const),
    ['latent/active units', latent?.activeUnits],
    ['latent/share of variance', latent?.share],
    ['learning rate', rate],
  ];
  const prefix = phase === 'baseline' ? 'baseline/' : '';
  return all.flatMap(([name, value]) =>
    value !== undefined && Number.isFinite(value) ? [{ tag: `${prefix}${name}`, value }] : [],
  );
};
