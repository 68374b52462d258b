import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { cli, SMALL, temporary } from '../cli/support/cli.ts';
import { BIN } from '../kill/support/killing.ts';
import { chosen } from '../support/chosen.ts';

// What processes leave and look up on a machine whose user has decided nothing.
const root = temporary();
const at = (...names: readonly string[]) => join(root, ...names);
const RUNTIME = new URL('../../dist/runtime/node.js', import.meta.url).href;
const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const model = at('model.ts');

/** What a user of the package writes; each stays for the given number of milliseconds. */
const PROGRAMS = {
  open: `import { open } from '${RUNTIME}';
    const model = await open('${at('exported')}');
    await model.sample({ kind: 0 }, { count: 2 });`,
  trainer: `import { trainer } from '${RUNTIME}';
    const learner = await trainer('${at('trainable')}');
    await learner.step({ kind: [0], y: [Array(16).fill(0.5)] });`,
  package: `import { open } from '${at('packaged', 'index.js')}';
    const model = await open();
    await model.sample({ kind: 0 }, { count: 2 });`,
} as const;
const program = (name: keyof typeof PROGRAMS): string => at(`${name}.mjs`);
const inWorker = (name: keyof typeof PROGRAMS): string => at(`worker-${name}.mjs`);

beforeAll(async () => {
  writeFileSync(model, SMALL);
  expect(await cli('train', model, '--out', at('run'), '--epochs', '1', '--engine', 'onnx')).toMatchObject({ code: 0 });
  const exporting = ['export', model, '--weights', at('run'), '--out'];
  expect(await cli(...exporting, at('exported'))).toMatchObject({ code: 0 });
  expect(await cli(...exporting, at('trainable'), '--training')).toMatchObject({ code: 0 });
  expect(await cli(...exporting, at('packaged'), '--package')).toMatchObject({ code: 0 });
  for (const [name, text] of Object.entries(PROGRAMS)) {
    writeFileSync(at(`${name}.mjs`), `${text}\nawait new Promise((end) => setTimeout(end, process.env.STAY ?? 0));\n`);
    const start = `import { Worker } from 'node:worker_threads';\nnew Worker(new URL('./${name}.mjs', import.meta.url));\n`;
    writeFileSync(at(`worker-${name}.mjs`), start);
  }
  // A package finds its onnxruntime where it lies.
  mkdirSync(at('node_modules'));
  for (const name of ['onnxruntime-node', 'onnxruntime-common'])
    symlinkSync(join(MODULES, name), at('node_modules', name));
});

/** What onnxruntime takes for a continuous integration, where it sends nothing by itself (seen in 1.30). */
const CI_MARKS = new Set(
  `CI APPVEYOR BITBUCKET_BUILD_NUMBER BUILDKITE CIRCLECI CODEBUILD_BUILD_ID GITHUB_ACTIONS GITLAB_CI JENKINS_URL
   TEAMCITY_VERSION TF_BUILD TRAVIS`.split(/\s+/u),
);

/** A machine of its own: an empty home, an empty working folder, and one for temporary files. */
const machine = () => {
  const place = mkdtempSync(at('machine-'));
  const [home, cwd, tmp] = [join(place, 'home'), join(place, 'cwd'), join(place, 'tmp')];
  for (const folder of [home, cwd, tmp]) mkdirSync(folder);
  const { ORT_DISABLE_TELEMETRY: _, XDG_CACHE_HOME: __, XDG_CONFIG_HOME: ___, ...others } = process.env;
  const env = Object.fromEntries(Object.entries(others).filter(([name]) => !CI_MARKS.has(name)));
  return { place, home, cwd, env: { ...env, HOME: home, TMPDIR: tmp } };
};
const filesIn = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

/** What is run, and whether it is asked to make `out`. */
const COMMANDS: readonly (readonly [name: string, words: readonly string[]])[] = [
  ['train', [BIN, 'train', model, '--out', 'out', '--epochs', '1', '--engine', 'onnx', '--no-tensorboard']],
  ['evaluate', [BIN, 'evaluate', model, '--weights', at('run'), '--samples', '2', '--engine', 'onnx']],
  ['export', [BIN, 'export', model, '--weights', at('run'), '--out', 'out', '--package']],
  ['verify', [BIN, 'verify', at('exported')]],
  ['sample', [BIN, 'sample', at('exported'), '--set', 'kind=0', '--out', 'out/a.csv']],
  ['doctor', [BIN, 'doctor']],
  ['open', [program('open')]],
  ['trainer', [program('trainer')]],
  ['a package', [program('package')]],
  ['open in a worker', [inWorker('open')]],
  ['a package in a worker', [inWorker('package')]],
];

describe.each(chosen('commands with a home', COMMANDS, 1))('%s', (_, words) => {
  test('leaves nothing but what it was asked for', () => {
    const { home, cwd, env } = machine();
    const { status, stderr } = spawnSync(process.execPath, words, { cwd, env, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(stderr).not.toContain('telemetry');
    expect(filesIn(home)).toEqual([]);
    expect(readdirSync(cwd)).toEqual(words.some((word) => word.startsWith('out')) ? ['out'] : []);
  });
});

describe.each(chosen('commands without a home', COMMANDS, 1))('%s', (_, words) => {
  test.runIf(process.platform === 'linux')('leaves nothing also where the home takes nothing', () => {
    const { cwd, env } = machine();
    const nowhere = { ...env, HOME: '/proc' };
    const { status, stderr } = spawnSync(process.execPath, words, { cwd, env: nowhere, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(readdirSync(cwd).filter((name) => name !== 'out')).toEqual([]);
  });
});

test.runIf(process.platform === 'linux')('telemetry works if it is wanted: the tests above would see it', () => {
  const { home, cwd, env } = machine();
  spawnSync(process.execPath, [program('open')], { cwd, env: { ...env, ORT_DISABLE_TELEMETRY: '0' } });
  const about = readFileSync(join(MODULES, 'onnxruntime-node', 'package.json'), 'utf8');
  const { version }: { readonly version: string } = JSON.parse(about);
  // Since 1.29.
  expect(filesIn(home).join().includes('onnxruntime')).toBe(Number(version.split('.')[1]) >= 29);
});

/** Why processes cannot be traced here; nothing where they can. */
const untraced = ((): string | undefined => {
  const { error, status } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']);
  return error ? 'strace is not installed' : status === 0 ? undefined : 'strace may not trace here';
})();

const CALLS = 'connect,sendto,sendmsg,sendmmsg,openat,open,creat,mkdir,mkdirat';

/** Runs a program under strace: the addresses that it asks, and the files that it makes, from its machine's folder on. */
const traced = async (words: readonly string[]) => {
  const { place, cwd, env } = machine();
  const log = join(place, 'trace');
  const tracing = ['-f', '-qq', '-s', '256', '-e', `trace=${CALLS}`, '-o', log, process.execPath, ...words];
  // A process that runs for some seconds would show it: what was collected is sent by then.
  const child = spawn('strace', tracing, { cwd, env: { ...env, STAY: '8000' }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  const [status] = await once(child, 'close');
  expect(status, said).toBe(0);
  const lines = readFileSync(log, 'utf8').split('\n');
  const made = lines.filter((line) => /O_CREAT|mkdir|creat\(/.test(line) && !/= -1 /.test(line));
  return {
    asked: lines.filter((line) => line.includes('AF_INET')),
    made: made.flatMap((line) => /"([^"]*)"/.exec(line)?.[1] ?? []).map((path) => path.replace(place, '')),
  };
};

// Programs stay for seconds: one of them is enough where time is short.
const TRACED = chosen('traced', ['train', 'export', 'verify', 'open', 'a package'], 1);
// They mostly wait, which they do at the same time.
test.concurrent.for(COMMANDS.filter(([name]) => TRACED.includes(name)))(
  '%s looks nothing up and makes no file elsewhere, as strace sees it',
  { timeout: 120_000 },
  async ([name, words], { expect: expectHere, skip }) => {
    if (untraced !== undefined) skip(untraced);
    const { asked, made } = await traced(words);
    expectHere(asked).toEqual([]);
    expectHere(made.filter((path) => !/^(\/cwd\/)?out(\/|$)|^\/tmp\/|^\/dev\//.test(path))).toEqual([]);
    expectHere(made.length > 0).toBe(['train', 'export'].includes(name));
  },
);
