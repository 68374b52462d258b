import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Data } from '../../../src/data/source.ts';
import type { Model } from '../../../src/dsl/model.ts';
import { load } from '../../../src/cli/load.ts';
import { collect } from '../../../src/cli/collect.ts';
import { withSpecimens } from '../../../src/export/specimens.ts';
import { compile } from '../../../src/export/compile.ts';
import type { CompileOptions } from '../../../src/export/options.ts';
import { trainedWeights } from '../../compiler/weights.ts';

/**
 * Exports an example, or a variant (`variants/nn`), with examples of its data, as `cvae-compile export` does, with weights
 * such as training leaves; with further files, where options ask for some.
 */
export const exportForPage = async (folder: string, name: string, options: CompileOptions = {}): Promise<string> => {
  const definition = await load(
    fileURLToPath(new URL(`../../../examples/${name.includes('/') ? name : `${name}/model`}.ts`, import.meta.url)),
  );
  return exportModelForPage(folder, name, definition.model, definition.data, options);
};

/** The same of a model with its data. */
export const exportModelForPage = async (
  folder: string,
  name: string,
  model: Model,
  data: Data | undefined,
  options: CompileOptions = {},
): Promise<string> => {
  const collected = await collect(name, model, data, { seed: 1 });
  const { names } = collected.whole;
  const { compiled } = await withSpecimens(
    compile(model, trainedWeights(model), { name, ...(names && { names }), ...options }),
    model,
    { collect: async () => collected },
  );
  const out = join(folder, name);
  await mkdir(out, { recursive: true });
  for (const { file, bytes } of Object.values(compiled.files)) await writeFile(join(out, file), bytes);
  for (const { file, pieces } of compiled.others ?? []) await writeFile(join(out, file), Buffer.concat(pieces));
  await writeFile(join(out, 'model.json'), JSON.stringify(compiled.manifest));
  return out;
};
