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
  {
    as = name,
    ...options
  }: { readonly as?: string } & Pick<CompileOptions, 'precision' | 'recognition' | 'evaluationSamples'> = {},
): Promise<string> => {
  const make = examples()[name];
  if (make === undefined) throw new Error(`there is no example ${name}`);
  const model = await make();
  const out = join(folder, as);
  const compiled = await withModule(compile(model, trainedWeights(model), { name, ...options }));
  await write(out, compiled, async () => undefined);
  return out;
};

/** The sections of a module: 0 are custom, 11 is data, all others are code. */
export function sectionsOf(wasm: Uint8Array): readonly { readonly id: number; readonly bytes: Uint8Array }[] {
  const sections: { readonly id: number; readonly bytes: Uint8Array }[] = [];
  let next = 8;
  while (next < wasm.length) {
    const start = next;
    const id = wasm[next++] ?? 0;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[next++] ?? 0;
      length += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    next += length;
    sections.push({ id, bytes: wasm.subarray(start, next) });
  }
  return sections;
}
