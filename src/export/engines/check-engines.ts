import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isUserError, reasonOf } from '../../errors.ts';
import { decode } from '../../onnx/decode.ts';
import { joined, rowsOf } from '../../runtime/feed-rows.ts';
import { runExamples } from '../../runtime/self-test.ts';
import type { Feeds } from '../../runtime/sessions.ts';
import { EXAMPLE_KEY, PARTS, type Manifest, type Part } from '../../signature.ts';
import type { InferenceEngine } from '../engine.ts';
import { MODULE_FILES } from '../module/module-files.ts';
import { readExported, readFileOf } from '../read-exported.ts';
import { verifyTraining } from '../verify-training.ts';
import { openEngine, pathIn, type Engine, type EngineName, type ReadFile } from './open-engine.ts';

/** What an engine makes of a file: the largest |a − b| / (1 + |b|) of its outputs, or why it does not run it. */
export type Outcome = { readonly difference: number } | { readonly reason: string };

/** What an engine makes of a model's files. */
export interface Checked {
  readonly engine: EngineName;
  readonly version: string;
  /** A part, or `train`: what `train.onnx` and the halves of its step do to its state. */
  readonly files: Readonly<Partial<Record<Part | 'train', Outcome>>>;
}

/** The largest difference that is one of rounding. */
export const TOLERANCE = 1e-4;

/** Rows of a batch: outputs are those of the last, so that an engine that drops the batch axis is found out. */
const ROWS = 3;

/**
 * Runs the example that each file of an exported folder carries in an engine, and compares the outputs with those that the float64
 * reference has computed; of an export for training, also a step, but in `module`, which has files that are served.
 *
 * @throws Unavailable if the engine is not there; InvalidFile and InvalidGraph for a folder that is damaged.
 */
export const checkEngine = async (name: EngineName, folder: string, manifest: Manifest): Promise<Checked> => {
  const wasm = name === 'module' ? manifest.module?.find(({ file }) => file === MODULE_FILES.wasm) : undefined;
  const engine = await openEngine(name, wasm && (await readFileOf(folder, wasm)));
  const { training, ...served } = manifest;
  const checked = training && name !== 'module' ? manifest : served;
  return checkFiles(engine, folder, checked).finally(() => engine.close());
};

/** The same in an engine that is open. */
export const checkFiles = async (engine: Engine, folder: string, manifest: Manifest): Promise<Checked> => {
  const files: Partial<Record<Part | 'train', Outcome>> = {};
  for (const part of PARTS) {
    const listed = manifest.files[part];
    if (!listed) continue;
    const exported = await readExported(folder, manifest, part, listed);
    const { file, outputs } = listed;
    files[part] = await outcomeOf(() =>
      exampleIn(engine, manifest, part, { ...exported, part, outputs, path: pathIn(folder, listed) }, file),
    );
  }
  const { training } = manifest;
  if (training)
    files.train = await outcomeOf(async () => {
      const { step, halves = 0 } = await verifyTraining(folder, manifest, training, stepping(engine));
      return Math.max(step, halves);
    });
  return { engine: engine.name, version: engine.version, files };
};

const outcomeOf = async (difference: () => Promise<number>): Promise<Outcome> => {
  try {
    return { difference: await difference() };
  } catch (error) {
    // The engine is not there after all.
    if (isUserError(error) && error.name === 'Unavailable') throw error;
    return { reason: reasonOf(error) };
  }
};

const exampleIn = async (
  engine: Engine,
  manifest: Manifest,
  part: Part,
  file: ReadFile,
  where: string,
): Promise<number> => {
  const text = file.model.metadata[EXAMPLE_KEY];
  if (text === undefined) throw new Error('the file carries no example; export the model again');
  const run = async (_: Part, inputs: Feeds): Promise<Feeds> => {
    const batch = joined(
      Array.from({ length: ROWS }, () => inputs),
      ROWS,
    );
    return rowsOf(await engine.run(file, batch), ROWS - 1, 1, ROWS);
  };
  const runner = { run, close: async () => undefined };
  const { largest } = await runExamples(runner, manifest, new Map([[part, { text, where }]]), 'cpu');
  return largest;
};

/** An engine as what is passed to whatever runs a file that it has as bytes. */
const stepping = (engine: Engine): InferenceEngine => ({
  name: engine.name,
  load: async (bytes) => {
    const folder = await mkdtemp(join(tmpdir(), 'cvae-step-'));
    const path = join(folder, 'step.onnx');
    await writeFile(path, bytes);
    const model = decode(bytes);
    const shapes = model.graph.outputs.map(({ name, shape }) => [name, shape.slice(1).map(Number)] as const);
    const file = { bytes, model, path, outputs: Object.fromEntries(shapes) };
    return {
      run: (inputs) => engine.run(file, inputs),
      release: () => rm(folder, { recursive: true }),
    };
  },
});
