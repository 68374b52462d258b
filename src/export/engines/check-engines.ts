import { isUserError, reasonOf } from '../../errors.ts';
import { joined, rowsOf } from '../../runtime/feed-rows.ts';
import { runExamples } from '../../runtime/self-test.ts';
import type { Feeds } from '../../runtime/sessions.ts';
import { EXAMPLE_KEY, PARTS, type Manifest, type Part } from '../../signature.ts';
import { readExported } from '../read-exported.ts';
import { openEngine, pathIn, type Engine, type EngineName, type ReadFile } from './open-engine.ts';

/** What an engine makes of a file: the largest |a − b| / (1 + |b|) of its outputs, or why it does not run it. */
export type Outcome = { readonly difference: number } | { readonly reason: string };

/** What an engine makes of a model's files. */
export interface Checked {
  readonly engine: EngineName;
  readonly version: string;
  readonly files: Readonly<Partial<Record<Part, Outcome>>>;
}

/** The largest difference that is one of rounding. */
export const TOLERANCE = 1e-4;

/** Rows of a batch: outputs are those of the last, so that an engine that drops the batch axis is found out. */
const ROWS = 3;

/**
 * Runs the example that each file of an exported folder carries in an engine, and compares the outputs with those that the float64
 * reference has computed.
 *
 * @throws Unavailable if the engine is not there; InvalidFile and InvalidGraph for a folder that is damaged.
 */
export const checkEngine = async (name: EngineName, folder: string, manifest: Manifest): Promise<Checked> => {
  const engine = await openEngine(name);
  try {
    const files: Partial<Record<Part, Outcome>> = {};
    for (const part of PARTS) {
      const listed = manifest.files[part];
      if (!listed) continue;
      const exported = await readExported(folder, manifest, part, listed);
      files[part] = await outcomeOf(engine, manifest, part, { ...exported, listed, path: pathIn(folder, listed) });
    }
    return { engine: name, version: engine.version, files };
  } finally {
    await engine.close();
  }
};

const outcomeOf = async (engine: Engine, manifest: Manifest, part: Part, file: ReadFile): Promise<Outcome> => {
  const text = file.model.metadata[EXAMPLE_KEY];
  if (text === undefined) return { reason: 'the file carries no example; export the model again' };
  const run = async (_: Part, inputs: Feeds): Promise<Feeds> => {
    const batch = joined(
      Array.from({ length: ROWS }, () => inputs),
      ROWS,
    );
    return rowsOf(await engine.run(file, batch), ROWS - 1, 1, ROWS);
  };
  const runner = { run, close: async () => undefined };
  try {
    const examples = new Map([[part, { text, where: file.listed.file }]]);
    const { largest } = await runExamples(runner, manifest, examples, 'cpu');
    return { difference: largest };
  } catch (error) {
    // The engine is not there after all.
    if (isUserError(error) && error.name === 'Unavailable') throw error;
    return { reason: reasonOf(error) };
  }
};
