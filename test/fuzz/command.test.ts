import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { shrunk } from '../../fuzz/shrink.ts';
import { Choices } from '../../fuzz/choices.ts';
import { Wrong } from '../../fuzz/failure.ts';
import { temporary } from '../cli/support/cli.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporary();

/** Runs `npm run fuzz` on what is built with these words; gives what it says. */
const fuzz = async (...words: readonly string[]) => {
  const env = { ...process.env, CVAE_BUILT: '1' };
  const child = spawn(process.execPath, ['scripts/fuzz.mjs', ...words], { cwd: root, env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const [code] = await once(child, 'close');
  return { code, out, err };
};

describe('npm run fuzz', { timeout: 240_000 }, () => {
  it.runIf(IS_LONG)('says first of all its seed, and in one line what it did', async () => {
    const { code, out, err } = await fuzz('--seed', '7', '--seconds', '1', '--only', 'definitions');
    expect(err.split('\n')[0]).toBe('fuzz: seed 7, 1 s: definitions');
    expect(out.trimEnd().split('\n').at(-1)).toMatch(
      /^fuzz: [\d,]+ definitions, [\d,]+ type-checked, [\d,]+ files, [\d,]+ runs, .*; no failure$/,
    );
    expect(code).toBe(0);
  });

  it.runIf(IS_LONG)('is one line of JSON where that is asked for', async () => {
    const { out } = await fuzz('--seed', '7', '--seconds', '0', '--only', 'definitions', '--json');
    expect(JSON.parse(out)).toMatchObject({ seed: 7, stages: { definitions: { failures: [] } } });
  });

  // `.ci/run` runs the fuzzer itself, which builds and loads much.
  it.runIf(IS_LONG)('tries the text of a definition, and says what is wrong with one that cannot be', async () => {
    const path = join(folder, 'one.ts');
    const text = (units: number): string => `// {"seed":3,"weighing":"sparse"}
      import { continuous, dense, normal, predictor } from 'cvae-compile';
      export default predictor({ condition: { x: continuous(2) }, target: normal(3), network: ({ x }) => x.pipe(dense(${units})) });`;
    writeFileSync(path, text(3));
    const right = await fuzz('--definition', path);
    expect([right.code, right.out]).toEqual([
      0,
      expect.stringMatching(/2 files in \d+ runs, 1 training steps: all as/),
    ]);
    writeFileSync(path, text(4));
    const wrong = await fuzz('--definition', path);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('one.ts: read\n  ShapeMismatch: ')]);
  });

  it('refuses what it does not know', async () => {
    for (const option of chosen('options of the fuzzer', ['--seconds', '--only'], 1))
      expect(await fuzz(option, 'x')).toMatchObject({
        code: 2,
        err: expect.stringContaining(`${option}: expected`),
      });
  });
});

describe('a failure', () => {
  it('is made smaller as long as it fails in the same way', async () => {
    // Three numbers of which one is at least 1000, and another kind of failure for empty lists.
    const tried = async (cases: readonly (readonly number[])[]) =>
      cases.map((list) => {
        if (list.length === 0) return new Wrong('empty', '');
        return list.length >= 3 && list.some((n) => n >= 1000) ? new Wrong('large', `${list}`) : undefined;
      });
    const choices = Array.from({ length: 200 }, (_, i) => i * 1_000_003);
    for (const atOnce of [1, 7]) {
      const small = await shrunk({ choices, wrong: new Wrong('large', '') }, { tried, atOnce, milliseconds: 20_000 });
      expect(small.choices.toSorted((a, b) => a - b)).toEqual([0, 0, 1000]);
    }
  });

  it('is a list of choices that continues with the simplest', () => {
    const choices = new Choices([7, 12]);
    expect([choices.below(5), choices.of(['a', 'b', 'c']), choices.below(9), choices.of(['x', 'y'])]).toEqual([
      2,
      'a',
      0,
      'x',
    ]);
    expect(choices.used).toBe(2);
  });
});
