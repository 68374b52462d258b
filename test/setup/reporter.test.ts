import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
mkdirSync(join(ROOT, 'out'), { recursive: true });
const folder = mkdtempSync(join(ROOT, 'out', 'reporter-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a run of these test files shows where nothing can be written over. */
const shown = (tests: Readonly<Record<string, string>>): { status: number | null; lines: readonly string[] } => {
  const own = mkdtempSync(join(folder, 'run-'));
  for (const [name, body] of Object.entries(tests))
    writeFileSync(join(own, `${name}.test.ts`), `import { expect, test } from 'vitest';\n${body}\n`);
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporter = join(ROOT, 'test', 'setup', 'reporter.ts');
  const args = [vitest, 'run', '--root', own, '--config', join(own, 'config.ts'), `--reporter=${reporter}`];
  writeFileSync(join(own, 'config.ts'), 'export default { test: { maxWorkers: 2 } };\n');
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: own, encoding: 'utf8', env });
  return { status, lines: `${stderr}${stdout}`.trim().split('\n') };
};

test('what passes is counted, and what it writes is not shown', () => {
  const { status, lines } = shown({
    one: `test('a', () => { console.log('noise'); expect(1).toBe(1); });\ntest('b', () => console.warn('noise'));`,
    two: `test.skip('c', () => {});\ntest('d', () => {});`,
  });
  expect(lines).toEqual([expect.stringMatching(/^2 files, about \d+ s$/), '3 passed, 0 failed, 1 skipped']);
  expect(status).toBe(0);
});

test('what fails is shown in full, with what it wrote, and the counts come last', () => {
  const { status, lines } = shown({
    right: `test('a', () => console.log('noise'));`,
    wrong: `test('one and one', () => {\n  console.log('a hint');\n  expect(1 + 1).toBe(3);\n});`,
    broken: `throw new Error('it does not load');`,
  });
  const text = lines.join('\n');
  expect(text).toContain('failed: wrong.test.ts > one and one');
  expect(text).toContain('a hint');
  expect(text).toMatch(/AssertionError: expected 2 to be 3[\s\S]*expect\(1 \+ 1\)\.toBe\(3\)/);
  expect(text).toContain('failed: broken.test.ts');
  expect(text).toContain('Error: it does not load');
  expect(text).not.toContain('noise');
  expect(lines.at(-1)).toBe('1 passed, 2 failed');
  expect(status).toBe(1);
});

test('an error that no test has caught fails the run', () => {
  const { status, lines } = shown({
    late: `test('a', async () => { setTimeout(() => { throw new Error('too late'); }); await new Promise((done) => setTimeout(done, 50)); });`,
  });
  expect(lines.join('\n')).toContain('too late');
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
  expect(status).toBe(1);
});
