import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRun } from '../../src/run/folder.ts';
import { cli, SMALL } from '../cli/support/cli.ts';
import { BIN, killPointsOf, type Killed } from './support/killing.ts';
import { treeOf } from './support/tree.ts';
import { memoryFolder } from '../support/memory-folder.ts';
import { IS_LONG } from '../support/chosen.ts';

const place = memoryFolder('cvae-kill-run-');
afterAll(() => rmSync(place, { recursive: true, force: true }));
const at = (...names: readonly string[]) => join(place, ...names);
const model = at('model.ts');
writeFileSync(model, SMALL);

const OPTIONS = [
  '--engine',
  'onnx',
  '--epochs',
  '1',
  '--batch',
  '32',
  '--no-tensorboard',
  ...(IS_LONG ? [] : ['--no-report']),
];
const training = (run: string, ...more: readonly string[]): Killed => ({
  words: [BIN, 'train', model, '--out', run, ...OPTIONS, ...more],
  under: run,
});
const trained = async (run: string, ...more: readonly string[]): Promise<void> => {
  const { code, err } = await cli('train', model, '--out', run, ...OPTIONS, ...more);
  expect(code, err).toBe(0);
};
const copied = (from: string): string => {
  rmSync(at('copy'), { recursive: true, force: true });
  cpSync(at(from), at('copy'), { recursive: true });
  return at('copy');
};
/** Temporary files of a process that was killed, which the next one removes. */
const leftovers = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /(^|\/)\./.test(name));
const without = (tree: Readonly<Record<string, string>>, folder: string) =>
  Object.fromEntries(Object.entries(tree).filter(([name]) => !name.startsWith(folder)));
const inside = (tree: Readonly<Record<string, string>>, folder: string) =>
  Object.fromEntries(
    Object.entries(tree).flatMap(([name, text]) =>
      name.startsWith(folder) ? [[name.slice(folder.length), text]] : [],
    ),
  );
/** Steps that change what others find; the rest only where there is time. */
const isWanted = (step: string): boolean => IS_LONG || /^(rename|rm|rmdir) /.test(step);

beforeAll(async () => {
  await trained(at('run'), '--seed', '1');
  await trained(at('run'), '--seed', '2');
}, 60_000);

describe('training over a run that is killed', () => {
  test(
    'loses neither that run nor the new one, before whatever step it dies',
    async () => {
      const before = treeOf(at('run'));
      const [older, oldest] = [without(before, 'previous/'), inside(before, 'previous/')];
      const run = at('copy');
      const points = killPointsOf(() => training(copied('run'), '--seed', '3'), { wanted: isWanted });
      const moved = points.findIndex(({ step }) => /^rename .*\.moving .*\/previous$/.test(step));
      const kept = points.findIndex(({ step }) => /^rename .*\/checkpoints\/0/.test(step));
      expect([moved > 6, kept > moved]).toEqual([true, true]);
      for (const [i, { step, kill }] of points.entries()) {
        if (!isWanted(step)) continue;
        kill();
        const next = await openRun(run);
        expect(leftovers(run), step).toEqual(['.cvae-compile.lock']);
        // The old run is where it was as a whole, or in previous/ as a whole; ...
        const found = treeOf(run);
        expect(inside(found, 'previous/'), step).toEqual(i > moved ? older : oldest);
        if (i <= moved) expect(without(without(found, 'previous/'), '.'), step).toEqual(older);
        // ... and once the new one has something to resume from, the next one finds that.
        const latest = await next.latest();
        expect(latest?.facts.seed, step).toBe(i > kept ? 3 : i > moved ? undefined : 2);
        // A third run makes way for itself: in previous/ is what had a checkpoint last, and with it what had weights last.
        await next.begin(JSON.parse(readFileSync(at('run', 'run.json'), 'utf8')), '');
        const aside = inside(treeOf(run), 'previous/');
        if (i <= kept) expect(aside, step).toEqual(older);
        else
          expect(
            Object.keys(aside).some((name) => name.startsWith('checkpoints/')),
            step,
          ).toBe(true);
        if (!('weights.safetensors' in aside)) expect(inside(aside, 'previous/'), step).toEqual(older);
        await next.discard();
        await next.close();
        expect(leftovers(run), step).toEqual([]);
      }
    },
    IS_LONG ? 1_200_000 : 300_000,
  );

  test.runIf(IS_LONG)(
    'one that is killed while it is put back is put back by the next',
    async () => {
      // A definition that fails after the older run has made way.
      const wrong = at('wrong.ts');
      const engine = `{ name: 'none', version: '0', load: () => { throw new Error('no memory for it'); }, compute: () => ({}), evaluate: () => ({}) }`;
      writeFileSync(wrong, `${SMALL}\nexport const training = { engine: ${engine} };\n`);
      const failing = (run: string): Killed => ({ ...training(run), words: [BIN, 'train', wrong, '--out', run] });
      const older = without(treeOf(at('run')), 'previous/');
      const run = at('copy');
      const points = killPointsOf(() => failing(copied('run')), { fails: 'no memory for it', wanted: isWanted });
      expect(treeOf(run)).toEqual(treeOf(at('run')));
      const first = points.findIndex(({ step }) => step.endsWith('/.moving') && step.startsWith('rename'));
      expect(first).toBeGreaterThan(0);
      for (const { step, kill } of points.slice(first)) {
        if (!isWanted(step)) continue;
        kill();
        const next = await openRun(run);
        await next.close();
        expect(leftovers(run), step).toEqual([]);
        // Where it was, or in previous/ as a whole.
        const found = treeOf(run);
        expect([without(found, 'previous/'), inside(found, 'previous/')], step).toContainEqual(older);
      }
    },
    120_000,
  );
});

describe('checkpoints of a run that is killed', () => {
  test(
    'are whole, and the last of them is gone on with to the same weights, to the bit',
    async () => {
      const options = ['--seed', '2', '--batch', '16', '--checkpoint-steps', '1'];
      await trained(at('whole'), ...options);
      const isOfInterest = (step: string) =>
        /^(rename|rm|open|write) .*(checkpoints|weights)/.test(step) && isWanted(step);
      const points = killPointsOf(
        () => {
          rmSync(at('copy'), { recursive: true, force: true });
          return training(at('copy'), ...options);
        },
        { wanted: isOfInterest },
      );
      const written = points.flatMap(({ step }, i) => (/^rename .*\/checkpoints\/0/.test(step) ? [i] : []));
      expect(written.length).toBeGreaterThan(2);
      let seen = 0;
      for (const [i, { step, kill }] of points.entries()) {
        if (!isOfInterest(step)) continue;
        kill();
        const run = await openRun(at('copy'));
        const damaged: string[] = [];
        const latest = await run.latest((file) => void damaged.push(file));
        expect(damaged, step).toEqual([]);
        const name = latest && `-epoch-${latest.epoch}-step-${latest.step}.safetensors`;
        expect(points[written.findLast((each) => each < i) ?? -1]?.step.slice(-(name?.length ?? 0)), step).toBe(name);
        await run.close();
        expect(leftovers(at('copy')), step).toEqual([]);
        if (!IS_LONG && seen++ % 5 !== 4) continue;
        const { code, err } = await cli('train', model, '--out', at('copy'), '--resume');
        // Before there was anything to resume, it says so.
        if (!latest && code === 1) {
          expect(err, step).toContain('leave out --resume');
          continue;
        }
        expect(code, err).toBe(0);
        const weights = [at('copy'), at('whole')].map((folder) => treeOf(folder)['weights.safetensors']);
        expect(weights[0], step).toBe(weights[1]);
      }
    },
    IS_LONG ? 1_200_000 : 300_000,
  );
});

test('a report that is killed leaves the old page or the new one', async () => {
  const run = at('copy');
  const points = killPointsOf(() => {
    copied('run');
    writeFileSync(join(run, 'report.html'), 'old');
    return { words: [BIN, 'report', run], under: run };
  });
  const page = readFileSync(join(run, 'report.html'), 'utf8');
  expect(page).not.toBe('old');
  expect(points.length).toBeGreaterThan(2);
  for (const { step, kill } of points) {
    kill();
    expect(readFileSync(join(run, 'report.html'), 'utf8'), step).toBe(step.startsWith('rm') ? page : 'old');
    const { code, err } = await cli('report', run);
    expect(code, err).toBe(0);
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toBe(page);
    expect(leftovers(run), step).toEqual([]);
  }
}, 60_000);
