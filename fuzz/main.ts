// npm run fuzz -- …: random cases for all that the product promises; `--help` says how.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { caseOfText } from './definitions/case.ts';
import { enginesHere } from './definitions/engines.ts';
import { backends, definitions, tryCase } from './definitions/stage.ts';
import { wrongOf } from './failure.ts';
import { again, hostile } from './hostile/stage.ts';
import { kills } from './kills/stage.ts';
import type { Failure, Outcome, Stage } from './stage.ts';

/** The stages, and the share of the time that each has. */
const STAGES: Readonly<Record<string, { readonly stage: () => Stage; readonly share: number }>> = {
  definitions: { stage: () => definitions(), share: 0.45 },
  hostile: { stage: () => hostile, share: 0.3 },
  kills: { stage: () => kills(), share: 0.25 },
};

/** Where failing cases are written. */
const OUT = 'out/fuzz';
/** Milliseconds for making a failure smaller. */
const SHRINKING = 30_000;

const USAGE = `usage: npm run fuzz -- [--seed S] [--seconds N] [--only ${Object.keys(STAGES).join(',')}] [--all] [--json]
       npm run fuzz -- --definition FILE | --hostile FILE

  --seed S      the same cases again, as far as time goes; one of the clock unless given
  --seconds N   how long, 60 unless given
  --only …      some of the stages
  --all         continue after a failure, with those of other kinds
  --json        one line of JSON on standard output
  --definition  try the text of one definition, such as one that was found
  --hostile     read a spoiled file again that was found`;

/** One number as the command line has it. @throws if it is not one */
const numberOf = (name: string, text: string): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new Error(`--${name}: expected a whole number, got ${text}; write one such as 1`);
  return value;
};

const told = process.stderr.isTTY
  ? (text: string): void => void process.stderr.write(`\r\u001B[K${text}`)
  : quietly((text) => void process.stderr.write(`${text}\n`));

/** Where lines cannot be overwritten, one every few seconds is enough. */
function quietly(tell: (text: string) => void): (text: string) => void {
  let last = -Infinity;
  return (text) => {
    if (performance.now() - last < 5000) return;
    last = performance.now();
    tell(text);
  };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seconds: { type: 'string', default: '60' },
      only: { type: 'string' },
      all: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      definition: { type: 'string' },
      hostile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  // Each definition is read once: what jiti keeps of it would only fill the disk.
  process.env['JITI_FS_CACHE'] = 'false';
  if (values.definition !== undefined) return definition(values.definition);
  if (values.hostile !== undefined) return spoiled(values.hostile);
  const seed = numberOf('seed', values.seed ?? `${Date.now() % 1_000_000}`);
  const seconds = numberOf('seconds', values.seconds);
  const names = values.only?.split(',') ?? Object.keys(STAGES);
  const unknown = names.find((name) => !Object.hasOwn(STAGES, name));
  if (unknown !== undefined)
    throw new Error(`--only: expected ${Object.keys(STAGES).join(', ')}, got ${unknown}; leave it out or correct it`);
  process.stderr.write(`fuzz: seed ${seed}, ${seconds} s: ${names.join(', ')}\n`);
  const outcomes = await runAll(names, { seed, seconds, all: values.all });
  const failures = outcomes.flatMap(([, { failures: found }]) => found);
  if (values.json) console.log(JSON.stringify({ seed, seconds, stages: Object.fromEntries(outcomes) }));
  else for (const line of summary(outcomes)) console.log(line);
  for (const failure of failures) report(failure, seed);
  return failures.length > 0 ? 1 : 0;
}

async function runAll(
  names: readonly string[],
  { seed, seconds, all }: { readonly seed: number; readonly seconds: number; readonly all: boolean },
): Promise<readonly (readonly [string, Outcome])[]> {
  const total = names.reduce((sum, name) => sum + (STAGES[name]?.share ?? 0), 0);
  const end = performance.now() + seconds * 1000;
  const outcomes: (readonly [string, Outcome])[] = [];
  let left = total;
  for (const name of names) {
    const { stage, share } = STAGES[name] ?? {};
    if (!stage || !share) continue;
    const folder = mkdtempSync(join(tmpdir(), `cvae-fuzz-${name}-`));
    const now = performance.now();
    try {
      const until = now + (Math.max(end - now, 0) * share) / left;
      const progress = (text: string): void =>
        told(`${name}: ${text}, ${Math.max(0, Math.round((end - performance.now()) / 1000))} s left`);
      progress('starting');
      outcomes.push([name, await stage().run({ seed, until, all, folder, progress, shrinking: SHRINKING })]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    left -= share;
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  return outcomes;
}

/** One line of counts, and what was left out. */
const summary = (outcomes: readonly (readonly [string, Outcome])[]): readonly string[] => {
  const counts = outcomes.flatMap(([, { counts: own }]) =>
    Object.entries(own).map(([name, n]) => `${n.toLocaleString('en')} ${name}`),
  );
  const failures = outcomes.reduce((sum, [, { failures: found }]) => sum + found.length, 0);
  const notes = outcomes.flatMap(([name, { notes: own }]) => own.map((note) => `${name}: ${note}`));
  return [
    ...notes,
    `fuzz: ${counts.join(', ')}; ${failures === 0 ? 'no failure' : `${failures} ${failures === 1 ? 'failure' : 'failures'}`}`,
  ];
};

const report = ({ stage, kind, message, at, text, file }: Failure, seed: number): void => {
  mkdirSync(OUT, { recursive: true });
  const path = join(OUT, file);
  writeFileSync(path, text);
  console.error(`\n${stage}: ${kind}, case ${at} of seed ${seed}\n  ${message}\n\n${path}:\n\n${text}`);
};

/** Tries one definition from a file. */
async function definition(path: string): Promise<number> {
  const { engines } = await enginesHere();
  const folder = mkdtempSync(join(tmpdir(), 'cvae-fuzz-'));
  try {
    const counts = await tryCase(
      caseOfText(readFileSync(path, 'utf8')),
      'definition',
      { folder, engines },
      await backends(),
    );
    console.log(
      `${path}: ${counts.files} files in ${counts.runs} runs, ${counts.steps} training steps: all as they should be`,
    );
    return 0;
  } catch (error) {
    const { kind, message } = wrongOf(error);
    console.error(`${path}: ${kind}\n  ${message}`);
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    for (const engine of engines) engine.close();
  }
}

/** Reads a spoiled file again, from a text that was found. */
async function spoiled(path: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'cvae-fuzz-'));
  try {
    const wrong = await again(readFileSync(path, 'utf8'), folder);
    console.log(`${path}: ${wrong ? `${wrong.kind}\n  ${wrong.message}` : 'all as it should be'}`);
    return wrong ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }),
);
