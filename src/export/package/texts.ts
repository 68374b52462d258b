import type { Packed } from '../pack.ts';
import { ASKED, SERVED } from '../../runtime/sessions.ts';
import type { CardFacts } from './card-facts.ts';
import { cardOf } from './card.ts';
import { moduleOf, packageJsonOf, webgpuOf } from './module.ts';
import { FIGURE, PICTURE } from './picture-files.ts';
import { typesOf } from './types.ts';

/** Returns the files that turn an exported model's folder into a package, without the runtime. */
export const packageTexts = (about: CardFacts): readonly Packed[] => {
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
  return [
    ...Object.entries(texts).map(([file, text]) => ({ file, pieces: [new TextEncoder().encode(text)] })),
    ...(trained?.figure ? [{ file: FIGURE, pieces: [trained.figure] }] : []),
    ...(trained?.picture ? [{ file: PICTURE, pieces: [trained.picture.png] }] : []),
  ];
};
