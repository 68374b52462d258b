import { Writable } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { atLeast, diagnose } from '../src/cli/doctor/diagnose.ts';
import { doctor, type DoctorOptions } from '../src/cli/doctor/doctor.ts';
import type { Facts } from '../src/cli/doctor/machine-facts.ts';
import { bareProject, filledCache, folder, worksHere } from './setup/tfjs-project.ts';
import { IS_LONG } from './support/chosen.ts';

const works = worksHere();

/** A machine that has everything. */
const facts: Facts = {
  version: '0.1.0',
  node: { version: '20.20.2', range: '>=20.18' },
  machine: { platform: 'linux', arch: 'x64', libc: 'glibc', cores: 2 },
  tfjsNode: { ok: true, version: '4.22.0', tensorflow: '2.15.1' },
  tfjsCpu: { ok: true, version: '4.22.0' },
  ortNode: { ok: true, version: '1.30.0' },
  ortWeb: { ok: true, version: '1.30.0', note: 'somewhere/dist' },
  cache: { folder: 'cache', writable: true, bytes: 614e6 },
  data: { embedded: true },
};
const absent = { ok: false, reason: 'it is not installed' } as const;
const noAddon = { ok: false, reason: 'its add-on is missing', remedy: 'its own installer', fixable: true } as const;

/** The one check of this name that a machine gets. */
const check = (name: string, changes: Partial<Facts>) =>
  diagnose({ ...facts, ...changes }).checks.find((each) => each.name === name);

describe('a diagnosis', () => {
  it('of a machine that has everything', () => {
    const { ok, training, serving, checks } = diagnose(facts);
    expect({ ok, training, serving }).toEqual({ ok: true, training: 'tfjs-node', serving: 'onnxruntime-node' });
    expect(checks.map(({ name }) => name)).toEqual([
      'node',
      'tfjs-node',
      'tfjs-cpu',
      'onnxruntime-node',
      'onnxruntime-web',
      'cache',
      'data',
    ]);
    expect(checks.filter((each) => !each.ok || each.fix !== undefined)).toEqual([]);
  });

  it('continues in onnxruntime without tfjs-node, with the command that fixes it, and in plain JavaScript without both', () => {
    expect(diagnose({ ...facts, tfjsNode: noAddon })).toMatchObject({ ok: true, training: 'onnxruntime-node' });
    const ortNode = { ok: false, version: '1.30.0', reason: 'Cannot find module' } as const;
    expect(diagnose({ ...facts, tfjsNode: noAddon, ortNode })).toMatchObject({ ok: true, training: 'tfjs-cpu' });
    expect(check('tfjs-node', { tfjsNode: noAddon })).toEqual({
      name: 'tfjs-node',
      ok: false,
      detail: 'its add-on is missing',
      fix: 'npx cvae-compile doctor --fix',
      optional: true,
    });
    expect(check('tfjs-node', { tfjsNode: noAddon, ortNode })).not.toHaveProperty('optional');
    expect(check('tfjs-node', { tfjsNode: { ...noAddon, fixable: false } })?.fix).toBe('its own installer');
  });

  it('serves with onnxruntime-web where onnxruntime-node has no binary', () => {
    const ortNode = { ok: false, version: '1.30.0', reason: 'Cannot find module' } as const;
    const mac = { platform: 'darwin', arch: 'x64', cores: 4 };
    expect(diagnose({ ...facts, ortNode, machine: mac })).toMatchObject({ ok: true, serving: 'onnxruntime-web' });
    expect(check('onnxruntime-node', { ortNode, machine: mac })).toEqual({
      name: 'onnxruntime-node',
      ok: false,
      detail: 'it has no binary for darwin x64; onnxruntime-web serves here',
    });
    const alpine = { ...facts.machine, libc: 'musl' } as const;
    expect(check('onnxruntime-node', { ortNode, machine: alpine, ortWeb: absent })).toMatchObject({
      detail: 'it has no binary for linux x64 with musl; onnxruntime-web serves here',
      fix: 'npm install onnxruntime-web',
    });
    expect(check('onnxruntime-node', { ortNode })).toMatchObject({
      detail: 'Cannot find module',
      fix: 'npm install --ignore-scripts onnxruntime-node',
    });
  });

  it('does not need onnxruntime-web where onnxruntime-node serves', () => {
    expect(check('onnxruntime-web', { ortWeb: absent })).toMatchObject({ ok: false, optional: true });
    expect(check('onnxruntime-web', { ortWeb: absent, ortNode: absent })?.optional).toBeUndefined();
  });

  it.each([
    ['nothing trains', { tfjsNode: noAddon, ortNode: absent, tfjsCpu: absent }],
    ['nothing serves', { ortNode: absent, ortWeb: absent }],
    ['Node is too old', { node: { version: '20.17.9', range: '>=20.18' } }],
  ])('is not well where %s', (_, changes: Partial<Facts>) => {
    expect(diagnose({ ...facts, ...changes }).ok).toBe(false);
  });

  it('reports folders that cannot be used, which are not essential', () => {
    const cache = { folder: '/cache', writable: false, bytes: 0 };
    expect(check('cache', { cache })).toMatchObject({ ok: false, detail: '/cache cannot be written' });
    const data = { embedded: true, folder: '/data', exists: false };
    expect(check('data', { data })).toMatchObject({ ok: false, fix: 'correct or unset CVAE_DATA' });
    expect(check('data', { data: { ...data, exists: true } })?.ok).toBe(true);
    expect(diagnose({ ...facts, cache, data }).ok).toBe(true);
  });

  it.each([
    ['20.18.0', true],
    ['20.17.9', false],
    ['20.100.0', true],
    ['22.0.0', true],
    ['18.99.1', false],
  ])('takes Node %s for one of >=20.18: %s', (version, expected) => {
    expect(atLeast(version, '>=20.18')).toBe(expected);
  });
});

/** Runs `doctor` as the command line would, and gives what it wrote. */
const consult = async (options: DoctorOptions = {}) => {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') =>
    new Writable({
      write: (chunk: Buffer, _, done) => {
        written[name] += String(chunk);
        done();
      },
    });
  const code = await doctor(options, { stdout: sink('stdout'), stderr: sink('stderr'), env: {} });
  return { code, ...written };
};

/** Goes to a folder for the length of a test. */
const visit = (place: string): void => {
  const back = process.cwd();
  process.chdir(place);
  onTestFinished(() => process.chdir(back));
};

describe('on this machine', () => {
  it('is one JSON document with --json', async () => {
    const { code, stdout, stderr } = await consult({ json: true });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ ok: true, training: works ? 'tfjs-node' : 'onnxruntime-node' });
    expect(found.machine).toMatchObject({ platform: process.platform, arch: process.arch });
    const well = Object.fromEntries(found.checks.map((each: { name: string; ok: boolean }) => [each.name, each.ok]));
    expect(well).toMatchObject({ node: true, 'tfjs-node': works, 'tfjs-cpu': true, 'onnxruntime-web': true });
  });

  it.runIf(IS_LONG)('is a table for people, with what fixes the rest', async () => {
    visit(bareProject());
    const { code, stdout } = await consult();
    expect(code).toBe(0);
    // Long sentences go on in the next line.
    expect(stdout.replaceAll(/\n +(?!→| )/g, ' ')).toMatch(
      /^– tfjs-node +its add-on lib\/napi-v\d\/tfjs_binding\.node is missing.*\n +→ .*cvae-compile|npm/m,
    );
    expect(stdout).toMatch(/^✓ tfjs-cpu +4\.22\.0: trains/m);
    expect(stdout).toMatch(/^Training: onnxruntime-node\. Serving: onnxruntime-(node|web)\.$/m);
  });

  it.runIf(IS_LONG)('is fixed with --fix, or says that it was not', async () => {
    visit(bareProject());
    vi.stubEnv('CVAE_CACHE', works ? filledCache() : folder());
    vi.stubEnv('PATH', '');
    vi.stubEnv('CVAE_SKIP_TFJS_NODE', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { code, stdout, stderr } = await consult({ fix: true, json: true });
    expect(stderr).toMatch(works ? /tfjs-node 4\.22\.0 works, with TensorFlow 2\.15\.1/ : /not available/);
    expect(JSON.parse(stdout)).toMatchObject({ training: works ? 'tfjs-node' : 'onnxruntime-node' });
    expect(code).toBe(works ? 0 : 1);
  });
});
