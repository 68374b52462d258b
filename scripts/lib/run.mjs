// Child processes whose output is kept, so that a failure can be reported in one line.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** An obstacle, with its remedy. Any other error is a defect. */
export class Trouble extends Error {
  constructor(problem, remedy) {
    super(problem);
    this.remedy = remedy;
  }
}

/**
 * Runs a program to its end and returns `{ code, signal, stdout, stderr }`. `show` passes its output to standard error instead of
 * keeping it; `watch` is called every `every` milliseconds meanwhile.
 */
export function run(program, args, { env = process.env, cwd, timeout, show = false, watch, every = 5000 } = {}) {
  return new Promise((done, fail) => {
    const stdio = show ? ['ignore', 2, 2] : ['ignore', 'pipe', 'pipe'];
    const child = spawn(program, args, { cwd, env, stdio, timeout });
    const timer = watch && setInterval(watch, every);
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (stderr += text));
    const settle = (end) => {
      clearInterval(timer);
      end();
    };
    child.on('error', (error) => settle(() => fail(error)));
    child.on('close', (code, signal) => settle(() => done({ code, signal, stdout, stderr })));
  });
}

/** Returns the first of these programs that is on the path; one that is given with its folder need not be. */
export function which(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const files = names.flatMap((name) => (name.includes('/') ? [name] : folders.map((folder) => join(folder, name))));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Returns the line of a program's output that says what went wrong: the last one that mentions an error, or the last one. */
export function complaint({ stderr, stdout, code, signal }) {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line !== '');
  const error = said.findLast((line) => /\berror\b/i.test(line)) ?? said.at(-1);
  return (error ?? (signal ? `it was ended by ${signal}` : `it ended with code ${code}`))
    .replace(/^error: /i, '')
    .slice(0, 300);
}
