import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Packed } from '../pack.ts';
import { Unavailable } from '../../errors.ts';
import { ASKED, SERVED } from '../../runtime/sessions.ts';
import type { CardFacts } from './card-facts.ts';
import { cardOf, PICTURE } from './card.ts';
import { moduleOf, packageJsonOf, RUNTIME, webgpuOf } from './module.ts';
import { typesOf } from './types.ts';

/**
 * Returns the files that turn an exported model's folder into a package: a module with its types, a model card, and the runtime,
 * which needs only an onnxruntime. @throws Unavailable if the runtime has not been built.
 */
export const packageFiles = async (about: CardFacts): Promise<readonly Packed[]> => {
  const { manifest, license, trained } = about;
  const served = [...SERVED, ...ASKED].flatMap((part) => {
    const { file, external } = manifest.files[part] ?? {};
    return [file, external?.file].filter((name) => name !== undefined);
  });
  const texts = {
    'index.js': moduleOf(manifest, served),
    'index.d.ts': typesOf(manifest),
    ...webgpuOf(),
    'package.json': packageJsonOf(manifest, license),
    'README.md': cardOf(about),
  };
  const built = await readdir(BUILT).catch(() => []);
  if (built.length === 0)
    throw new Unavailable(`${BUILT}: expected the runtime that goes into packages, got none; run npm run build`);
  const runtime = built
    .sort()
    .map(async (file) => ({ file: `${RUNTIME}/${file}`, pieces: [await readFile(join(BUILT, file))] }));
  return [
    ...Object.entries(texts).map(([file, text]) => ({ file, pieces: [new TextEncoder().encode(text)] })),
    ...(trained?.picture ? [{ file: PICTURE, pieces: [trained.picture.png] }] : []),
    ...(await Promise.all(runtime)),
  ];
};

/** The runtime as built by `npm run build`, and included in the package. */
const BUILT = fileURLToPath(new URL('../../../dist/packaged', import.meta.url));
