// npm start: the whole way once, from a definition to pictures. Trains examples/digits on the digits that come with this
// repository, exports and verifies the ONNX files, and draws with them.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const model = 'examples/digits/model.ts';
const out = 'out/digits';

const node = (...words) => spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' }).status ?? 1;
const step = (title, ...words) => {
  process.stderr.write(`\n— ${title}\n`);
  const status = node(...words);
  if (status !== 0) process.exit(status);
};
const cli = 'dist/cli/bin.js';

// Where this fails it has said why, and training goes on in plain JavaScript.
node('scripts/tfjs-node.mjs');
step('Build', 'scripts/build.mjs');
step(`Train ${model}`, cli, 'train', model, '--out', out, '--epochs', '20', '--seed', '1');
step('Export to ONNX', cli, 'export', model, '--weights', out, '--out', `${out}/onnx`);
step('Verify what was written', cli, 'verify', `${out}/onnx`);
step(
  'Draw',
  cli,
  'sample',
  `${out}/onnx`,
  '--set',
  'digit=7',
  '--count',
  '16',
  '--seed',
  '1',
  '--out',
  `${out}/seven.png`,
);

process.stderr.write(`
The picture is ${out}/seven.png, the ONNX files are in ${out}/onnx. Try next:

  node ${cli} sample ${out}/onnx --set digit=3 --count 16 --seed 2 --out ${out}/three.png
  node ${cli} inspect ${model}
  node ${cli} doctor
`);
