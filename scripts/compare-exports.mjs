// npm run compare-exports -- BASE [HEAD] [--only PART]: whether the examples (those in whose path is PART), with the same weights, are
// exported to the same bytes by two commits; HEAD is the working tree unless it is given. Prints one line if all files are equal, and otherwise those that differ. It exits with 1 if a file
// that both write differs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' } },
});
const [base, head] = positionals;
if (!base) {
  console.error('usage: npm run compare-exports -- BASE [HEAD] [--only PART]');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'compare-exports-'));
const parameters = join(folder, 'parameters.json');
const run = (command, words, more = {}) => {
  const { status, stdout } = spawnSync(command, words, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...more,
  });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: expected it to end well, got ${status}`);
  return stdout;
};
const git = (...words) => run('git', words);
const trees = [];
/** The files that a commit, or the working tree, exports: their hashes by name. */
const exported = (commit, name) => {
  let at = root;
  if (commit !== undefined) {
    at = join(folder, name);
    git('worktree', 'add', '--quiet', '--detach', at, commit);
    trees.push(at);
    symlinkSync(join(root, 'node_modules'), join(at, 'node_modules'), 'junction');
  }
  process.stderr.write(`${commit ?? 'the working tree'} `);
  return JSON.parse(
    run(process.execPath, [join(root, 'scripts', 'lib', 'exported-bytes.mjs'), at, parameters, values.only]),
  );
};
try {
  // The later one knows how its parameters are found: it comes first.
  const [after, before] = [exported(head, 'head'), exported(base, 'base')];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const groups = grouped(names, kindOf(before, after));
  const { equal = [], differs = [], added = [], removed = [] } = groups;
  console.log(`${equal.length} files equal${differs.length > 0 ? `, ${differs.length} not` : ''}`);
  for (const name of differs) console.log(`differs: ${name}`);
  for (const line of linesOf(removed, before)) console.log(`only in ${base}: ${line}`);
  for (const line of linesOf(added, after)) console.log(`only in ${head ?? 'the working tree'}: ${line}`);
  process.exitCode = differs.length > 0 ? 1 : 0;
} finally {
  for (const tree of trees) git('worktree', 'remove', '--force', tree);
  rmSync(folder, { recursive: true, force: true });
}

function kindOf(before, after) {
  return (name) => {
    if (!(name in before)) return 'added';
    if (!(name in after)) return 'removed';
    return before[name] === after[name] ? 'equal' : 'differs';
  };
}

/** Names by their kind: Node 20 lacks `Object.groupBy`. */
function grouped(names, kind) {
  const groups = {};
  for (const name of names) (groups[kind(name)] ??= []).push(name);
  return groups;
}

/** Files by their examples; a value that is not a hash is the reason why there is none. */
function linesOf(names, hashes) {
  const failed = names.filter((name) => !/^[0-9a-f]{64}$/.test(hashes[name]));
  const written = names.filter((name) => !failed.includes(name));
  const examples = Object.entries(grouped(written, (name) => name.slice(0, name.lastIndexOf('/'))));
  return [
    ...examples.map(
      ([example, files]) => `${example}, ${files.map((name) => name.slice(example.length + 1)).join(', ')}`,
    ),
    ...failed.map((name) => `${name}, ${hashes[name].split('\n')[0]}`),
  ];
}
