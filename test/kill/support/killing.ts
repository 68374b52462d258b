import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chosen } from '../../support/chosen.ts';

const HOOK = new URL('kill.mjs', import.meta.url).href;
/** The program as users start it, built into dist/. */
export const BIN = fileURLToPath(new URL('../../../dist/cli/bin.js', import.meta.url));

/** A program that a test kills: what Node is given, and the folder of whose steps one is its last. */
export interface Killed {
  readonly words: readonly string[];
  readonly under: string;
}

/** A step before which a program may die. */
export interface KillPoint {
  /** `rename a b` */
  readonly step: string;
  /** Leaves the folder as the program leaves it when it dies just before this step. */
  readonly kill: () => void;
}

/**
 * The deaths that a program can die, one before each of its steps, in order. It runs to its end once, and what is in its folder before
 * each step is kept, which is what a kill there leaves; at some of the steps that are `wanted`, chosen by CVAE_SEED, and at all of them
 * among the long tests, it is really killed. `prepare` sets the folder up before the program starts.
 *
 * @throws if it does not succeed or, with `fails`, if it does not fail with this text
 */
export const killPointsOf = (
  prepare: () => Killed,
  { fails, wanted = () => true }: { readonly fails?: string; readonly wanted?: (step: string) => boolean } = {},
): readonly KillPoint[] => {
  const { words, under } = prepare();
  const [log, states] = [`${under}.steps`, `${under}.states`];
  for (const path of [log, states]) rmSync(path, { recursive: true, force: true });
  const ended = run(words, { KILL_UNDER: under, KILL_LOG: log, KILL_STATES: states });
  const isWell = fails === undefined ? ended.status === 0 : ended.status !== 0 && ended.stderr.includes(fails);
  if (!isWell) throw new Error(`it ended with ${ended.status}: ${ended.stderr}`);
  const steps = readFileSync(log, 'utf8').trimEnd().split('\n');
  const some = steps.flatMap((step, i) => (wanted(step) ? [i] : []));
  const killed = new Set(chosen(`kills of ${words.at(-1)?.split('/').at(-1)}`, some, KILLS));
  return steps.map((step, i) => ({
    step,
    kill: () => {
      if (killed.has(i)) return killAt(prepare(), i + 1);
      const state = join(states, `${i + 1}`);
      rmSync(under, { recursive: true, force: true });
      if (existsSync(state)) cpSync(state, under, { recursive: true, verbatimSymlinks: true });
    },
  }));
};

/** How many of a program's deaths are kills, where time is short. */
const KILLS = 1;

/** Runs a program and kills it just before one of its steps, counted from 1. */
const killAt = ({ words, under }: Killed, step: number): void => {
  const { signal, status, stderr } = run(words, { KILL_UNDER: under, KILL_AT: `${step}` });
  if (signal !== 'SIGKILL') throw new Error(`it was not killed at step ${step}, but ended with ${status}: ${stderr}`);
};

const run = (words: readonly string[], env: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, ['--import', HOOK, ...words], { encoding: 'utf8', env: { ...process.env, ...env } });
