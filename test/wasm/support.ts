import { join } from 'node:path';
import { compile } from '../../src/export/compile.ts';
import { withModule } from '../../src/export/module/module-files.ts';
import type { CompileOptions } from '../../src/export/options.ts';
import { write } from '../../src/export/write.ts';
import { examples } from '../browser/support/models.ts';
import { trainedWeights } from '../compiler/weights.ts';

/** Exports an example as WebAssembly too, to `folder/as`, with weights such as training leaves. */
export const exportModule = async (
  folder: string,
  name: string,
  { as = name, ...options }: { readonly as?: string } & Pick<CompileOptions, 'precision' | 'recognition'> = {},
): Promise<string> => {
  const make = examples()[name];
  if (make === undefined) throw new Error(`there is no example ${name}`);
  const model = await make();
  const out = join(folder, as);
  const compiled = await withModule(compile(model, trainedWeights(model), { name, ...options }));
  await write(out, compiled, async () => undefined);
  return out;
};
