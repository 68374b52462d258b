import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from '../../../src/cli/load.ts';
import { compile } from '../../../src/compiler/compile.ts';
import { trainedWeights } from '../../compiler/weights.ts';

/** Exports an example to `folder/name`, with weights such as training leaves; in fp16 to `folder/name-fp16`. */
export const exportExample = async (folder: string, name: string, half = false): Promise<string> => {
  const definition = fileURLToPath(new URL(`../../../examples/${name}/model.ts`, import.meta.url));
  const { model } = await load(definition);
  const { files, manifest } = compile(model, trainedWeights(model), { name, precision: half ? 'float16' : 'float32' });
  const out = join(folder, half ? `${name}-fp16` : name);
  for (const { file, bytes } of Object.values(files)) await put(join(out, file), bytes);
  await put(join(out, 'model.json'), JSON.stringify(manifest));
  return out;
};

const put = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
};
