import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomes, type Ended, type Outcome } from './support/recipe-commands.ts';
import { copyFiles, applyRecipe, recipesOf } from './support/recipes.ts';
import { IS_LONG, chosen } from './support/chosen.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
const recipes = recipesOf(page);

/**
 * A copy of the repository, in which the recipes are followed. It lies in the same place each time, since what vitest keeps of transformed
 * sources is by their paths; that is kept next to the repository's own.
 */
const copy = join(tmpdir(), `contributing-${createHash('sha256').update(ROOT).digest('hex').slice(0, 8)}`);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const run = (command: string, args: readonly string[]): Ended => {
  // As in a terminal: a run within a run knows nothing of the one around it.
  const others = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|npm_|FORCE_COLOR)/.test(name));
  const env = { ...Object.fromEntries(others), NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: 'utf8', env });
  return { status, output: `${stdout}${stderr}` };
};
const node = (tool: string, ...args: readonly string[]) =>
  run(process.execPath, [join(ROOT, 'node_modules', ...tool.split('/')), ...args]);

beforeAll(() => {
  // What a run that was killed has left.
  rmSync(copy, { recursive: true, force: true });
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  });
  const files = stdout.split('\0').filter((file) => file !== '' && existsSync(join(ROOT, file)));
  copyFiles(ROOT, copy, IS_LONG ? files : files.filter((file) => !/^(assets|fuzz|playground|research)\//.test(file)));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  const kept = join(ROOT, '.cache', 'contributing');
  mkdirSync(kept, { recursive: true });
  symlinkSync(kept, join(copy, '.cache'), 'junction');
  for (const recipe of recipes) applyRecipe(recipe, copy);
});

describe('the recipes of CONTRIBUTING.md', () => {
  it('are for a layer, a likelihood, a pass, an operator, an objective and a command', () => {
    expect(recipes.map(({ title }) => title)).toEqual([
      'A layer',
      'A likelihood',
      'A pass',
      'An ONNX operator',
      'An objective',
      'A command',
    ]);
  });

  it.runIf(IS_LONG)(
    'give code that type-checks',
    () => {
      expect(run('npm', ['run', '--silent', 'typecheck'])).toEqual({ status: 0, output: '' });
    },
    120_000,
  );

  it('give code that the linter and the formatter would leave as it is', () => {
    const files = recipes.flatMap(({ steps }) => steps.map(({ file }) => file)).filter((file) => file.endsWith('.ts'));
    expect(node('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', ...files)).toEqual({
      status: 0,
      output: '',
    });
    const { status, output } = node('oxlint/bin/oxlint', '--deny-warnings', ...files);
    expect(status, output).toBe(0);
  });

  // All are followed; the commands of some are run.
  const some = chosen('recipes run', recipes, 1);
  const commands = some.flatMap((recipe) => recipe.commands);
  const isUpdate = (command: string): boolean => command.endsWith(' -u');
  // Among the long tests each command is run by itself, which takes seconds for each.
  const ran = new Map<string, Ended>();
  let found: ReadonlyMap<string, Outcome> = new Map();
  beforeAll(() => {
    for (const command of commands.filter((each) => IS_LONG || isUpdate(each))) {
      const [program = '', ...words] = command.split(' ');
      ran.set(command, run(program, words));
    }
    if (!IS_LONG)
      found = outcomes(
        commands.filter((command) => !isUpdate(command)),
        copy,
        run,
      );
  }, 240_000);

  it.each(some.map((recipe) => [recipe.title, recipe] as const))(
    '%s: its commands find it as it should be',
    (_, { commands: own, steps }) => {
      expect(own.length).toBeGreaterThan(0);
      for (const command of own) {
        const [alone, together] = [ran.get(command), found.get(command)];
        if (alone) {
          expect(alone.status, `${command}\n${alone.output}`).toBe(0);
          expect(alone.output, command).toMatch(/\b[1-9]\d* passed/);
        } else {
          expect(together?.others, command).toEqual([]);
          expect(together?.passed.length, command).toBeGreaterThan(0);
        }
      }
      // A new fixture was written, where one is to be.
      for (const { file } of steps.filter((step) => step.file.endsWith('.txt')))
        expect(readFileSync(join(copy, file), 'utf8')).toMatch(/^---$/m);
    },
  );
});

describe('CONTRIBUTING.md', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    // The part of package.json that is used here.
    readonly scripts: Readonly<Record<string, string>>;
  };

  it('names npm scripts and test folders that there are', () => {
    const commands = [...page.matchAll(/`npm (?:run )?(test|[\w:-]+)\b([^`]*)`/g)];
    expect(commands.length).toBeGreaterThan(8);
    for (const [, script = '', rest = ''] of commands) {
      expect(scripts).toHaveProperty([script]);
      for (const [path] of rest.matchAll(/test\/[\w./-]+/g)) expect(readdirSync(ROOT), path).toContain('test');
    }
  });
});
