import { toDataset } from '../data/convert.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../dsl/model.ts';
import { print } from '../dsl/print.ts';
import { compile, type Compiled } from '../export/compile.ts';
import { RUNTIME } from '../export/package/module.ts';
import { packageTexts } from '../export/package/texts.ts';
import { filesOf } from '../export/pack.ts';
import { withSpecimens } from '../export/specimens.ts';
import { MANIFEST_FILE, type Manifest, type Names } from '../signature.ts';
import type { TrainingEngine } from '../train/engine.ts';
import type { Epoch, TrainingProgress } from '../train/epoch.ts';
import { fingerprintsOf } from '../train/fingerprints.ts';
import { variablesOf as modelVariables } from '../train/parameters.ts';
import { partsOf } from '../train/plan.ts';
import { DEFAULTS } from '../train/options.ts';
import { train, type Training } from '../train/train.ts';
import { encodeSealed } from '../weights/seal.ts';
import type { Weights } from '../weights/weights.ts';
import type { Material } from './material.ts';

/** Files by their names: `model.json` and what it lists. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** How a model is made, and who is notified. */
export interface Making {
  readonly from: Material;
  /** The name of the model. */
  readonly name: string;
  readonly engine: TrainingEngine;
  /** The most minutes to train; it ends before that at a plateau of the validation loss. */
  readonly minutes: number;
  /** Names of the files of the runtime, which whoever writes the package puts next to it. */
  readonly runtime: readonly string[];
  readonly signal?: AbortSignal;
  readonly onNotice?: (notice: string) => void;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly onEpoch?: (epoch: Epoch) => void;
  /** Receives the model as it is then, not after every epoch: that takes time from training. */
  readonly onModel?: (model: Held) => void;
}

/** A model in memory. */
export interface Held {
  readonly manifest: Manifest;
  readonly files: Files;
}

/** A model that was made: its package, and what else is worth keeping. */
export interface Made extends Held {
  /** The definition and the weights, with which the command line continues: `model.ts`, `weights.safetensors`. */
  readonly sources: Files;
  readonly ended: Training['ended'];
  readonly stopped: Training['stopped'];
  readonly validation?: Training['validation'];
}

/**
 * Trains a model of a table or of pictures, and compiles it to a package; all in memory, in any JavaScript. Returns undefined if it was
 * stopped before its first epoch was over: what it draws by then is noise.
 *
 * @throws InvalidData for data that the model cannot be trained on; Diverged if the loss is no longer finite.
 */
export const makeModel = async (making: Making): Promise<Made | undefined> => {
  const { from, name, engine, minutes, signal, onNotice, onProgress } = making;
  const { model, source, batch, definition } = from;
  const dataset = await toDataset(source, modelVariables(model));
  const specimens = (bare: Compiled) =>
    withSpecimens(bare, model, { collect: async () => ({ source, whole: dataset, dataset }) });
  const show = showing(making, model, dataset.names, specimens);
  let whole = 0;
  const trained = await train(model, dataset, {
    engine,
    minutes,
    batch,
    // What was trained in memory cannot be resumed.
    onNotice: (notice) => onNotice?.(notice.replace(/, with --resume$/, '')),
    onEpoch: async (epoch, weights) => {
      // The epoch in which training is stopped is one too.
      if (!signal?.aborted) whole++;
      making.onEpoch?.(epoch);
      await show(weights);
    },
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const { weights, names, display, ended, stopped, validation } = trained;
  if (stopped === 'aborted' && whole === 0) return undefined;
  const bare = compile(model, weights, { name, names, recognition: true, ...(display && { display }) });
  const { compiled } = await specimens(bare);
  const [fingerprint] = fingerprintsOf(model);
  return {
    ...packaged(compiled, model, dataset, trained, making),
    sources: new Map([
      ['model.ts', new TextEncoder().encode(definition)],
      ['weights.safetensors', encodeSealed(weights, { fingerprint })],
    ]),
    ended,
    stopped,
    ...(validation && { validation }),
  };
};

/** Returns what shows the model as it becomes, in at most a fifth of the time. */
const showing = (
  { name, onModel }: Making,
  model: Model,
  names: Names | undefined,
  specimens: (bare: Compiled) => Promise<{ readonly compiled: Compiled }>,
): ((weights: Weights) => Promise<void>) => {
  let [seen, cost] = [-Infinity, 0];
  return async (weights) => {
    const from = performance.now();
    if (!onModel || from - seen < Math.max(1000, 4 * cost)) return;
    onModel(
      written((await specimens(compile(model, weights, { name, ...(names && { names }), example: false }))).compiled),
    );
    [seen, cost] = [performance.now(), performance.now() - from];
  };
};

/** Returns the files of a package. */
const packaged = (compiled: Compiled, model: Model, dataset: Dataset, trained: Training, making: Making): Held => {
  const { validation, test, unit, epochs, seed, engine, data } = trained;
  const [training, validating] = partsOf(dataset, DEFAULTS.validation, seed);
  const texts = packageTexts({
    manifest: compiled.manifest,
    folder: making.name,
    license: undefined,
    trained: {
      data: {
        name: data.name,
        checksum: data.checksum ?? null,
        train: training.count,
        validation: validating?.count ?? 0,
        test: dataset.test?.count ?? 0,
      },
      figures: { ...(test && { test: { ...test } }), ...(validation && { validation: { ...validation } }) },
      unit,
      seed,
      engine,
      epochs: epochs.length,
    },
    definition: print(model),
  });
  const names = [...texts.map(({ file }) => file), ...making.runtime.map((file) => `${RUNTIME}/${file}`)];
  const manifest: Manifest = { ...compiled.manifest, package: names };
  return written({ ...compiled, manifest, others: [...(compiled.others ?? []), ...texts] });
};

/** Returns the files of a compiled model as bytes. */
const written = ({ files, others = [], manifest }: Compiled): Held => {
  const packed = [...Object.values(files).flatMap(filesOf), ...others];
  return {
    manifest,
    files: new Map([
      ...packed.map(({ file, pieces }) => [file, joined(pieces)] as const),
      [MANIFEST_FILE, new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`)],
    ]),
  };
};

const joined = (pieces: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
};
