import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SMALL, temporary } from '../cli/support/cli.ts';
import { bareProject, worksHere } from '../setup/tfjs-project.ts';

const dist = (path: string) => new URL(`../../dist/${path}`, import.meta.url);

const PROGRAM = `
  import { engineOf } from ${JSON.stringify(dist('train/engines.js').href)};
  const { name, notice } = await engineOf('auto');
  console.log(JSON.stringify({ name, notice }));
`;

/** What `auto` is for a program that is started in a folder. */
const chosen = (cwd: string): { name: string; notice?: string } =>
  JSON.parse(
    spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM], { cwd, encoding: 'utf8' }).stdout || '{}',
  );

it('auto is onnxruntime, not plain JavaScript, where tfjs-node does not work, and says why', () => {
  const { name, notice } = chosen(bareProject());
  expect(name).toBe('onnxruntime-node');
  expect(notice).toMatch(/^training with onnxruntime-node; tfjs-node: expected an add-on that loads, .*; run npx cvae/);
});

it.skipIf(!worksHere())('auto is tfjs-node where that works', () => {
  expect(chosen('.')).toEqual({ name: 'tfjs-node' });
});

it('the command that npm start trains with continues in onnxruntime there', () => {
  const folder = temporary();
  const model = join(folder, 'model.ts');
  writeFileSync(model, SMALL);
  const words = ['train', model, '--out', join(folder, 'run'), '--epochs', '1', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(dist('cli/bin.js')), ...words], {
    cwd: bareProject(),
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/training with onnxruntime-node; tfjs-node: expected/);
  expect(status).toBe(0);
  expect(JSON.parse(stdout).engine).toMatchObject({ name: 'onnxruntime-node' });
});
