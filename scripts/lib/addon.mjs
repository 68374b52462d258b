// The add-on between Node and TensorFlow's library: two C++ sources of @tensorflow/tfjs-node, compiled against Node-API's headers
// alone. It needs neither node-gyp nor Node's own headers, and one build serves Node 20 and later.
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { APT, WHEEL } from './libtensorflow.mjs';
import { Trouble, complaint, run, which } from './run.mjs';

/** Returns the add-on's file in the cache, for a version of tfjs-node and of Node-API. */
export const addonFile = (cache, { version, napi }) =>
  join(cache, `tfjs-node-${version}-tf${WHEEL.version}-linux-x64-napi${napi}`, 'tfjs_binding.node');

/** Returns the C++ compiler of this machine, or undefined. */
export const findCompiler = () => (process.env.CXX ? which(process.env.CXX) : which('g++', 'c++', 'clang++'));

/** Compiles the add-on of a tfjs-node folder against a library's folder, into the cache, through `temporary`. */
export async function buildAddon(cache, temporary, { folder, library, version, napi }) {
  const compiler = findCompiler();
  if (!compiler) throw new Trouble('a C++ compiler is not on the path', APT);
  const built = join(temporary, 'tfjs_binding.node');
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(folder, 'binding', name));
  const includes = [nodeApiHeaders(), join(library, 'include')].flatMap((path) => ['-I', path]);
  const libraries = ['-L', library, ...Object.keys(WHEEL.libraries).map((name) => `-l:${name}`)];
  const flags = ['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${napi}`];
  const beside = '-Wl,-rpath,$ORIGIN/../../deps/lib';
  const result = await run(compiler, [...flags, ...includes, ...sources, '-o', built, ...libraries, beside]);
  if (result.code !== 0 || !existsSync(built)) {
    throw new Trouble(
      `the add-on does not compile with ${compiler}: ${complaint(result)}`,
      'set CXX to another compiler and run again',
    );
  }
  const file = addonFile(cache, { version, napi });
  mkdirSync(join(file, '..'), { recursive: true });
  renameSync(built, file);
  return file;
}

function nodeApiHeaders() {
  try {
    return createRequire(import.meta.url)('node-api-headers').include_dir;
  } catch {
    throw new Trouble('the package node-api-headers is not installed', 'npm install');
  }
}
