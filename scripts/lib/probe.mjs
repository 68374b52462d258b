// Determines whether TensorFlow's add-on works, in a child process: an incompatible add-on can crash its process.
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './run.mjs';

/** Finds the folder of @tensorflow/tfjs-node, resolved from the project in the working folder, else from this package. */
export function locate(from = process.cwd()) {
  for (const base of [pathToFileURL(join(from, 'package.json')), import.meta.url]) {
    try {
      return join(createRequire(base).resolve('@tensorflow/tfjs-node/package.json'), '..');
    } catch {
      // not installed there: continue with the next
    }
  }
  return undefined;
}

/** Reads a tfjs-node folder's package.json: its version, and the path where this version of Node looks for the add-on. */
export function describe(folder) {
  const { version, binary } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const napi = Math.max(...binary.napi_versions.filter((each) => each <= Number(process.versions.napi)));
  const place = binary.module_path.replace('{napi_build_version}', napi);
  return { version, napi, addon: join(place, `${binary.module_name}.node`) };
}

// A product and a convolution's gradient, whose values are known: shows that the add-on is present and computes.
const CHECK = `
  const util = require('util');
  Object.assign(util, { isNullOrUndefined: (x) => x === null || x === undefined, isArray: Array.isArray });
  const tf = require(process.argv[1]);
  const [product] = tf.matMul(tf.ones([2, 3]), tf.fill([3, 2], 2)).dataSync();
  const loss = (x, kernel) => tf.sum(tf.conv2d(x, kernel, 2, 'same'));
  const [, gradient] = tf.grads(loss)([tf.ones([1, 4, 4, 1]), tf.ones([3, 3, 1, 1])]);
  if (tf.getBackend() !== 'tensorflow') throw new Error('the backend is ' + tf.getBackend());
  if (product !== 6 || gradient.dataSync()[0] !== 4) throw new Error('it computes wrong numbers');
  process.stdout.write('<<' + tf.backend().binding.TF_Version + '>>');
`;

/** Loads and tests a tfjs-node folder in a child process: `{ ok, version, tensorflow }`, or `{ ok: false, problem, reason }`. */
export async function probe(folder) {
  if (folder === undefined) {
    return { ok: false, problem: 'not-installed', reason: '@tensorflow/tfjs-node is not installed' };
  }
  const { version, addon } = describe(folder);
  const fail = (problem, reason) => ({ ok: false, version, problem, reason });
  if (!existsSync(join(folder, addon))) {
    return fail('no-addon', `its add-on ${addon} is missing: the install script was skipped, or failed`);
  }
  const gone = missingLibrary(join(folder, 'deps', 'lib'));
  if (gone) return fail('no-library', `TensorFlow's library ${gone} is gone from where it was kept`);
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', NODE_OPTIONS: '' };
  const result = await run(process.execPath, ['-e', CHECK, folder], { env, timeout: 120_000 });
  const tensorflow = /<<(.+)>>/.exec(result.stdout)?.[1];
  if (result.code === 0 && tensorflow) return { ok: true, version, tensorflow };
  return fail('does-not-load', why(result));
}

/** Returns the first library in the folder that is a broken link. */
function missingLibrary(folder) {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder).find((name) => {
    const file = join(folder, name);
    return lstatSync(file).isSymbolicLink() && !existsSync(file);
  });
}

function why({ code, signal, stderr }) {
  if (signal === 'SIGILL') return 'this processor lacks instructions (AVX) that TensorFlow is compiled with';
  if (signal) return `it was ended by ${signal} while loading`;
  const error = stderr.split('\n').find((line) => /^\w*Error\b.*: /.test(line.trim()));
  return (
    error
      ?.trim()
      .replace(/^\w*Error: /, '')
      .slice(0, 300) ?? `it ended with code ${code}`
  );
}
