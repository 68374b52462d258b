import { expect, test } from 'vitest';
import { LIBRARY } from '../../src/version.ts';
import { cli } from './support/cli.ts';

const help = await cli('--help');
const listed = [...help.out.slice(help.out.indexOf('Commands:')).matchAll(/^ {2}(\w+) .*\w/gm)];
const COMMANDS = listed.map(([, name = '']) => name).filter((name) => name !== 'help');

test('help goes to standard output and names every command', () => {
  expect(help).toMatchObject({ code: 0, err: '' });
  const some = [
    'init',
    'train',
    'export',
    'verify',
    'evaluate',
    'report',
    'compare',
    'sample',
    'serve',
    'inspect',
    'doctor',
  ];
  expect(COMMANDS).toEqual(expect.arrayContaining(some));
});

test.each(COMMANDS)('%s --help describes the command and shows how it is used', async (command) => {
  const { code, out } = await cli(command, '--help');
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`Examples?:\\n {2}\\$ cvae-compile ${command}`));
});

test.each(COMMANDS)('%s --help shows no default that is an object', async (command) => {
  expect((await cli(command, '--help')).out).not.toMatch(/default: [{[]/);
});

test('the version is the package’s', async () => {
  expect(await cli('--version')).toEqual({ code: 0, out: `${LIBRARY.version}\n`, err: '' });
});

test.each<readonly [string, readonly string[], string]>([
  ['no command', [], 'Usage: cvae-compile'],
  ['an unknown command', ['trian'], "unknown command 'trian'"],
  ['an unknown option', ['inspect', 'model.ts', '--jsn'], "unknown option '--jsn'"],
  ['a missing argument', ['train', '--out', 'x'], "missing required argument 'definition'"],
  ['too many arguments', ['inspect', 'a.ts', 'b.ts'], 'too many arguments'],
  ['a missing option', ['train', 'model.ts'], "required option '--out <run>' not specified"],
  ['epochs that are no number', ['train', 'model.ts', '--out', 'x', '--epochs', 'ten'], 'whole number of at least 1'],
  ['no epochs', ['train', 'model.ts', '--out', 'x', '--epochs', '0'], 'whole number of at least 1'],
  ['half a batch', ['train', 'model.ts', '--out', 'x', '--batch', '0.5'], 'whole number of at least 1'],
  ['a learning rate of 0', ['train', 'model.ts', '--out', 'x', '--learning-rate', '0'], 'a number above 0'],
  // What no machine can do is refused before anything is done.
  ...(
    [
      ['serve x', '--port', '99999', 'from 1 to 65535'],
      ['serve x', '--port', '0', 'whole number of at least 1'],
      ['sample x', '--scale', '100000', 'from 1 to 1000'],
      ['sample x', '--count', '4294967297', 'from 1 to 4294967296'],
      ['sample x', '--temperature', '1e308', 'at least 0, at most 1000000'],
      ['sample x', '--columns', '1e3', 'whole number of at least 1'],
      ['sample x', '--seed', '9007199254740992', 'from 0 to 9007199254740991'],
      ['train x --out y', '--epochs', '9007199254740992', 'from 1 to 9007199254740991'],
      ['train x --out y', '--learning-rate', '1e308', 'above 0, at most 1000000'],
      ['train x --out y', '--learning-rate', 'Infinity', 'above 0'],
      ['train x --out y', '--checkpoint-minutes', '', 'a number above 0'],
      ['export x --weights y --out z', '--evaluation', '1000000', 'from 1 to 100000'],
      ['export x --weights y --out z', '--opset', '-1', 'whole number of at least 1'],
      ['evaluate x --weights y', '--samples', '9007199254740991', 'from 1 to 1000000000'],
    ] as const
  ).map(
    ([words, option, value, reason]) =>
      [`${words} ${option} ${value}`, [...words.split(' '), option, value], reason] as const,
  ),
  ['a setting without a value', ['sample', 'out', '--set', 'digit'], 'condition=value'],
  ['an output of another kind', ['sample', 'out', '--out', 'picture.bmp'], '.png, .csv, .jsonl, .npy or .npz'],
])('%s is wrong usage: exit code 2, the reason on standard error', async (_, argv, reason) => {
  const { code, out, err } = await cli(...argv);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toContain(reason);
});
