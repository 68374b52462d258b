// npm run mutate -- [--seed S] [--sample N] [PART | FILE …]: measures how strong the tests are. Stryker makes small mistakes in a
// sample of the code of compiler, onnx and runtime, one at a time; those that no test of the part detects are listed.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { Instrumenter } from '@stryker-mutator/instrumenter';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** Files that are sampled, and the tests that should detect mistakes in them. */
const PARTS = {
  compiler: {
    files: [
      'src/compiler/passes/transposes.ts',
      'src/compiler/passes/batchNorm.ts',
      'src/compiler/differentiate/pool.ts',
    ],
    tests: ['test/passes/*.test.ts', 'test/compiler/rewrite.test.ts', 'test/gradients/{rules,differentiate}.test.ts'],
  },
  onnx: {
    files: [
      'src/onnx/operators/joining.ts',
      'src/onnx/operators/reshaping.ts',
      'src/onnx/operators/padding.ts',
      'src/onnx/dims.ts',
      'src/onnx/check.ts',
    ],
    // Without those that need a build.
    tests: ['test/onnx/{accepted,builder,check,dims,evaluate,file,infer,schema,text,types}.test.ts'],
  },
  runtime: {
    files: ['src/runtime/values.ts', 'src/runtime/draw.ts'],
    tests: ['test/runtime/{values,model,result}.test.ts'],
  },
};

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, sample: { type: 'string', default: '25' } },
  allowPositionals: true,
});
const [seed, sample] = [Number(values.seed), Number(values.sample)];

/** The wording of messages is not tested here: their own tests check that they exist. */
const MUTATOR = { plugins: null, excludedMutations: ['StringLiteral'] };

/** Returns a generator of numbers from 0 to 1 for a random seed (mulberry32). */
const random = (from) => {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const silent = { isDebugEnabled: () => false, info: () => {}, debug: () => {}, warn: () => {} };

/** Draws places to change in a file, with the random seed: as many as hold the sample's number of mutants. */
const sampled = async (file) => {
  const content = readFileSync(file, 'utf8');
  const { mutants } = await new Instrumenter(silent).instrument([{ name: file, mutate: true, content }], {
    ...MUTATOR,
    ignorers: [],
    noHeader: true,
  });
  const own = mutants.filter(({ mutatorName, statusReason }) => mutatorName !== 'StringLiteral' && !statusReason);
  const within = (a, b) => before(b.start, a.start) && before(a.end, b.end);
  const before = (p, q) => p.line < q.line || (p.line === q.line && p.column <= q.column);
  const draw = random(seed);
  const shuffled = own.map((mutant) => [draw(), mutant]).sort(([a], [b]) => a - b);
  const chosen = new Set();
  const places = [];
  for (const [, { location }] of shuffled) {
    const inside = own.filter((mutant) => within(mutant.location, location));
    // A whole function would use up the sample.
    if (chosen.size >= sample || inside.length > 4) continue;
    for (const mutant of inside) chosen.add(mutant);
    places.push(location);
  }
  const at = ({ line, column }) => `${line + 1}:${column}`;
  return { all: own.length, ranges: places.map(({ start, end }) => `${file}:${at(start)}-${at(end)}`) };
};

/** Describes a mutant in one line. */
const lineOf = ({ fileName, location: { start, end }, replacement, mutatorName, status }) => {
  const file = fileName.slice(fileName.indexOf('src/'));
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  const was = lines
    .map((line, i) =>
      line.slice(i === 0 ? start.column - 1 : 0, i === lines.length - 1 ? end.column - 1 : undefined).trim(),
    )
    .join(' ');
  return `${status} ${file}:${start.line}:${start.column} ${mutatorName}: ${was} → ${replacement}`;
};

let [killed, total] = [0, 0];
/** What is requested: parts, or single files of them. */
const asked = (positionals.length > 0 ? positionals : Object.keys(PARTS)).map((name) => {
  if (PARTS[name]) return [name, PARTS[name]];
  const part = Object.values(PARTS).find(({ files }) => files.includes(name));
  if (part) return [name, { ...part, files: [name] }];
  throw new Error(`expected ${Object.keys(PARTS).join(', ')} or a file of theirs, got ${name}`);
});
for (const [name, part] of asked) {
  const places = [];
  for (const file of part.files) places.push({ file, ...(await sampled(file)) });
  process.env.MUTATE_TESTS = JSON.stringify(part.tests);
  console.error(
    `${name}: ${places.reduce((n, { ranges }) => n + ranges.length, 0)} places in ${part.files.length} files`,
  );
  const results = await new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'scripts/lib/mutate.vitest.config.mjs', related: false },
    mutate: places.flatMap(({ ranges }) => ranges),
    mutator: MUTATOR,
    coverageAnalysis: 'perTest',
    concurrency: 1,
    reporters: [],
    logLevel: 'error',
    tempDirName: 'out/stryker',
    ignorePatterns: ['dist', 'out', 'docs', 'bench'],
    disableTypeChecks: false,
    timeoutMS: 30_000,
  }).runMutationTest();
  const counted = results.filter(({ status }) => status !== 'Ignored');
  for (const { file, all } of places) {
    const own = counted.filter(({ fileName }) => fileName.endsWith(file));
    const found = own.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
    [killed, total] = [killed + found, total + own.length];
    console.log(`${file}: ${found} of ${own.length} noticed, drawn from ${all}`);
  }
  for (const mutant of counted)
    if (mutant.status !== 'Killed' && mutant.status !== 'Timeout') console.log(`  ${lineOf(mutant)}`);
}
console.log(`${killed} of ${total} noticed`);
