// node scripts/variants.mjs [name …]: trains the variants of examples/variants as the command line does, measures them on the
// test part, updates examples/variants/results.json, and writes its numbers into the table of docs/variants.md. Takes some
// minutes. `--table` only writes the table, `--check` does neither: it fails unless the table has the measured numbers.
import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));
const [PAGE, RESULTS] = [at('docs/variants.md'), at('examples/variants/results.json')];
const EPOCHS = 15;
const SAMPLES = 100;

const results = read(RESULTS) ?? {};
const page = readFileSync(PAGE, 'utf8');
const rows = [...page.matchAll(/^\| \[([\w-]+)\]\(\.\.\/examples\/variants\/[\w-]+\.ts\)/gm)].map(([, name]) => name);
const words = process.argv.slice(2);
if (words.includes('--check')) {
  const lacking = rows.filter((name) => !(name in results));
  if (lacking.length > 0) fail(`${RESULTS}: expected every variant of the table, got none of ${lacking.join(', ')}`);
  if (measured(page, results) !== page)
    fail(`${PAGE}: expected the numbers of ${RESULTS}, got different ones; run this without --check`);
  process.exit(0);
}
const wanted = words.includes('--table') ? [] : words.length > 0 ? words : rows;
for (const name of wanted) {
  const definition = `examples/variants/${name}.ts`;
  const run = `out/variants/${name}`;
  const started = performance.now();
  cli('train', definition, '--out', run, '--epochs', EPOCHS, '--seed', 1, '--json');
  const seconds = Math.round((performance.now() - started) / 1000);
  const test = JSON.parse(cli('evaluate', definition, '--weights', run, '--samples', SAMPLES, '--json'));
  results[name] = { epochs: EPOCHS, seed: 1, seconds, node: process.version, threads: availableParallelism(), test };
  write(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
}
write(PAGE, measured(readFileSync(PAGE, 'utf8'), results));

function fail(why) {
  console.error(why);
  process.exit(1);
}

/** Returns the page with each variant's numbers in the last cells of its row. */
function measured(text, all) {
  return text.replace(/^\| \[([\w-]+)\]\(\.\.\/examples\/variants\/.*$/gm, (row, name) => {
    const unchanged = row.split(' | ').slice(0, 6).join(' | ').replace(/ \|$/, '');
    const { importanceSampling, monteCarlo, negativeElbo, kl, activeUnits } = all[name]?.test ?? {};
    // Without a recognition network there is no bound; a GSNN's KL is 0 by definition.
    const bounded = typeof importanceSampling === 'number';
    const numbers = [
      number(importanceSampling, 1),
      number(monteCarlo, 1),
      number(bounded ? negativeElbo : null, 1),
      number(bounded ? kl : null, 1),
      number(activeUnits, 0),
    ];
    return `${unchanged} | ${numbers.join(' | ')} |`;
  });
}

function number(value, digits) {
  return typeof value === 'number' ? value.toFixed(digits) : '–';
}

function cli(...words) {
  const { status, stdout } = spawnSync(process.execPath, [at('dist/cli/bin.js'), ...words.map(String)], {
    cwd: at('.'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  return stdout.trim().split('\n').at(-1);
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file atomically. */
function write(path, text) {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}
