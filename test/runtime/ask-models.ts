import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { compile } from '../../src/export/compile.ts';
import { write } from '../../src/export/write.ts';
import type { Model as Definition } from '../../src/dsl/model.ts';
import type { CompileOptions } from '../../src/export/options.ts';
import type { Model } from '../../src/runtime/model.ts';
import { open } from '../../src/runtime/node.ts';
import type { Weights } from '../../src/weights/weights.ts';

/** Exports a model with everything that can be asked of it into a folder of its own, and opens it. */
export const openedWith = async (
  folder: string,
  model: Definition,
  weights: Weights,
  options: CompileOptions = { recognition: true, evaluationSamples: 7 },
): Promise<Model> => {
  const out = await mkdtemp(join(folder, 'asked-'));
  await write(out, compile(model, weights, { name: 'asked', ...options }), async () => undefined);
  return open(out);
};

/** Reads all chunks of an async iterable. */
export const collected = async <T>(chunks: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
};
