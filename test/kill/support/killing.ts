import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HOOK = new URL('kill.mjs', import.meta.url).href;
/** The program as users start it, built into dist/. */
export const BIN = fileURLToPath(new URL('../../../dist/cli/bin.js', import.meta.url));

/** A program that a test kills: what Node is given, and the folder of whose steps one is its last. */
export interface Killed {
  readonly words: readonly string[];
  readonly under: string;
}

/** Runs a program to its end and gives its steps, in order: `rename a b`. @throws where it fails. */
export const stepsOf = ({ words, under }: Killed): readonly string[] => {
  const log = `${under}.steps`;
  rmSync(log, { force: true });
  const { status, stderr } = run(words, { KILL_UNDER: under, KILL_LOG: log });
  if (status !== 0) throw new Error(stderr);
  return readFileSync(log, 'utf8').trimEnd().split('\n');
};

/** Runs a program and kills it just before one of its steps, counted from 1. */
export const killAt = ({ words, under }: Killed, step: number): void => {
  const { signal, status, stderr } = run(words, { KILL_UNDER: under, KILL_AT: `${step}` });
  if (signal !== 'SIGKILL') throw new Error(`it was not killed at step ${step}, but ended with ${status}: ${stderr}`);
};

const run = (words: readonly string[], env: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, ['--import', HOOK, ...words], { encoding: 'utf8', env: { ...process.env, ...env } });
