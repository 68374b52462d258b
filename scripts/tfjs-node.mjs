#!/usr/bin/env node
// Makes @tensorflow/tfjs-node work if its own install script was skipped or cannot download: gets TensorFlow's library from PyPI,
// compiles the add-on, tests it, and only then moves it into node_modules. Downloads and builds are kept in a cache outside
// node_modules, so that this happens once per machine.
import { existsSync, mkdirSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addonFile, buildAddon, findCompiler } from './lib/addon.mjs';
import { cacheFolder } from './lib/cache.mjs';
import { APT, findPip, getLibrary, holdsLibrary, libraryFolder } from './lib/libtensorflow.mjs';
import { place } from './lib/place.mjs';
import { describe, locate, probe } from './lib/probe.mjs';
import { Trouble } from './lib/run.mjs';
import { interrupted, withScratch } from './lib/scratch.mjs';

const HELP = `usage: node tfjs-node.mjs [--check] [--quiet] [--json]

Makes @tensorflow/tfjs-node's add-on work in this project, if it does not already.

  --check   only say whether it works; change nothing
  --quiet   say nothing where there is nothing to do
  --json    print the result as JSON on standard output

CVAE_CACHE            the folder in which the library and the add-on are kept
CVAE_TFJS_WHEEL       a wheel of tensorflow-cpu that is here already, instead of a download
CVAE_SKIP_TFJS_NODE   do nothing, and leave training to TensorFlow.js in plain JavaScript
`;

const OWN_INSTALLER = 'npm rebuild @tensorflow/tfjs-node --ignore-scripts=false';

/** Returns the command that runs this script, as it would be typed here. */
function self() {
  const script = relative(process.cwd(), fileURLToPath(import.meta.url));
  return script.includes('node_modules') ? 'npx cvae-compile doctor --fix' : `node ${script}`;
}

/** Returns why the add-on cannot be built on this machine, and the alternative; or undefined. */
function unsuited({ platform, arch, report } = process) {
  if (platform !== 'linux' || arch !== 'x64') {
    return {
      reason: `this script knows Linux x64 only, not ${platform} ${arch}`,
      remedy: `its own installer remains: ${OWN_INSTALLER}`,
    };
  }
  report.excludeNetwork = true;
  if (report.getReport().header.glibcVersionRuntime) return undefined;
  const reason = 'TensorFlow is compiled for glibc, and this system has another C library';
  return { reason, remedy: 'train on one with glibc, such as Debian, or in plain JavaScript' };
}

/** Returns the remedy for a tfjs-node that `probe` found deficient. */
function remedy({ problem }) {
  if (problem === 'not-installed') return 'npm install --ignore-scripts @tensorflow/tfjs-node';
  return unsuited()?.remedy ?? self();
}

/** Repairs the tfjs-node in `folder` and returns `probe`'s result; throws Trouble, leaving it unchanged. */
async function fix(folder, { say, terminal }) {
  const obstacle = unsuited();
  if (obstacle) throw new Trouble(obstacle.reason, obstacle.remedy);
  const cache = cacheFolder();
  const about = describe(folder);
  const library = libraryFolder(cache);
  const addon = addonFile(cache, about);
  const kept = existsSync(addon);
  const missing = [
    ...(holdsLibrary(library) || process.env.CVAE_TFJS_WHEEL || (await findPip()) ? [] : ['pip']),
    ...(kept || findCompiler() ? [] : ['a C++ compiler']),
  ];
  if (missing.length > 0) throw new Trouble(`it takes ${missing.join(' and ')}, and this machine has none`, APT);
  mkdirSync(cache, { recursive: true });
  return withScratch(cache, 'tmp-', async (temporary) => {
    if (!holdsLibrary(library)) await getLibrary(cache, temporary, { say, terminal });
    if (kept) {
      say(`taking the add-on from ${cache}`);
      const result = await place(folder, { addon, library });
      if (result.ok) return result;
      say(`the add-on that was kept does not work here (${result.reason}): making it anew`);
    }
    say('compiling the add-on');
    await buildAddon(cache, temporary, { folder, library, ...about });
    const result = await place(folder, { addon, library });
    if (result.ok) return result;
    throw new Trouble(
      `the add-on was made, and does not work: ${result.reason}`,
      `delete ${library} and run again, with another compiler in CXX`,
    );
  });
}

function options() {
  const flag = { type: 'boolean' };
  try {
    return parseArgs({ options: { check: flag, quiet: flag, json: flag, help: flag } }).values;
  } catch (error) {
    process.stderr.write(`tfjs-node: ${error.message}\n\n${HELP}`);
    process.exit(2);
  }
}

async function main() {
  const values = options();
  if (values.help) return void process.stdout.write(HELP);
  const say = (text) => process.stderr.write(`tfjs-node: ${text}\n`);
  const terminal = !values.quiet && process.stderr.isTTY === true;
  const skip = !['', '0', undefined].includes(process.env.CVAE_SKIP_TFJS_NODE);
  if (skip && !values.check) return void say('left as it is, as CVAE_SKIP_TFJS_NODE asks');

  const folder = locate();
  let result = await probe(folder);
  const fine = result.ok;
  if (!fine && !values.check && folder) {
    say(result.reason);
    const start = performance.now();
    try {
      result = await fix(folder, { say, terminal });
      say(`done in ${Math.round((performance.now() - start) / 1000)} s`);
    } catch (error) {
      result = { ...result, reason: oneLine(error), remedy: error.remedy ?? 'see to it and run again' };
    }
  }
  if (!result.ok) result = { fixable: folder !== undefined && !unsuited(), remedy: remedy(result), ...result };
  if (values.json) process.stdout.write(`${JSON.stringify({ ...result, folder: folder && resolve(folder) })}\n`);
  if (result.ok && !(fine && values.quiet))
    say(`@tensorflow/tfjs-node ${result.version} works, with TensorFlow ${result.tensorflow}`);
  if (!result.ok) say(`not available: ${result.reason}; ${result.remedy}`);
  process.exitCode = result.ok ? 0 : 1;
}

/** Returns why something failed, in one line: refusals of the file system in words, other messages unchanged. */
function oneLine({ code, path, message }) {
  if (code === 'ENOSPC') return 'the disk is full';
  if (path && ['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR'].includes(code))
    return `${path} cannot be written (${code})`;
  return message.split('\n')[0];
}

process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
await main();
