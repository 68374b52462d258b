import { lineOf } from '../errors.ts';
import type { Ending } from '../formats/epoch.ts';
import type { Checkpoint } from '../train/checkpoint.ts';
import type { Epoch } from '../train/epoch.ts';
import { Diverged } from '../train/fit.ts';
import type { Weights } from '../weights/weights.ts';
import type { RunFolder } from './folder.ts';

/** What a run has reached, to be kept if it fails. */
export interface Salvage {
  checkpoint(checkpoint: Checkpoint): Promise<void>;
  epoch(epoch: Epoch, weights: Weights): void;
  /**
   * Stores what a failing run has reached: its best weights, and the last checkpoint. A run that has reached nothing leaves the
   * folder as it was, and this returns undefined. It does not throw: the user must learn why the run failed.
   */
  fail(error: unknown, metadata: Readonly<Record<string, string>>): Promise<Kept | undefined>;
}

/** What is left of a run that has failed: its ending, and a line that says where its results are. */
export interface Kept {
  readonly ending: Ending;
  readonly line: string;
}

/** The weights after the best epoch so far, and its validation loss, if there is one. */
interface Best extends Pick<Epoch, 'phase' | 'epoch'> {
  readonly loss: number | undefined;
  readonly weights: Weights;
}

/** Whether an epoch is better than the best one that a checkpoint records. */
const isBetter = ({ phase, epoch, loss = -Infinity }: Best, last: Checkpoint): boolean =>
  phase !== last.phase || (epoch > last.bestEpoch && loss < last.lowest);

/** Tracks what the run in a folder reaches from now on. */
export const salvaging = (run: RunFolder): Salvage => {
  let last: Checkpoint | undefined;
  let best: Best | undefined;
  const keep = async (reason: unknown, metadata: Readonly<Record<string, string>>): Promise<Kept> => {
    if (reason instanceof Diverged) {
      await run.save(reason.weights, metadata);
      const line = `the last good weights are in ${run.weightsFile}`;
      return { ending: { stopped: 'diverged', reason: reason.message }, line };
    }
    const ending = { stopped: 'failed', reason: lineOf(reason) } as const;
    // A checkpoint includes the best weights so far, once an epoch has ended; there may be better ones since.
    const isSaved = last !== undefined && last.bestEpoch > 0 && !(best && isBetter(best, last));
    const weights = isSaved ? undefined : (best?.weights ?? last?.weights);
    let areKept = isSaved;
    try {
      if (weights) await run.save(weights, metadata);
      areKept = true;
    } catch {
      // The checkpoint may still exist.
    }
    const lines = [
      ...(areKept ? [`the weights that it has reached are in ${run.weightsFile}`] : []),
      ...(last ? ['--resume continues from its last checkpoint'] : []),
    ];
    return { ending, line: lines.join('; ') || 'what it has reached could not be kept' };
  };
  return {
    checkpoint: async (checkpoint) => {
      await run.keep(checkpoint);
      last = checkpoint;
    },
    epoch: ({ phase, epoch, validation }, weights) => {
      const loss = validation?.['loss'];
      // Judged as training does: by validation if there is any, else the latest is best.
      const isBest = loss === undefined ? best?.loss === undefined : loss < (best?.loss ?? Infinity);
      if (best?.phase !== phase || isBest) best = { phase, epoch, loss, weights };
    },
    fail: async (error, metadata) => {
      try {
        if (error instanceof Diverged || last !== undefined || best !== undefined) return await keep(error, metadata);
        await run.discard();
      } catch {
        // A full disk: what is already there has to suffice.
      }
      return undefined;
    },
  };
};
