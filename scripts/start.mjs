// npm start: the whole workflow once, from a definition to pictures. Trains examples/digits on the digits that are included in
// this repository, exports and verifies the ONNX files, and draws with them.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// A reader that goes away (`2>&1 | head`) ends the output, not the work.
process.stderr.on('error', () => undefined);

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

// If this fails, it has reported why, and training uses onnxruntime.
node('scripts/tfjs-node.mjs');
step('Build', 'scripts/build.mjs');
// Five times the default learning rate: on so few digits, more is learned in a minute.
const options = ['--epochs', '35', '--learning-rate', '0.005', '--seed', '1'];
step(`Train ${model}`, cli, 'train', model, '--out', out, ...options);
step('Export to ONNX', cli, 'export', model, '--weights', out, '--out', `${out}/onnx`);
step('Verify what was written', cli, 'verify', `${out}/onnx`);
const picture = `${out}/digits.png`;
// A little nearer to the prior's mean than its own samples: clearer digits, less varied ones.
const drawn = ['--set', 'digit=all', '--count', '12', '--seed', '2', '--temperature', '0.6', '--out', picture];
step('Draw', cli, 'sample', `${out}/onnx`, ...drawn);

process.stderr.write(`
The picture is ${picture}, a row for each digit; the ONNX files are in ${out}/onnx. Try next:

  npx cvae-compile sample ${out}/onnx --set digit=7 --count 16 --seed 3 --temperature 0.6 --out ${out}/sevens.png
  npx cvae-compile inspect ${model}
  npx cvae-compile doctor
`);
