import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a program in the copy in which recipes have been followed. */
export type Run = (program: string, words: readonly string[]) => Ended;

/** The results of the tests that a command of a recipe runs, by name, and why those that failed did. */
export interface Outcome {
  readonly passed: readonly string[];
  readonly others: readonly string[];
}

interface Asked {
  readonly paths: readonly string[];
  /** Part of the names of the tests to run; all tests without it. */
  readonly name: string;
}

/** What `npm test -- PATH… -t NAME` asks for. */
const askedBy = (command: string): Asked => {
  const [, paths = '', name = ''] = /^npm test -- ([\w./ -]+?)(?: -t (\w+))?$/.exec(command) ?? [];
  if (paths === '') throw new Error(`${command}: expected npm test -- PATH… or npm test -- PATH… -t NAME`);
  return { paths: paths.split(' '), name };
};

/** What a JSON report of vitest has, as far as it is read. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/**
 * Runs all commands, each of which runs tests, as two: those with a name of tests, and those without. Each would take seconds to start
 * and to load what the others load too. Returns, by command, the results of the tests that it would have run.
 */
export const outcomes = (commands: readonly string[], root: string, run: Run): ReadonlyMap<string, Outcome> => {
  const all = new Map(commands.map((command) => [command, askedBy(command)] as const));
  const groups = [true, false].map((isNamed) => [...all].filter(([, { name }]) => (name !== '') === isNamed));
  return new Map(groups.filter((group) => group.length > 0).flatMap((group) => ranTogether(group, root, run)));
};

const ranTogether = (
  group: readonly (readonly [string, Asked])[],
  root: string,
  run: Run,
): readonly (readonly [string, Outcome])[] => {
  const file = join(root, 'results.json');
  rmSync(file, { force: true });
  const paths = new Set(group.flatMap(([, asked]) => asked.paths));
  const names = group.flatMap(([, { name }]) => (name === '' ? [] : [name]));
  const only = names.length === 0 ? [] : ['-t', names.join('|')];
  // What npm test starts, once it has seen that tfjs-node works.
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const words = ['run', ...paths, ...only, '--reporter=json', `--outputFile=${file}`];
  const { output } = run(process.execPath, [vitest, ...words]);
  const { testResults } = readReport(file, output);
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, path: relative(realpathSync(root), name) })),
  );
  return group.map(([command, asked]) => {
    const own = tests.filter(
      ({ path, fullName, status }) =>
        status !== 'skipped' &&
        status !== 'pending' &&
        fullName.includes(asked.name) &&
        asked.paths.some((each) => path.startsWith(each)),
    );
    const [passed, others] = [true, false].map((isPassed) =>
      own
        .filter(({ status }) => (status === 'passed') === isPassed)
        .map(({ fullName, failureMessages = [] }) => [fullName, ...failureMessages].join(': ')),
    );
    return [command, { passed: passed ?? [], others: others ?? [] }] as const;
  });
};

/** @throws with what the run wrote where there is no report. */
const readReport = (file: string, output: string): Report => {
  try {
    // It was written by vitest, whose format this is.
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch (error) {
    throw new Error(output, { cause: error });
  }
};
