import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidGraph, Unavailable } from '../../errors.ts';
import type { DistributionName } from '../../distributions/data/table.ts';
import { moduleRunner } from '../../runtime/module/engine.ts';
import { SECTION, type Enclosed } from '../../runtime/module/open.ts';
import { host } from '../../runtime/module/web-assembly.ts';
import { runExamples } from '../../runtime/self-test.ts';
import { SERVED } from '../../runtime/sessions.ts';
import type { OnnxModel } from '../../onnx/graph.ts';
import { EXAMPLE_KEY, isClasses, type Manifest, type Part, type TargetSignature } from '../../signature.ts';
import { compileWasm, type CompiledWasm } from '../../wasm/compile.ts';
import { hasMask } from '../../values/mask-name.ts';
import type { Compiled } from '../compile.ts';
import { onDisk, type Packed } from '../pack.ts';
import { inProgram, oneLine } from '../package/escape.ts';
import { KINDS } from '../package/module.ts';
import { moduleTypesOf } from './module-types.ts';

/** The files of a model as WebAssembly. */
export const MODULE_FILES = { script: 'model.js', types: 'model.d.ts', wasm: 'model.wasm' } as const;

/** The parts that a module has, if they are exported. */
export const PARTS: readonly Part[] = [...SERVED, 'recognition'];

/**
 * Returns a compiled model with three further files: `model.wasm`, its code and weights; `model.js`, which runs it and imports
 * nothing; and its types. The module is tested on the examples that its ONNX files carry.
 *
 * @throws InvalidGraph for operators that have no kernel, and if its numbers differ from the examples'; Unavailable if the parts of
 * `model.js` have not been built.
 */
export const withModule = async ({ files, others = [], manifest }: Compiled): Promise<Compiled> => {
  const models = PARTS.flatMap((part) => {
    const file = files[part];
    return file ? [[part, file.model] as const] : [];
  });
  const text = (file: string, content: string): Packed => ({ file, pieces: [new TextEncoder().encode(content)] });
  const made = [
    { file: MODULE_FILES.wasm, pieces: [await moduleOf(new Map(models), manifest)] },
    text(MODULE_FILES.script, await scriptOf(manifest)),
    text(MODULE_FILES.types, moduleTypesOf(slim(manifest))),
  ];
  return {
    files,
    others: [...others, ...made],
    manifest: {
      ...manifest,
      package: [...(manifest.package ?? []), ...made.map(({ file }) => file)],
      module: made.map(onDisk),
    },
  };
};

/**
 * Compiles the files of a model to one WebAssembly module, which is tested on the examples that they carry.
 *
 * @throws InvalidGraph for operators that have no kernel, and if its numbers differ from the examples'.
 */
export const moduleOf = async (
  models: ReadonlyMap<Part, Pick<OnnxModel, 'graph' | 'metadata'>>,
  manifest: Manifest,
): Promise<Uint8Array> => {
  const parts = [...models];
  const compiled = compileWasm(Object.fromEntries(parts.map(([part, { graph }]) => [part, graph])), manifest.opset);
  const examples = Object.fromEntries(
    parts.flatMap(([part, { metadata }]) => {
      const example = metadata[EXAMPLE_KEY];
      return example === undefined ? [] : [[part, example] as const];
    }),
  );
  const enclosed: Enclosed = {
    plan: compiled.plan,
    examples,
    files: Object.fromEntries(parts.map(([part]) => [part, manifest.files[part]?.sha256 ?? ''])),
  };
  await prove(compiled, manifest, examples);
  return compiled.bytes({ [SECTION]: JSON.stringify(enclosed) });
};

/** Runs a module's parts on their examples. @throws InvalidGraph if they compute something else. */
const prove = async (
  { bytes, plan }: CompiledWasm,
  manifest: Manifest,
  examples: Enclosed['examples'],
): Promise<void> => {
  const { WebAssembly } = host;
  if (!WebAssembly)
    throw new Unavailable('export: expected a Node with WebAssembly, got one without; start it without --jitless');
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes()));
  const tests = new Map(
    PARTS.flatMap((part) => {
      const example = examples[part];
      return example === undefined ? [] : [[part, { text: example, where: MODULE_FILES.wasm }] as const];
    }),
  );
  if (tests.size === 0) return;
  const { passed, parts } = await runExamples(moduleRunner(manifest.name, plan, exports), manifest, tests, 'wasm');
  if (passed) return;
  const [[part, far] = ['', 0]] = Object.entries(parts).sort(([, a], [, b]) => b - a);
  throw new InvalidGraph(
    `${MODULE_FILES.wasm}: expected the numbers of ${part}.onnx, got ones that differ by ${far.toExponential(1)}; report this with the definition`,
  );
};

/**
 * Returns the text of `model.js`: what is known of the model, and the parts of the runtime that it needs, each of which declares one
 * variable.
 */
const scriptOf = async (manifest: Manifest): Promise<string> => {
  const { name, kind, library, target, conditions, files } = manifest;
  const targets = Object.values(target.targets ?? { y: target });
  const likelihoods = [...new Set(targets.flatMap(likelihoodsOf))].sort();
  const each = likelihoods.map(
    async (one) => `${one}: (() => { ${await part(`likelihood-${one}`)}
return $likelihood.${one}Data; })(),`,
  );
  const isSeveral = target.targets !== undefined || target.mask !== undefined;
  // Whether values of the target are given, whole or in part.
  const isGiven = files.recognition !== undefined || isSeveral;
  const parts = [
    await part('core'),
    `const $likelihoods = {\n${(await Promise.all(each)).join('\n')}\n};`,
    await part('draw'),
    manifest.steps ? await part('steps') : 'let $steps;',
    await part(files.recognition ? 'ask' : 'decode'),
    await part('stream'),
    [...Object.values(conditions), ...(files.recognition ? targets : [])].some(hasMask)
      ? await part('missing')
      : 'let $missing;',
    Object.values(conditions).some((each) => each.kind === 'categorical') || targets.some(isClasses)
      ? await part('classes')
      : 'let $classes;',
    Object.values(conditions).some((each) => each.kind === 'image') || (isGiven && targets.some(isImage))
      ? await part('pictures')
      : 'let $pictures;',
    isSeveral ? await part('several') : 'let $several;',
  ];
  return `// ${oneLine(name)}: ${KINDS[kind]}, compiled to WebAssembly by ${oneLine(library)}. model.d.ts states its inputs and outputs.
${parts.join('\n')}
export const signature = ${inProgram(slim(manifest))};
export const { toRgba } = $core;
export const open = (options) => $core.openModule(signature, () => new URL('./${MODULE_FILES.wasm}', import.meta.url), options);
`;
};

const isImage = ({ image }: TargetSignature): boolean => image !== undefined;

/** Returns the likelihoods that a target's draws need: its own, and those of its components. */
const likelihoodsOf = ({
  distribution,
  of,
}: Pick<TargetSignature, 'distribution' | 'of'>): readonly DistributionName[] => [
  distribution,
  ...(of ? likelihoodsOf(of) : []),
];

/** Returns a manifest without what only training, and other hosts, read. */
const slim = (manifest: Manifest): Manifest => {
  const { package: _, training: __, examples: ___, precision: ____, module: _____, files, ...rest } = manifest;
  const own = PARTS.flatMap((part) => {
    const file = files[part];
    if (!file) return [];
    const { initializers: _initializers, external: _external, ...others } = file;
    return [[part, others] as const];
  });
  return { ...rest, files: Object.fromEntries(own) };
};

const part = async (name: string): Promise<string> => {
  const path = join(BUILT, `${name}.js`);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Unavailable(`${path}: expected a part of model.js, got none; run npm run build`, { cause: error });
  });
  return text.trim();
};

/** What `npm run build` makes, which the package includes. */
const BUILT = fileURLToPath(new URL('../../../dist/module', import.meta.url));
