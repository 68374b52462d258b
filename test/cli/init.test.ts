import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { LIBRARY } from '../../src/version.ts';
import { userProject } from '../support/user-project.ts';
import { IS_LONG } from '../support/chosen.ts';
import { TSC } from '../types/tsc.ts';
import { cli, temporary } from './support/cli.ts';

const folder = temporary();
const page = userProject('templates');

test('writes the files of a project that runs: its scripts train, export and sample', async () => {
  const project = join(folder, 'My Model');
  const { code, out, err } = await cli('init', project);
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toContain(`wrote ${join(project, 'model.ts')}`);
  expect(err).toContain(`cd ${project}`);

  const { name, scripts, dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  expect(name).toBe('my-model');
  // It runs from a checkout, so that is where npm finds the package.
  const found = join(project, String(dependencies[LIBRARY.name]).replace('file:', ''), 'package.json');
  expect(JSON.parse(readFileSync(found, 'utf8')).name).toBe(LIBRARY.name);
  const ran: Record<string, Awaited<ReturnType<typeof cli>>> = {};
  for (const script of ['train', 'export', 'sample']) {
    const [program, ...words] = String(scripts[script]).split(' ');
    expect(program).toBe(LIBRARY.name);
    const paths = words.map((word) => (/^(model\.ts|out\/.*)$/.test(word) ? join(project, word) : word));
    ran[script] = await cli(...paths, ...(script === 'train' ? ['--epochs', '1', '--limit', '256'] : []));
    expect(ran[script]).toMatchObject({ code: 0 });
  }
  expect(readFileSync(join(project, 'out/digits.png')).subarray(1, 4).toString()).toBe('PNG');
  expect(readFileSync(join(project, '.gitignore'), 'utf8')).toContain('out/');
});

test('writes into the working folder unless another is given, and overwrites nothing', async () => {
  writeFileSync(join(folder, 'model.ts'), 'mine');
  const before = readdirSync(folder).sort();
  const { code, err } = await cli('init', folder);
  expect(code).toBe(1);
  expect(err).toMatch(/^error: .*model\.ts: expected no such file, got one; .*\n$/);
  expect(readdirSync(folder).sort()).toEqual(before);
  expect(readFileSync(join(folder, 'model.ts'), 'utf8')).toBe('mine');
});

test('what it names besides this package are the versions that this package works with', async () => {
  const project = join(folder, 'versions');
  await cli('init', project);
  const made = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const { peerDependencies, devDependencies } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const all = { ...made.dependencies, ...made.optionalDependencies, ...made.devDependencies };
  expect(Object.keys(all).sort()).toEqual([
    '@types/node',
    LIBRARY.name,
    'onnxruntime-node',
    'onnxruntime-web',
    'typescript',
  ]);
  for (const [name, range] of Object.entries(all))
    if (name !== LIBRARY.name) expect(range).toBe(peerDependencies[name] ?? devDependencies[name]);
  expect(basename(project)).toBe(made.name);
});

test('writes a project with a page, whose model and page type-check', async () => {
  const { folder: root, run } = page;
  const project = join(root, 'page');
  expect((await cli('init', project, '--template', 'page')).code).toBe(0);
  const { scripts, devDependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  expect(devDependencies).toHaveProperty('vite');
  expect(scripts).toMatchObject({
    train: 'cvae-compile train model.ts --out out/run',
    evaluate: 'cvae-compile evaluate model.ts --weights out/run',
    export: 'cvae-compile export model.ts --weights out/run --out public/model',
    serve: 'cvae-compile serve public/model --open',
    check: 'tsc --noEmit',
    dev: 'vite --open',
  });
  expect(readFileSync(join(project, 'index.html'), 'utf8')).toContain('<title>page</title>');
  expect(run(process.execPath, [...TSC(), '--noEmit', '-p', project])).toEqual({
    status: 0,
    output: '',
  });
});

test('writes a project with a table, which trains on the file next to it', async () => {
  const project = join(page.folder, 'penguins');
  const { code, err } = await cli('init', project, '--template', 'table');
  expect(code).toBe(0);
  expect(err).toMatch(/penguins\.csv: 344 rows/);
  expect(readFileSync(join(project, 'model.ts'), 'utf8')).toContain(
    "csv(new URL('./penguins.csv', import.meta.url), {",
  );
  if (!IS_LONG) return; // own-data.test.ts trains on a table
  const out = join(project, 'out/run');
  const trained = await cli('train', join(project, 'model.ts'), '--out', out, '--epochs', '1', '--engine', 'onnx');
  expect(trained).toMatchObject({ code: 0 });
});

test('refuses a template of another name, and one together with data', async () => {
  expect((await cli('init', join(folder, 'no'), '--template', 'pages')).code).toBe(2);
  expect((await cli('init', join(folder, 'no'), '--template', 'table', '--from', 'days.csv')).err).toMatch(
    /init: expected --from, of which a project is made, or --template, got both; leave one out/,
  );
});

test('says what to run for a model of a file that is given in place of a folder, and takes --data as train does', async () => {
  const file = join(folder, 'homes.csv');
  writeFileSync(file, `area,price\n${Array.from({ length: 30 }, (_, i) => `${i + 0.5},${i * i}`).join('\n')}\n`);
  expect(await cli('init', file)).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /expected a folder to write to, got the file .*homes\.csv; .*run cvae-compile init my-model --from /,
    ),
  });
  const project = join(folder, 'homes');
  expect(await cli('init', project, '--data', file, '--target', 'all', '--no-condition')).toMatchObject({ code: 0 });
  expect(readFileSync(join(project, 'model.ts'), 'utf8')).toContain('homes.csv');
});
