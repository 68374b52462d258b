import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Programs of JavaScript that npm carries, installed in a folder: those that run on this machine. */
export const runtimesIn = (folder: string) => {
  const run = (command: string, ...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', timeout: 120_000 });
    return { status, out: (stdout ?? '').trim(), said: `${stdout}${stderr}`.trim() };
  };
  // Node's package links its binary in an install script, which does not run with this repository's settings, which tests inherit.
  const npm = (name: string): boolean =>
    run('npm', 'install', name, '--ignore-scripts=false', '--no-audit', '--no-fund', '--loglevel=error').status === 0;

  /** A program of a package, at one of these places in it, which depend on the system. */
  const program = (name: string, ...paths: readonly string[]): string | undefined =>
    npm(name)
      ? paths
          .map((path) => join(folder, 'node_modules', path))
          .find((path) => existsSync(path) && run(path, '--version').status === 0)
      : undefined;

  return {
    run,
    npm,
    node: (major: number) => program(`node-${major}@npm:node@${major}`, `node-${major}/bin/node`),
    bun: () => program('bun', '@oven/bun-linux-x64/bin/bun', '@oven/bun-darwin-aarch64/bin/bun', 'bun/bin/bun.exe'),
    deno: () => program('deno', '@deno/linux-x64-glibc/deno', '@deno/darwin-arm64/deno', '@deno/win32-x64/deno.exe'),
  };
};
