import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { compile, type Compiled } from '../../src/export/compile.ts';
import { write } from '../../src/export/write.ts';
import type { Model } from '../../src/dsl/model.ts';
import {
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  gaussian,
  normal,
  predictor,
} from '../../src/index.ts';
import { packageFiles } from '../../src/export/package/files.ts';
import { readManifest } from '../../src/runtime/node.ts';
import { size } from '../../src/shape/size.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import { treeOf } from '../../test/kill/support/tree.ts';
import type { Choices } from '../choices.ts';
import { Wrong } from '../failure.ts';
import { killed, run } from './program.ts';
import type { Scenario, Scenarios } from './scenario.ts';

const PROGRAM = fileURLToPath(new URL('../../test/kill/support/export.mjs', import.meta.url));

const plain = cvae({
  condition: { kind: categorical(2) },
  target: bernoulli(16),
  latent: 2,
  recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(16)),
});
const learned = cvae({
  condition: { kind: categorical(2) },
  target: bernoulli(16),
  latent: 2,
  prior: ({ kind }) => kind.pipe(gaussian(2)),
  recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(16)),
});
const guess = predictor({ condition: { x: continuous(1) }, target: normal(1), network: ({ x }) => x.pipe(dense(1)) });

const compiledOf = (model: Model, options = {}): Compiled => {
  const ones = parametersOf(model).map(
    ({ name, shape }) => [name, { shape, data: new Float32Array(size(shape)).fill(1) }] as const,
  );
  return compile(model, new Map(ones), options);
};

/** Models that share some files, all or none with one another. */
const MODELS: Readonly<Record<string, () => Promise<Compiled>>> = {
  plain: async () => compiledOf(plain),
  external: async () =>
    compiledOf(learned, { recognition: true, sampler: true, evaluationSamples: 2, externalDataAbove: 10 }),
  predictor: async () => compiledOf(guess),
  package: async () => {
    const bare = compiledOf(learned);
    const others = await packageFiles({
      manifest: bare.manifest,
      folder: 'x',
      license: 'MIT',
      trained: undefined,
      definition: '',
    });
    return { ...bare, others, manifest: { ...bare.manifest, package: others.map(({ file }) => file) } };
  },
};

const exporting =
  (from: string, to: string, after: string) =>
  async (place: string): Promise<Scenario> => {
    const at = (name: string): string => join(place, name);
    for (const name of new Set([from, to, after])) {
      if (existsSync(at(name))) continue;
      await mkdir(at(name), { recursive: true });
      await writeFile(join(at(name), 'notes.txt'), 'mine');
      const model = MODELS[name];
      if (!model) continue;
      const compiled = await model();
      await writeFile(at(`${name}.compiled`), serialize(compiled));
      await write(at(name), compiled, async () => undefined);
    }
    const words = (work: string, what: string): readonly string[] => [PROGRAM, work, at(`${what}.compiled`)];
    return {
      name: `export ${to} over ${from}`,
      begin: (work) => cp(at(from), work, { recursive: true }),
      words: (work) => words(work, to),
      check: async (work, choices) => {
        await checkOpened(work);
        await killedAgain(words(work, after), work, choices);
        // Either the old export or the new one is whole; a further export that is refused leaves it.
        const { status, said } = await run(words(work, after), work);
        if (status !== 0) throw new Wrong('the next export fails', said);
        same(work, at(after), 'the next export');
      },
    };
  };

/** Opening what a kill has left gives either a whole model or one sentence about it. */
const checkOpened = async (work: string): Promise<void> => {
  const said = await readManifest(work).then(async ({ files }) => {
    for (const { file } of Object.values(files))
      if (!existsSync(join(work, file))) return `model.json lists ${file}, which is not there`;
    return '';
  }, String);
  if (!/^$|^InvalidFile: [^\n]*: expected [^\n]*; [^\n]*$/.test(said)) throw new Wrong('a half export is opened', said);
  if ((await readFile(join(work, 'notes.txt'), 'utf8')) !== 'mine') throw new Wrong('a file is lost', 'notes.txt');
};

/** Once in three times the next command is killed too, before it is run to its end. */
export const killedAgain = async (words: readonly string[], work: string, choices: Choices): Promise<void> => {
  if (!choices.once(3)) return;
  await killed(words, work, choices.between(1, 20));
};

/** @throws where two folders hold different files, or something of what was being made is left */
export const same = (work: string, expected: string, what: string): void => {
  const [found, right] = [treeOf(work), treeOf(expected)];
  for (const name of new Set([...Object.keys(found), ...Object.keys(right)]))
    if (found[name] !== right[name]) {
      const how = found[name] === undefined ? 'is missing' : right[name] === undefined ? 'is left over' : 'is another';
      throw new Wrong(`${what} is not as it should be`, `${name} ${how}`);
    }
  const hidden = readdirSync(work, { recursive: true, encoding: 'utf8' }).filter((name) => /(^|\/)\./.test(name));
  if (hidden.length > 0) throw new Wrong(`${what} leaves something`, hidden.join(', '));
};

export const EXPORTS: Scenarios = {
  'export over nothing': exporting('none', 'plain', 'package'),
  'export over an export': exporting('plain', 'package', 'predictor'),
  'export over a package': exporting('package', 'external', 'plain'),
  'export over external weights': exporting('external', 'plain', 'package'),
};
