// npm run playground: trains examples/completion on the digits that are included in this repository, exports it, and shows it in
// the browser. Training happens once: the next run reuses the export. `npm run playground -- digits` does so with
// examples/digits, which is quicker, and can be trained further in the page.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// A reader that goes away (`2>&1 | head`) ends the output, not the work.
process.stderr.on('error', () => undefined);

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = 'dist/cli/bin.js';
const models = {
  // Twice the default learning rate: on so few digits, more is learned in a few minutes.
  completion: { train: ['--epochs', '14', '--learning-rate', '0.002'], export: [] },
  digits: { train: ['--epochs', '35', '--learning-rate', '0.005'], export: ['--training'] },
};

const [name = 'completion', ...options] = process.argv.slice(2);
const settings = Object.hasOwn(models, name) ? models[name] : undefined;
if (!settings) {
  process.stderr.write(`playground: expected ${Object.keys(models).join(' or ')}, got ${name}\n`);
  process.exit(2);
}
const model = `examples/${name}/model.ts`;
const out = `out/playground/${name}`;
const exported = `${out}/onnx`;

const run = (words, stdio = 'inherit') =>
  spawnSync(process.execPath, words, { cwd: root, stdio, encoding: 'utf8', maxBuffer: 2 ** 26 });
const step = (title, ...words) => {
  process.stderr.write(`\n— ${title}\n`);
  const { status } = run(words);
  // Ctrl-C: the progress so far is kept, and the next start resumes from there.
  if (status !== 0) process.exit(status ?? 130);
};

// The terminal sends Ctrl-C to all processes: the child that is working ends in its own way, and then this process does.
process.on('SIGINT', () => undefined);

/** Whether the exported folder belongs to the current definition. */
const isThere = () => {
  const path = `${root}${exported}/model.json`;
  if (!existsSync(path)) return false;
  const { stdout } = run([cli, 'inspect', model, '--json'], ['ignore', 'pipe', 'inherit']);
  return JSON.parse(readFileSync(path, 'utf8')).fingerprint === JSON.parse(stdout).fingerprint;
};

step('Build', 'scripts/build.mjs');
if (isThere()) process.stderr.write(`\n${exported} is there; remove ${out} to train anew\n`);
else {
  // If this fails, it has reported why, and training uses onnxruntime.
  run(['scripts/tfjs-node.mjs']);
  const begun = existsSync(`${root}${out}/run.json`) && !existsSync(`${root}${exported}`);
  const how = begun ? ['--resume'] : ['--seed', '1', ...settings.train];
  step(`${begun ? 'Continue training' : 'Train'} ${model}`, cli, 'train', model, '--out', out, ...how);
  step('Export to ONNX', cli, 'export', model, '--weights', out, '--out', exported, ...settings.export);
}
step('Show it', cli, 'serve', exported, ...(options.length > 0 ? options : ['--open']));
