import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALONE, BROWSER, BUILT, isIn, LONG, LONGEST, MOCKED } from './projects.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LISTS = { ALONE, BUILT, BROWSER, LONG };
const OTHERS = [...BUILT, ...BROWSER, ...LONG];
const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .map((file) => `test/${file.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts'))
  .sort();
// This one names dist/ to show that it is refused.
const units = files.filter((file) => !isIn([...OTHERS, 'test/setup/'], file));

/** A file's code, without its comments. */
const codeOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8').replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '');

/** The files of tests and scripts that a file names: imports, and programs that it starts, by their paths from it or from the root. */
const named = (file: string): readonly string[] =>
  [...codeOf(file).matchAll(/['"`/]((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs))['"`]/g)]
    .flatMap(([, path = '']) => [join(dirname(file), path), path])
    .filter((path) => /^(test|examples|scripts|research)\//.test(path) && existsSync(join(ROOT, path)));

/** A file and all that it names, and what that names. */
const withNamed = (file: string, found: Set<string> = new Set()): ReadonlySet<string> => {
  if (found.has(file)) return found;
  found.add(file);
  for (const path of named(file)) withNamed(path, found);
  return found;
};

/** What in a file's code shows that it needs more than src/: dist/, the package by its name in a program of Node's, a browser. */
const needs = (file: string): string | undefined => {
  const program = file.endsWith('.mjs') ? "|from 'cvae-compile|import\\('cvae-compile" : '';
  return new RegExp(`\\bdist/|'dist'|(?<!type .*)from 'playwright-core'${program}`).exec(codeOf(file))?.[0];
};

describe('the projects of tests', () => {
  it('list files and folders that there are, each once', () => {
    for (const [name, list] of Object.entries(LISTS))
      expect(
        list.filter((entry) => !files.some((file) => isIn([entry], file))),
        name,
      ).toEqual([]);
    expect(LONGEST.filter((file) => !files.includes(file))).toEqual([]);
    const all = Object.values(LISTS).flat();
    expect(files.filter((file) => all.filter((entry) => isIn([entry], file)).length > 1)).toEqual([]);
  });

  it('have those that load another TensorFlow.js into the process in a process of their own', () => {
    const loads = units.filter((file) => [...withNamed(file)].some((path) => /\('tfjs-cpu'\)/.test(codeOf(path))));
    expect(loads).toEqual(ALONE);
  });

  it('have those that put other modules in place of ours in processes of their own', () => {
    const mocks = files.filter((file) => codeOf(file).includes('vi.mock(') && !file.startsWith('test/setup/'));
    expect(mocks).toEqual(MOCKED);
  });

  it.each(units)('%s reads src/ alone', (file) => {
    const found = [...withNamed(file)].flatMap((path) => {
      const what = needs(path);
      return what === undefined ? [] : [`${path}: ${what}`];
    });
    expect(found, 'list the file in test/setup/projects.ts').toEqual([]);
  });
});

describe('a unit test', () => {
  it('that uses dist/ or a browser learns where to list its file', async () => {
    const { readFile } = await import('node:fs/promises');
    const { spawnSync } = await import('node:child_process');
    const built = join(ROOT, 'dist', 'index.js');
    const refused = /projects\.test\.ts: expected a unit test to use src\/ alone, got .*; list the file as BUILT in/;
    expect(() => readFileSync(built)).toThrow(refused);
    expect(() => readFile(new URL(`file://${built}`))).toThrow(refused);
    expect(() => spawnSync(process.execPath, ['-e', `import('${built}')`])).toThrow(refused);
    expect(() => spawnSync('/usr/bin/chromium', ['--headless'])).toThrow(
      /got \/usr\/bin\/chromium; list the file as BROWSER/,
    );
  });
});
