import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Packed } from '../pack.ts';
import { Unavailable } from '../../errors.ts';
import type { CardFacts } from './card-facts.ts';
import { RUNTIME } from './module.ts';
import { packageTexts } from './texts.ts';

/**
 * Returns the files that turn an exported model's folder into a package: a module with its types, a model card, and the runtime,
 * which needs only an onnxruntime. @throws Unavailable if the runtime has not been built.
 */
export const packageFiles = async (about: CardFacts): Promise<readonly Packed[]> => {
  const built = await readdir(BUILT).catch(() => []);
  if (built.length === 0)
    throw new Unavailable(`${BUILT}: expected the runtime that goes into packages, got none; run npm run build`);
  const runtime = built
    .sort()
    .map(async (file) => ({ file: `${RUNTIME}/${file}`, pieces: [await readFile(join(BUILT, file))] }));
  return [...packageTexts(about), ...(await Promise.all(runtime))];
};

/** The runtime as built by `npm run build`, and included in the package. */
const BUILT = fileURLToPath(new URL('../../../dist/packaged', import.meta.url));
