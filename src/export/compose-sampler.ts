import { own } from '../values/own.ts';
import type { Manifest, Part } from '../signature.ts';
import type { InferenceEngine, Values } from './engine.ts';
import { readExported } from './read-exported.ts';

/**
 * Computes the expected output of a sampler from the files that it is composed of: the prior's mean and standard deviation for
 * these conditions, and the decoder at z = mean + deviation · noise. Those files are themselves compared with the reference, so
 * the reference need not compute the same again.
 */
export const composeSampler = async (
  folder: string,
  manifest: Manifest,
  engine: InferenceEngine,
  { noise, ...conditions }: Values,
): Promise<Values> => {
  const run = async (part: Part, given: Values): Promise<Values> => {
    const file = manifest.files[part];
    if (!file) return {};
    const { bytes, external } = await readExported(folder, manifest, part, file);
    const loaded = await engine.load(bytes, external);
    try {
      const taken = Object.keys(file.inputs).flatMap((name) => {
        const value = own(given, name);
        return value ? [[name, value] as const] : [];
      });
      return await loaded.run(Object.fromEntries(taken));
    } finally {
      await loaded.release();
    }
  };
  if (!noise) return run('decoder', conditions);
  const { mean, logVar } = await run('prior', conditions);
  const data = noise.data.map((epsilon, i) => (mean?.data[i] ?? 0) + Math.exp((logVar?.data[i] ?? 0) / 2) * epsilon);
  return run('decoder', { ...conditions, z: { data, shape: noise.shape } });
};
