import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cacheFolder } from '../../files/cache.ts';
import { isFolderSync } from '../../files/exists.ts';
import { anyPackage, ownPackage } from '../../formats/npm.ts';
import { attempt, readText } from '../../formats/read.ts';
import type { TypeOf } from '../../formats/schema.ts';
import { tfjsNode, type TfjsNode } from '../../formats/tfjs-node.ts';
import { withoutTelemetry } from '../../onnxruntime.ts';
import { ATTEMPTS, type Attempt } from './package-trials.ts';

/** The state of a package: its version if it works, or why not. */
export type Found =
  | { readonly ok: true; readonly version: string; readonly note?: string }
  | { readonly ok: false; readonly version?: string; readonly reason: string };

/** The facts that `doctor` judges: this machine and what is installed on it, without a judgement. */
export interface Facts {
  readonly version: string;
  readonly node: { readonly version: string; readonly range: string };
  readonly machine: {
    readonly platform: string;
    readonly arch: string;
    readonly libc?: 'glibc' | 'musl';
    readonly cores: number;
  };
  readonly tfjsNode: TfjsNode;
  readonly tfjsCpu: Found;
  readonly ortNode: Found;
  readonly ortWeb: Found;
  readonly cache: { readonly folder: string; readonly writable: boolean; readonly bytes: number };
  readonly data: { readonly embedded: boolean; readonly folder?: string; readonly exists?: boolean };
}

/** The script that builds tfjs-node's add-on, as published with this package. */
export const SCRIPT = fileURLToPath(new URL('../../../scripts/tfjs-node.mjs', import.meta.url));

/** Gathers the facts. Native add-ons are tried in separate processes, as an incompatible one can crash its process. */
export async function gather(): Promise<Facts> {
  const { version, engines } = manifest();
  const [tfjsNode, tfjsCpu, ortNode, ortWeb] = await Promise.all([
    checkTfjsNode(),
    tried('@tensorflow/tfjs-backend-cpu', ATTEMPTS.tfjsCpu),
    tried('onnxruntime-node', ATTEMPTS.ortNode),
    tried('onnxruntime-web', ATTEMPTS.ortWeb),
  ]);
  const cache = cacheFolder();
  const data = process.env['CVAE_DATA'];
  return {
    version,
    node: { version: process.versions.node, range: engines.node },
    machine: { platform: process.platform, arch: process.arch, ...libc(), cores: availableParallelism() },
    tfjsNode,
    tfjsCpu,
    ortNode,
    ortWeb,
    cache: { folder: cache, writable: writable(cache), bytes: bytesIn(cache) },
    data: {
      embedded: existsSync(new URL('../../../assets/digits/README.md', import.meta.url)),
      ...(data ? { folder: resolve(data), exists: isFolderSync(data) } : {}),
    },
  };
}

function manifest(): TypeOf<typeof ownPackage> {
  const path = fileURLToPath(new URL('../../../package.json', import.meta.url));
  const wanted = { where: path, what: 'the package.json of cvae-compile', remedy: 'install cvae-compile again' };
  return readText(ownPackage, readFileSync(path, 'utf8'), wanted);
}

async function checkTfjsNode(): Promise<TfjsNode> {
  const { stdout, stderr } = await run([SCRIPT, '--check', '--json']);
  const failed = {
    ok: false,
    reason: lastLine(stderr),
    remedy: 'install cvae-compile again',
    fixable: false,
  } as const;
  return attempt(tfjsNode, stdout) ?? failed;
}

/** Loads a package in a separate process, and computes something whose result is known. */
async function tried(name: string, { code, input }: Attempt): Promise<Found> {
  const file = locate(name);
  if (file === undefined) return { ok: false, reason: 'it is not installed' };
  const version = versionOf(file);
  const { status, signal, stdout, stderr } = await run(['-e', code, file, ...input()]);
  const said = /<<(.*)>>/.exec(stdout)?.[1];
  if (status === 0 && said !== undefined) return { ok: true, version, ...(said === '' ? {} : { note: said }) };
  const reason = signal ? `it was ended by ${signal} while loading` : lastLine(stderr);
  return { ok: false, version, reason };
}

function locate(name: string): string | undefined {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json'))]) {
    try {
      return createRequire(from).resolve(name);
    } catch {
      // not installed there: continue with the next
    }
  }
  return undefined;
}

/** Returns the version of the package that a file belongs to: from the nearest package.json above it that has one. */
function versionOf(file: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    const { version } = (existsSync(path) && attempt(anyPackage, readFileSync(path, 'utf8'))) || {};
    if (version !== undefined) return version;
  }
  return '?';
}

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[]): Promise<Ended> {
  return new Promise((done, fail) => {
    const env = withoutTelemetry(process.env);
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000, env });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', fail);
    child.on('close', (status, signal) => done({ status, signal, stdout, stderr }));
  });
}

const lastLine = (text: string): string => {
  const lines = text.split('\n').map((line) => line.trim());
  const error = lines.find((line) => /^\w*Error\b.*: /.test(line)) ?? lines.findLast((line) => line !== '');
  return (error ?? 'it did not say why').replace(/^\w*Error: /, '').slice(0, 200);
};

/** Returns the C library: Linux has two, and binaries for one do not load under the other. */
function libc(): { libc?: 'glibc' | 'musl' } {
  if (process.platform !== 'linux' || process.report === undefined) return {};
  // Without this, the report resolves host names. (Not in the types of Node 20.)
  Object.assign(process.report, { excludeNetwork: true });
  // Typed as an object; Node documents `header`, which has the version of glibc if it runs on that.
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return { libc: header?.glibcVersionRuntime === undefined ? 'musl' : 'glibc' };
}

/** Whether a folder can be written, or created if it does not exist yet. */
function writable(folder: string): boolean {
  if (!existsSync(folder)) return folder !== dirname(folder) && writable(dirname(folder));
  try {
    accessSync(folder, constants.W_OK);
    return isFolderSync(folder);
  } catch {
    return false;
  }
}

const bytesIn = (folder: string): number =>
  (isFolderSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false }))
    .reduce((sum, entry) => sum + (entry?.isFile() ? entry.size : 0), 0);
