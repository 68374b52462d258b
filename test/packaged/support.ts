import { mkdirSync, symlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from '../../src/cli/load.ts';
import { withPackage } from '../../src/export/package/packaging.ts';
import { compile } from '../../src/export/compile.ts';
import type { CompileOptions } from '../../src/export/options.ts';
import { write } from '../../src/export/write.ts';
import { trainedWeights } from '../compiler/weights.ts';

/** One of each kind of model: where its definition is, and what its package is called. */
export const MODELS = {
  /** A class by number, an image. */
  digits: { path: 'examples/digits/model.ts', recognition: true, evaluationSamples: 5 },
  /** Classes by name, numbers with units, a learned variance. */
  table: { path: 'examples/table/model.ts' },
  /** An image, a prior, a baseline. */
  completion: { path: 'examples/completion/model.ts' },
  /** Several targets. */
  weather: { path: 'examples/weather/model.ts', recognition: true, evaluationSamples: 5 },
  /** Written step by step, up to an end. */
  names: { path: 'examples/names/model.ts', recognition: true },
  /** No latent. */
  predictor: { path: 'examples/variants/cnn.ts', evaluationSamples: 5 },
  /** The first three with a sampler, which does in one call what takes two or one without it. */
  digitsWithSampler: { path: 'examples/digits/model.ts', sampler: true },
  tableWithSampler: { path: 'examples/table/model.ts', sampler: true },
  completionWithSampler: { path: 'examples/completion/model.ts', sampler: true },
} as const;

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A folder elsewhere in which nothing is installed but an onnxruntime. */
export const stranger = async (...packages: readonly string[]): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'cvae-stranger-'));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of packages)
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
  return folder;
};

/** Writes a model's package into a folder, under its name, with weights such as training leaves. */
export const writePackage = async (folder: string, name: keyof typeof MODELS): Promise<string> => {
  const { path, ...options }: CompileOptions & { readonly path: string } = MODELS[name];
  const { model } = await load(join(ROOT, path));
  const out = join(folder, name);
  const compiled = compile(model, trainedWeights(model), { ...options, name });
  await write(out, await withPackage(compiled, model, { out, run: undefined, license: 'MIT' }), async () => undefined);
  return out;
};

/** The program in one language that a card shows. */
export const snippet = (card: string, language: string): string => {
  const found = [...card.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter(([, word]) => word === language);
  if (found.length !== 1) throw new Error(`expected one program in ${language}, found ${found.length}`);
  return found[0]?.[2] ?? '';
};
