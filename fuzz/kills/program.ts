import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HOOK = new URL('../../test/kill/support/kill.mjs', import.meta.url).href;
/** The command line as users start it. */
export const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

/** What became of a program. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

/** A program that takes longer than this hangs, in milliseconds. */
const PATIENCE = 180_000;

/** Runs a program of Node; with `at` it is killed just before its step of that number, if it has that many. */
export const run = (words: readonly string[], under: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  new Promise((done, fail) => {
    const hooked = { ...process.env, ORT_DISABLE_TELEMETRY: '1', KILL_UNDER: under, ...env };
    const child = spawn(process.execPath, ['--import', HOOK, ...words], {
      env: hooked,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error(`${words.join(' ')}: not over after ${PATIENCE / 1000} s`));
    }, PATIENCE);
    child.on('error', fail);
    child.on('close', (status, signal) => {
      clearTimeout(late);
      done({ status, signal, said });
    });
  });

export const killed = (words: readonly string[], under: string, at: number): Promise<Ended> =>
  run(words, under, { KILL_AT: `${at}` });

/** The steps that a program takes, in order, when it is left alone: `rename a b`. @throws where it fails */
export const stepsOf = async (words: readonly string[], under: string): Promise<readonly string[]> => {
  const log = `${under}.steps`;
  rmSync(log, { force: true });
  const { status, said } = await run(words, under, { KILL_LOG: log });
  if (status !== 0) throw new Error(`${words.join(' ')}: exit ${status}: ${said}`);
  return readFileSync(log, 'utf8').trimEnd().split('\n');
};
