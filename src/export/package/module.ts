import type { Manifest } from '../../signature.ts';
import { inProgram, oneLine } from './escape.ts';
import { member, quoted } from './names.ts';

/** The folder of the runtime in a package, and the files in it that `index.js` names. */
export const RUNTIME = 'runtime';

/**
 * Returns the text of a package's `index.js`: the manifest, the addresses of the files, and the runtime for the platform. Each
 * address is written out, for the bundlers that copy what they recognise in this form. A relative import never uses
 * package.json's conditions, so the choice between Node and page is made at run time; neither side is loaded on the other.
 */
export const moduleOf = (manifest: Manifest, served: readonly string[]): string => {
  const files = served.map((file) => `  ${member(file)}: () => new URL(${quoted(`./${file}`)}, import.meta.url),\n`);
  return `// ${oneLine(manifest.name)}: ${KINDS[manifest.kind]}, made by ${oneLine(manifest.library)}. README.md says how it is used, index.d.ts what it takes and gives.
export { toRgba } from './${RUNTIME}/picture.js';

export const signature = ${inProgram(manifest)};

const files = {
${files.join('')}};

const inNode = globalThis.process?.versions?.node !== undefined && globalThis.process.type !== 'renderer';

export const open = async (options) => {
  const { openPackaged } = inNode ? await import('./${RUNTIME}/node.js') : await import('./${RUNTIME}/web.js');
  return openPackaged(signature, files, options);
};
`;
};

/** The words for a kind of model in a sentence. */
export const KINDS = { cvae: 'a conditional VAE', predictor: 'a predictor' } as const;

/** Returns the text of a package's `package.json`. Bundlers for pages leave out what runs in Node. */
export const packageJsonOf = ({ name, kind }: Manifest, license: string | undefined): string => {
  const ort = { 'onnxruntime-node': '>=1.20', 'onnxruntime-web': '>=1.20' };
  const about = {
    name:
      name
        .toLowerCase()
        .replace(/[^a-z0-9._-]+/g, '-')
        .replace(/^[._-]+/, '') || 'model',
    version: '1.0.0',
    description: `${oneLine(name)}: ${KINDS[kind]} as ONNX files, with what runs them in Node and in a page.`,
    ...(license !== undefined && { license }),
    type: 'module',
    exports: { '.': { types: './index.d.ts', default: './index.js' }, './*': './*' },
    types: './index.d.ts',
    browser: { [`./${RUNTIME}/node.js`]: false },
    sideEffects: [`./${RUNTIME}/worker*.js`],
    peerDependencies: ort,
    peerDependenciesMeta: Object.fromEntries(Object.keys(ort).map((peer) => [peer, { optional: true }])),
  };
  return `${JSON.stringify(about, null, 2)}\n`;
};
