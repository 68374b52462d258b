// Writes dist/module: what `cvae-compile export --target wasm` assembles into a model's model.js, which imports nothing. Each part is a
// script that declares one variable; what only some models need is a part of its own, which others find under its variable.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { minifySync } from 'rolldown/utils';

const DATA = 'src/distributions/data';

/** The parts, by the names of their variables: the module that each exposes. */
const PARTS = {
  draw: 'src/runtime/draw.ts',
  steps: 'src/runtime/steps.ts',
  several: 'src/runtime/module/several.ts',
  ask: 'src/runtime/ask.ts',
  decode: 'src/runtime/module/decode.ts',
  stream: 'src/runtime/stream.ts',
  missing: 'src/runtime/missing-values.ts',
  classes: 'src/runtime/module/classes.ts',
  pictures: 'src/runtime/picture-values.ts',
  core: 'src/runtime/module/core.ts',
};

/** Stand-ins for other parts in the core, until they are called. A model without steps, or with a single target, is as it is. */
const IN_CORE = {
  'draw.ts': 'export const drawWith = (...given) => $draw.drawWith(...given);',
  'steps.ts':
    'export const inSteps = (...given) => ($steps ? $steps.inSteps(...given) : given[2](given[0], given[1]));',
  'several.ts': 'export const severally = (...given) => ($several ? $several.severally(...given) : given[0]);',
  'stream.ts': 'export const stream = (...given) => $stream.stream(...given);',
  'class-values.ts': 'export const oneHot = (...given) => $classes.oneHot(...given);',
  'class-words.ts': `export const classesText = (...given) => $classes.classesText(...given);
    export const classRemedy = (...given) => $classes.classRemedy(...given);`,
  'picture-values.ts': `export const checkChannels = (...given) => $pictures.checkChannels(...given);
    export const fromPicture = (...given) => $pictures.fromPicture(...given);`,
  'shades.ts': 'export const shades = (...given) => $classes.shades(...given);',
  // Which reads all forms of values from the start.
  'usual-values.ts': 'export const usual = () => undefined;',
  // Without what only files of onnxruntime are refused with.
  'load-call-errors.ts': `import { closed, tooMany, withoutFile, withoutLatent } from './call-errors.ts';
    const all = { closed, tooMany, withoutFile, withoutLatent };
    export const callErrors = async () => all;`,
};

/** Parts that are imported whole: their exports are members of these variables. */
const WHOLE = { 'ask.ts': '$ask', 'draw.ts': '$draw', 'missing-values.ts': '$missing', 'values.ts': '$core' };

/** What other parts take from the core, by the source module: the names that src/runtime/module/core.ts exports. */
const IN_OTHERS = {
  'draw.ts': `export const { inverseNormal } = $core;
    export const drawWith = (...given) => $draw.drawWith(...given);
    export const drawTarget = (...given) => $draw.drawTarget(...given);
    export const distributionOf = (...given) => $draw.distributionOf(...given);`,
  'errors.ts': 'export const { InvalidData, Unavailable } = $core;',
  'from.ts': 'export const { from } = $core;',
  'call-errors.ts': 'export const { withoutFile, withoutLatent, tooMany } = $core;',
  'ask-impute.ts': `export const impute = async (model, ...given) => {
      if ($several?.impute) return $several.impute(model, ...given);
      throw new $core.Unavailable(\`\${model.signature.name}: expected a model that is given parts of its target, got one that is not; define it with known: anyPart(), and train it\`);
    };`,
  // A module has no evaluation file, which is reported.
  'likelihood.ts': `import { withoutEvaluation } from './module/without-evaluation.ts';
    export const likelihoodOf = ({ name }) => { throw withoutEvaluation(name); };`,
  'random.ts': 'export const { inverseNormal, normals, stream, uniforms } = $core;',
  'size.ts': 'export const { size } = $core;',
  'file-noise.ts': 'export const { fileNoise, drawsItself } = $core;',
  'rows.ts': 'export const { runRows } = $core;',
  'rows-of.ts': 'export const { rowsOf } = $core;',
  'value-errors.ts': 'export const { refused } = $core;',
  'values.ts': 'export const { encodeAll, encodeConditions, encodeValue, passed } = $core;',
};

export const buildModuleParts = async (root) => {
  const { build } = createRequire(import.meta.url)('esbuild');
  const folder = `${root}dist/module`;
  const written = new Set();
  const make = async (name, entry, variable) => {
    const common = {
      absWorkingDir: root,
      bundle: true,
      minify: true,
      target: 'es2022',
      legalComments: 'none',
      logLevel: 'warning',
      write: false,
      plugins: [standIns(root, entry)],
    };
    // What a part exposes: assigned by name, without what esbuild puts around a module's exports.
    const { metafile } = await build({ ...common, entryPoints: [entry], format: 'esm', outdir: 'x', metafile: true });
    const names = Object.values(metafile.outputs)[0].exports.join(', ');
    const contents = `import { ${names} } from './${entry}';\n${variable} = { ${names} };`;
    const { outputFiles } = await build({
      ...common,
      stdin: { contents, resolveDir: root, sourcefile: 'part.js' },
      format: 'iife',
    });
    written.add(`${name}.js`);
    // A module is strict without `'use strict'`. Two minifiers find more than either: 3 % of what is sent.
    const { code } = minifySync(`${name}.js`, outputFiles[0].text.replace(/^"use strict";/, ''), {
      compress: { target: 'es2022' },
      mangle: true,
    });
    writeFileSync(`${folder}/${name}.js`, `let ${variable};${code}\n`);
  };
  mkdirSync(folder, { recursive: true });
  await Promise.all([
    // A model has one of two parts as its `$ask`.
    ...Object.entries(PARTS).map(([name, entry]) => make(name, entry, name === 'decode' ? '$ask' : `$${name}`)),
    ...likelihoods(root).map(({ name, file }) => make(`likelihood-${name}`, `${DATA}/${file}.ts`, '$likelihood')),
  ]);
  for (const file of readdirSync(folder)) if (!written.has(file)) rmSync(`${folder}/${file}`);
};

/** The likelihoods of the table, by name, each in a file of its own. */
const likelihoods = (root) =>
  [
    ...readFileSync(`${root}${DATA}/table.ts`, 'utf8').matchAll(/^import \{ (\w+)Data \} from '\.\/([\w-]+)\.ts';$/gm),
  ].map(([, name, file]) => ({ name, file }));

/** Replaces modules with their stand-ins. */
const standIns = (root, entry) => ({
  name: 'stand-ins',
  setup: ({ onResolve, onLoad }) => {
    const files = new Map(likelihoods(root).map(({ name, file }) => [`${file}.ts`, name]));
    const isCore = entry === PARTS.core;
    const standing = isCore ? IN_CORE : IN_OTHERS;
    onResolve({ filter: /\.ts$/ }, ({ path, importer }) => {
      const file = basename(path);
      if (importer === '' || entry.endsWith(`/${file}`)) return undefined;
      if (/[\\/]data[\\/]table\.ts$/.test(importer) && files.has(file))
        return { path: file, namespace: 'likelihood', sideEffects: false };
      if (!(file in standing) || /\/draws\//.test(path)) return undefined;
      // What is asked finds it in the part of several targets, which has it itself.
      if (file === 'ask-impute.ts' && entry !== PARTS.ask && entry !== PARTS.decode) return undefined;
      return { path: file, namespace: 'part', sideEffects: false };
    });
    // One script has all of a part from the start: nothing of it is loaded later.
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: atOnce(readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
    onLoad({ filter: /./, namespace: 'part' }, ({ path }) => ({
      contents: standing[path],
      resolveDir: `${root}src/runtime`,
    }));
    onLoad({ filter: /./, namespace: 'likelihood' }, ({ path }) => ({
      contents: `export const ${files.get(path)}Data = $likelihoods.${files.get(path)};`,
    }));
  },
});

/**
 * Turns dynamic imports into static ones, by name where names are known, since importing a whole module costs a line for each of its
 * exports: `(await import('./a.ts')).b` as `late1`.
 */
const atOnce = (text) => {
  const imports = new Set();
  const own = (what, path) => {
    const name = `late${imports.size + 1}`;
    imports.add(`${what} as ${name}${what === '*' ? '' : ' }'} from '${path}'`);
    return name;
  };
  const whole = (path) => WHOLE[basename(path)] ?? own('*', path);
  const direct = text
    .replaceAll(/\(await import\('(\.[^']+)'\)\)\.(\w+)/g, (_, path, name) => own(`{ ${name}`, path))
    .replaceAll(/\bconst \{ ([\w, ]+) \} = await import\('(\.[^']+)'\);/g, (_, names, path) => {
      for (const name of names.split(', ')) imports.add(`{ ${name} } from '${path}'`);
      return '';
    })
    .replaceAll(/\bawait import\('(\.[^']+)'\)/g, (_, path) => whole(path))
    .replaceAll(/(?<!typeof )\bimport\('(\.[^']+)'\)/g, (_, path) => `Promise.resolve(${whole(path)})`);
  return `${[...imports].map((one) => `import ${one};\n`).join('')}${direct}`;
};
