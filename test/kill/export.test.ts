import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bernoulli, categorical, concat, continuous, cvae, dense, gaussian, normal, predictor } from 'cvae-compile';
import type { Tensor } from 'cvae-compile';
import { compile } from '../../src/export/compile.ts';
import { write } from '../../src/export/write.ts';
import type { Model } from '../../src/dsl/model.ts';
import { readManifest } from '../../src/runtime/node.ts';
import { packageFiles } from '../../src/export/package/files.ts';
import { size } from '../../src/shape/size.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import { killPointsOf, type Killed } from './support/killing.ts';
import { foldersOf, treeOf } from './support/tree.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

const PROGRAM = fileURLToPath(new URL('support/export.mjs', import.meta.url));
const place = memoryFolder('cvae-kill-export-');
afterAll(() => rmSync(place, { recursive: true, force: true }));
const at = (name: string) => join(place, name);

const onesOf = (model: Model) =>
  new Map(parametersOf(model).map(({ name, shape }) => [name, { shape, data: new Float32Array(size(shape)).fill(1) }]));

/** A model with its sampler, the same with a prior as a package, and a third, which shares no file but `model.json` with the others. */
const small = (more: object): Model =>
  cvae({
    condition: { kind: categorical(2) },
    target: bernoulli(16),
    latent: 2,
    recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(2)),
    decoder: ({ z, kind }) => concat(z, kind).pipe(dense(16)),
    ...more,
  });
const plain = small({});
const other = small({ prior: ({ kind }: { kind: Tensor<[2]> }) => kind.pipe(gaussian(2)) });
const guess = predictor({ condition: { x: continuous(1) }, target: normal(1), network: ({ x }) => x.pipe(dense(1)) });
const third = compile(guess, onesOf(guess));

/** Folders in which there is something else, and an export or none. */
type Kind = 'none' | 'plain' | 'package';
beforeAll(async () => {
  const bare = compile(other, onesOf(other));
  const about = { manifest: bare.manifest, folder: 'x', license: 'MIT', trained: undefined, definition: '' };
  const others = await packageFiles(about);
  const packaged = { ...bare, others, manifest: { ...bare.manifest, package: others.map(({ file }) => file) } };
  const compiled = { plain: compile(plain, onesOf(plain), { sampler: true }), package: packaged, third };
  for (const [kind, model] of [['none'] as const, ...Object.entries(compiled)]) {
    mkdirSync(at(kind));
    writeFileSync(join(at(kind), 'notes.txt'), 'mine');
    if (!model) continue;
    writeFileSync(at(`${kind}.compiled`), serialize(model));
    await write(at(kind), model, async () => undefined);
  }
});

/** The program that exports into the copy of a folder. */
const exporting = (to: Kind): Killed => ({ words: [PROGRAM, at('copy'), at(`${to}.compiled`)], under: at('copy') });
/** The same, once the folder has been copied. */
const copied = (from: Kind, to: Kind): Killed => {
  rmSync(at('copy'), { recursive: true, force: true });
  cpSync(at(from), at('copy'), { recursive: true });
  return exporting(to);
};

/** The files of a package's runtime are written alike: some of them are enough where time is short. */
const isOneOfMany = (step: string, i: number): boolean =>
  !IS_LONG && step.includes('runtime/') && (/^(open|write) /.test(step) || i % 6 > 0);

const PAIRS: readonly (readonly [Kind, Kind])[] = [
  ['none', 'plain'],
  ['plain', 'package'],
  ['package', 'plain'],
];
describe.each(chosen('exports that are killed', PAIRS, 1))('an export that is killed, over %s, of %s', (from, to) => {
  test('leaves one export or the other to the next command, whatever step it dies before', async () => {
    const points = killPointsOf(() => copied(from, to));
    expect(treeOf(at('copy'))).toEqual(treeOf(at(to)));
    expect(points.filter(({ step }) => step.startsWith('rename')).length).toBeGreaterThan(2);
    for (const [i, { step, kill }] of points.entries()) {
      if (isOneOfMany(step, i)) continue;
      kill();
      cpSync(at('copy'), at('again'), { recursive: true });
      // Opening it now says so, if it is not a model.
      const said = await readManifest(at('copy')).then(() => '', String);
      expect(said, step).toMatch(
        /^$|got none with a model\.json; export a model into it$|got one whose export was cut off; export a model into it again$/,
      );
      // One that its check refuses leaves what was there, ...
      await expect(write(at('copy'), third, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
      const left = treeOf(at('copy'));
      const expected = left['model.json'] === treeOf(at(to))['model.json'] ? to : from;
      expect(left, step).toEqual(treeOf(at(expected)));
      expect(foldersOf(at('copy')), step).toEqual(foldersOf(at(expected)));
      // ... which is what was there before, as long as the new one was not in its place as a whole.
      const isDone = i > points.findIndex((one) => /^rename .*\.export-[^/]*\/model\.json /.test(one.step));
      expect(expected, step).toBe(isDone ? to : from);
      // And one that is right takes its place.
      await write(at('again'), third, async () => undefined);
      expect(treeOf(at('again')), step).toEqual(treeOf(at('third')));
      expect(foldersOf(at('again')), step).toEqual([]);
      rmSync(at('again'), { recursive: true });
    }
  }, 240_000);
});

test.runIf(IS_LONG)(
  'an export that was killed while it put things in order continues the next time',
  async () => {
    const middle = killPointsOf(() => copied('plain', 'package')).find(({ step }) => /^rename .*runtime/.test(step));
    middle?.kill();
    cpSync(at('copy'), at('half'), { recursive: true });
    const order = killPointsOf(() => {
      rmSync(at('copy'), { recursive: true });
      cpSync(at('half'), at('copy'), { recursive: true });
      return exporting('plain');
    });
    const undone = order.findIndex(({ step }) => /^rm .*\.export-/.test(step));
    expect(undone).toBeGreaterThan(8);
    for (const [i, { step, kill }] of order.slice(0, undone + 1).entries()) {
      if (isOneOfMany(step, i)) continue;
      kill();
      await expect(write(at('copy'), third, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
      expect(treeOf(at('copy')), step).toEqual(treeOf(at('plain')));
      expect(foldersOf(at('copy')), step).toEqual([]);
    }
  },
  120_000,
);

describe('what a model.json lists', () => {
  const elsewhere = () => {
    rmSync(at('elsewhere'), { recursive: true, force: true });
    mkdirSync(at('elsewhere'));
    writeFileSync(join(at('elsewhere'), 'victim.txt'), 'kept');
  };
  const prepared = (names: readonly string[]) => {
    elsewhere();
    rmSync(at('copy'), { recursive: true, force: true });
    mkdirSync(at('copy'));
    symlinkSync(at('elsewhere'), join(at('copy'), 'link'));
    writeFileSync(join(at('copy'), 'model.json'), JSON.stringify({ format: 1, files: {}, package: names }));
  };

  test.each(['link/victim.txt', '../elsewhere/victim.txt', `link/../link/victim.txt`, 'link'])(
    '%s is not removed with the export',
    async (name) => {
      prepared([name, `${at('elsewhere')}/victim.txt`]);
      await write(at('copy'), third, async () => undefined);
      expect(treeOf(at('elsewhere'))).toEqual({ 'victim.txt': 'kept' });
      expect(readdirSync(at('copy')).sort()).toEqual(
        ['model.json', 'predictor.onnx', ...(name === 'link' ? [] : ['link'])].sort(),
      );
    },
  );

  test('is not written behind a link either', async () => {
    prepared([]);
    const behind = { ...third, others: [{ file: 'link/new.txt', pieces: [] }] };
    await expect(write(at('copy'), behind, async () => undefined)).rejects.toThrow(
      `${join(at('copy'), 'link')}: expected a folder, got a link or a file; choose another folder, or remove it`,
    );
    expect(treeOf(at('elsewhere'))).toEqual({ 'victim.txt': 'kept' });
    expect(readdirSync(at('copy')).sort()).toEqual(['link', 'model.json']);
  });

  test('is not moved there by the clean-up after a killed export', async () => {
    prepared([]);
    const stage = join(at('copy'), '.export-00000000-0000-0000-0000-000000000000');
    mkdirSync(join(stage, 'replaced', 'link'), { recursive: true });
    writeFileSync(join(stage, 'replaced', 'link', 'new.txt'), '');
    writeFileSync(join(stage, 'model.json'), JSON.stringify({ format: 1, files: {}, package: ['link/victim.txt'] }));
    rmSync(join(at('copy'), 'model.json'));
    await write(at('copy'), third, async () => undefined);
    expect(treeOf(at('elsewhere'))).toEqual({ 'victim.txt': 'kept' });
  });
});
