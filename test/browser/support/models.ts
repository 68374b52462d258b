import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from '../../../src/cli/load.ts';
import { compile } from '../../../src/export/compile.ts';
import type { CompileOptions } from '../../../src/export/options.ts';
import { write } from '../../../src/export/write.ts';
import type { Model } from '../../../src/dsl/model.ts';
import { trainedWeights } from '../../compiler/weights.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));
/** Of the variants, the files that others import. */
const PARTS = ['guess.ts', 'noisy.ts', 'quarters.ts'];
/** Of the segmentation task, the models; its `model.ts` is what they share. */
const SEGMENTATION = ['nn', 'pretrained', 'joint'];

/** Every model of the examples, by name. */
export const examples = (): Readonly<Record<string, () => Promise<Model>>> => {
  const from = (path: string) => async () => (await load(join(EXAMPLES, path))).model;
  const has = (folder: string) => folder !== 'segmentation' && readdirSync(join(EXAMPLES, folder)).includes('model.ts');
  const folders = readdirSync(EXAMPLES).filter(has);
  const variants = readdirSync(join(EXAMPLES, 'variants')).filter(
    (file) => file.endsWith('.ts') && !PARTS.includes(file),
  );
  return {
    ...Object.fromEntries(folders.map((name) => [name, from(`${name}/model.ts`)])),
    ...Object.fromEntries(SEGMENTATION.map((name) => [`segmentation/${name}`, from(`segmentation/${name}.ts`)])),
    ...Object.fromEntries(variants.map((file) => [`variants/${file.slice(0, -3)}`, from(`variants/${file}`)])),
  };
};

/** Exports an example to `folder/as`, which is its name unless given, with weights such as training leaves. */
export const exportExample = async (
  folder: string,
  name: string,
  { as = name, ...options }: { readonly as?: string } & Pick<CompileOptions, 'precision' | 'sampler'> = {},
): Promise<string> => {
  const make = examples()[name];
  if (make === undefined) throw new Error(`there is no example ${name}`);
  const model = await make();
  const out = join(folder, as);
  await write(out, compile(model, trainedWeights(model), { name, ...options }), async () => undefined);
  return out;
};
