import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { cacheFolder } from '../src/files/cache.ts';
import { bareProject, filledCache, folder, listing, fix, SCRIPT, tfjsNodeOf, worksHere } from './setup/tfjs-project.ts';
import { IS_LONG } from './support/chosen.ts';

// The script makes the add-on for Linux x64 with glibc; elsewhere it says so, and the fallback trains.
const works = worksHere();

/** A PATH with nothing but these programs of this machine. */
const pathWith = (programs: Readonly<Record<string, string>>): string => {
  const bin = folder();
  for (const [name, file] of Object.entries(programs)) symlinkSync(file, join(bin, name));
  return bin;
};

/** Runs the script where it must fail, and gives its last line; whatever it did, the project is as it was. */
const refusal = (project: string, env: NodeJS.ProcessEnv): string => {
  const before = listing(project);
  const { code, stdout, stderr } = fix(project, [], env);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(listing(project)).toEqual(before);
  return stderr.trimEnd().split('\n').at(-1) ?? '';
};

describe('where there is something to fix', () => {
  it('says what is missing and changes nothing with --check', () => {
    const project = bareProject();
    const before = listing(project);
    const { code, stdout } = fix(project, ['--check', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      version: '4.22.0',
      problem: 'no-addon',
      reason: expect.stringContaining('tfjs_binding.node is missing'),
      fixable: process.platform === 'linux' && process.arch === 'x64',
      remedy: expect.stringMatching(/tfjs-node/),
    });
    expect(listing(project)).toEqual(before);
  });

  it('fixes it from what the cache holds, without tools, and is then done', () => {
    const project = bareProject();
    if (!works) return expect(refusal(project, { PATH: '', CVAE_CACHE: folder() })).toMatch(/not available: .+; .+/);
    const cache = filledCache();
    const first = fix(project, ['--json'], { PATH: '', CVAE_CACHE: cache });
    expect(first.stderr).toMatch(/taking the add-on from .*\n.*done in \d+ s\n.* works, with TensorFlow 2\.15\.1/);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ ok: true, version: '4.22.0', tensorflow: '2.15.1' });
    expect(readdirSync(cache).filter((name) => name.startsWith('tmp-'))).toEqual([]);
    expect(fix(project, ['--quiet'], { CVAE_CACHE: cache })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it.runIf(IS_LONG)('notices a library that is gone with its cache, and fixes that too', () => {
    const project = bareProject();
    if (!works) return expect(fix(project, ['--check']).code).toBe(1);
    const library = join(tfjsNodeOf(project), 'deps', 'lib');
    const cache = filledCache();
    expect(fix(project, [], { CVAE_CACHE: cache }).code).toBe(0);
    for (const name of readdirSync(library)) {
      rmSync(join(library, name));
      symlinkSync(join(folder(), 'deleted', name), join(library, name));
    }
    const found = fix(project, ['--check', '--json']);
    expect(JSON.parse(found.stdout)).toMatchObject({ ok: false, problem: 'no-library' });
    expect(fix(project, [], { CVAE_CACHE: cache }).code).toBe(0);
    expect(fix(project, ['--check']).code).toBe(0);
  });

  it.runIf(IS_LONG)('replaces an add-on that does not load, or leaves it as it is', () => {
    const project = bareProject();
    const addon = join(tfjsNodeOf(project), 'lib', 'napi-v8');
    mkdirSync(addon, { recursive: true });
    writeFileSync(join(addon, 'tfjs_binding.node'), 'not an add-on');
    const { stdout } = fix(project, ['--check', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ problem: 'does-not-load', reason: expect.stringMatching(/\w/) });
    if (!works) return expect(refusal(project, { PATH: '', CVAE_CACHE: folder() })).toContain('not available');
    const cache = filledCache();
    const kept = join(cache, 'tfjs-node-4.22.0-tf2.15.1-linux-x64-napi8', 'tfjs_binding.node');
    writeFileSync(kept, 'not one either');
    // The add-on that is kept does not load, and there is no compiler to make another: nothing changes.
    expect(refusal(project, { PATH: '', CVAE_CACHE: cache })).toContain('a C++ compiler is not on the path');
    cpSync(join(filledCache(), 'tfjs-node-4.22.0-tf2.15.1-linux-x64-napi8', 'tfjs_binding.node'), kept);
    expect(fix(project, [], { PATH: '', CVAE_CACHE: cache }).code).toBe(0);
  });
});

describe('where it cannot be fixed, one line says why and what to do, and nothing changes', () => {
  const bare = bareProject(folder(afterAll));
  const linux = process.platform === 'linux' && process.arch === 'x64';
  const elsewhere = /not available: .*(Linux x64|glibc)/;
  const line = (words: RegExp): RegExp => (linux ? words : elsewhere);

  it('no pip and no compiler', () => {
    expect(refusal(bare, { PATH: pathWith({ node: process.execPath }), CVAE_CACHE: folder() })).toMatch(
      line(/it takes pip and a C\+\+ compiler, and this machine has none; .*apt-get install/),
    );
  });

  it('a wheel that is another file', () => {
    const cache = folder();
    const wheel = join(cache, 'some.whl');
    writeFileSync(wheel, 'not a wheel');
    const env = { CVAE_CACHE: cache, CVAE_TFJS_WHEEL: wheel, CXX: process.execPath, PATH: '' };
    expect(refusal(bare, env)).toMatch(
      line(/some\.whl is not tensorflow-cpu 2\.15\.1: its sha256 is [0-9a-f]{12}…, not 54660c074d72…; run again/),
    );
    expect(readdirSync(cache)).toEqual(['some.whl']);
  });

  it.runIf(IS_LONG)('an index that has no such wheel, or none that can be reached', () => {
    const cache = folder();
    const bin = pathWith({ 'g++': process.execPath });
    const env = { PATH: `${bin}:${process.env['PATH']}`, PIP_NO_INDEX: '1', PIP_FIND_LINKS: bin, CVAE_CACHE: cache };
    expect(refusal(bare, env)).toMatch(
      line(
        /pip could not fetch tensorflow-cpu 2\.15\.1: No matching distribution.*; .* or set CVAE_TFJS_WHEEL|takes pip/,
      ),
    );
    expect(readdirSync(cache)).toEqual([]);
  });

  it('sources that do not compile', () => {
    if (!works) return expect(fix(bare, ['--check']).code).toBe(1);
    const cache = filledCache();
    rmSync(join(cache, 'tfjs-node-4.22.0-tf2.15.1-linux-x64-napi8'), { recursive: true });
    // Node is no compiler: it refuses the first option.
    expect(refusal(bare, { CVAE_CACHE: cache, CXX: 'node' })).toMatch(/the add-on does not compile with .*node/);
    expect(readdirSync(cache)).toEqual(['libtensorflow-2.15.1-linux-x64']);
  });

  it('a cache that cannot be written', () => {
    const file = join(folder(), 'a-file');
    writeFileSync(file, '');
    const env = { CVAE_CACHE: file, CVAE_TFJS_WHEEL: file, PATH: pathWith({ 'g++': process.execPath }) };
    expect(refusal(bare, env)).toMatch(line(/a-file cannot be written/));
  });

  it('a disk without room', async () => {
    const { shortage } = await import(pathToFileURL(join(SCRIPT, '..', 'lib', 'libtensorflow.mjs')).href);
    expect(shortage(100e6)).toBe("100 MB free, and TensorFlow's library takes 842 MB while it is unpacked");
    expect(shortage(1e9)).toBeUndefined();
  });
});

it('says how to install tfjs-node if it is not installed', () => {
  const project = folder();
  cpSync(join(SCRIPT, '..'), join(project, 'scripts'), { recursive: true });
  const { code, stderr } = fix(project, [], {}, join(project, 'scripts', 'tfjs-node.mjs'));
  expect(code).toBe(1);
  expect(stderr).toBe(
    'tfjs-node: not available: @tensorflow/tfjs-node is not installed; npm install --ignore-scripts @tensorflow/tfjs-node\n',
  );
});

it('does nothing where CVAE_SKIP_TFJS_NODE asks for that', () => {
  const project = folder();
  const { code, stderr } = fix(project, [], { CVAE_SKIP_TFJS_NODE: '1', CVAE_CACHE: join(project, 'cache') });
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'tfjs-node: left as it is, as CVAE_SKIP_TFJS_NODE asks\n' });
  expect(existsSync(join(project, 'cache'))).toBe(false);
});

it('reports wrong usage', () => {
  const { code, stderr } = fix(folder(), ['--frobnicate']);
  expect(code).toBe(2);
  expect(stderr).toContain('usage:');
});

it('uses the same cache folder as the package itself', async () => {
  const script = await import(pathToFileURL(join(SCRIPT, '..', 'lib', 'cache.mjs')).href);
  // The environment may also determine where the platform keeps caches.
  const { CVAE_CACHE: _, ...platform } = process.env;
  const envs = [platform, { ...platform, CVAE_CACHE: 'some/folder' }, { ...platform, CVAE_CACHE: '' }];
  for (const env of envs) expect(script.cacheFolder(env)).toBe(cacheFolder(env));
});
